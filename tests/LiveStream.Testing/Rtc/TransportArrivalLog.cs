using LiveStream.Wire.Rtcp;
using LiveStream.Wire.Rtp;

namespace LiveStream.Testing.Rtc;

/// <summary>
/// Arrival times by transport-wide sequence number, turned into feedback messages
/// (draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1). Keeps what arrived since the last message, at most 1024 packets.
/// </summary>
public sealed class TransportArrivalLog
{
    private const int Capacity = 1024;

    private readonly long[] _arrivals = new long[Capacity];
    private SequenceUnwrapper _unwrapper;
    private long _nextBase = -1, _newest = -1;
    private byte _feedbackCount;

    public TransportArrivalLog() => Array.Fill(_arrivals, -1);

    /// <summary>Notes an arrival, in microseconds of any steady clock.</summary>
    public void Add(ushort sequence, long microseconds)
    {
        var extended = _unwrapper.Unwrap(sequence);
        if (_nextBase < 0) _nextBase = extended;
        if (extended < _nextBase) return;
        if (extended - _nextBase >= Capacity)
        {
            // More than a message's worth is missing: feedback starts again at this packet.
            Array.Fill(_arrivals, -1);
            _nextBase = extended;
        }
        _arrivals[extended % Capacity] = microseconds;
        if (extended > _newest) _newest = extended;
    }

    /// <summary>Writes feedback over what arrived since the last call; 0 if nothing did.</summary>
    public int Write(Span<byte> destination, uint senderSsrc, uint mediaSsrc)
    {
        if (_newest < _nextBase || _nextBase < 0) return 0;
        Span<long> window = stackalloc long[Capacity];
        var count = (int)(_newest - _nextBase + 1);
        for (var i = 0; i < count; i++)
        {
            var slot = (_nextBase + i) % Capacity;
            window[i] = _arrivals[slot];
        }
        var length = RtcpWriter.WriteTransportFeedback(destination, senderSsrc, mediaSsrc, _feedbackCount, _nextBase, window[..count], out var consumed);
        if (length == 0) return 0;
        for (var i = 0; i < consumed; i++) _arrivals[(_nextBase + i) % Capacity] = -1;
        _nextBase += consumed;
        _feedbackCount++;
        return length;
    }
}
