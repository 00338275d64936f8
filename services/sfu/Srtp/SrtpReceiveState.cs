namespace LiveStream.Sfu.Srtp;

/// <summary>
/// What a receiver must know of one SSRC: the highest packet index, from which the rollover counter of the next packet is
/// guessed, and the replay window. The default value is the state before the first packet. Changes only through
/// <see cref="Accept"/>, after authentication.
/// </summary>
public struct SrtpReceiveState
{
    private const int HalfRange = 0x8000;
    private ReplayWindow _window;

    /// <summary>Highest authentic index, ROC · 2^16 + SEQ; 0 before the first packet.</summary>
    public readonly ulong HighestIndex => _window.Highest;

    /// <summary>Rollover counter of the highest authentic packet.</summary>
    public readonly uint RolloverCounter => (uint)(_window.Highest >> 16);

    /// <summary>
    /// Finds the index that <paramref name="sequenceNumber"/> most likely stands for (RFC 3711 §3.3.1, appendix A): the one
    /// nearest to the highest. The first packet of a stream has rollover counter 0.
    /// </summary>
    /// <returns><see cref="SrtpResult.TooOld"/> for a packet from before the first turn, otherwise the replay verdict.</returns>
    public readonly SrtpResult Estimate(ushort sequenceNumber, out ulong index)
    {
        index = sequenceNumber;
        if (!_window.HasStarted) return SrtpResult.Ok;

        var highest = _window.Highest;
        var rollover = (long)(highest >> 16);
        var reference = (int)(highest & 0xFFFF);
        if (reference < HalfRange)
        {
            if (sequenceNumber - reference > HalfRange) rollover--;
        }
        else if (reference - HalfRange > sequenceNumber)
        {
            rollover++;
        }

        if (rollover < 0) return SrtpResult.TooOld;
        index = ((ulong)rollover << 16) | sequenceNumber;
        return _window.Check(index);
    }

    /// <summary>Records the index of an authentic packet.</summary>
    public void Accept(ulong index) => _window.Accept(index);
}
