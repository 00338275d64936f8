using System.Runtime.CompilerServices;

namespace LiveStream.Sfu.Srtp;

/// <summary>
/// Remembers which of the latest <see cref="Size"/> packet indices were accepted (RFC 3711 §3.3.2). A ring of 64-bit words
/// addressed by the index itself, so that moving on clears whole words and never shifts (RFC 6479). A plain value: the
/// default is the empty window. Not safe for concurrent use.
/// </summary>
public struct ReplayWindow
{
    private const int Words = 16, WordBits = 64;

    /// <summary>
    /// Indices at or below the highest that are still told apart. One word of the ring is always partly in the future,
    /// hence one word less than the ring holds. Wide, as retransmissions in the original stream arrive late.
    /// </summary>
    public const int Size = (Words - 1) * WordBits;

    private Ring _ring;
    private ulong _highest;
    private bool _started;

    /// <summary>Whether any index was accepted yet.</summary>
    public readonly bool HasStarted => _started;

    /// <summary>Highest accepted index; 0 before the first.</summary>
    public readonly ulong Highest => _highest;

    /// <summary>Says whether <paramref name="index"/> is new, without changing anything.</summary>
    /// <returns><see cref="SrtpResult.Ok"/>, <see cref="SrtpResult.Replayed"/> or <see cref="SrtpResult.TooOld"/>.</returns>
    public readonly SrtpResult Check(ulong index)
    {
        if (!_started || index > _highest) return SrtpResult.Ok;
        if (_highest - index >= Size) return SrtpResult.TooOld;
        return (_ring[WordOf(index)] & BitOf(index)) == 0 ? SrtpResult.Ok : SrtpResult.Replayed;
    }

    /// <summary>Records an index that <see cref="Check"/> called new and whose packet is authentic. Others are ignored.</summary>
    public void Accept(ulong index)
    {
        if (!_started)
        {
            _started = true;
            _highest = index;
        }
        else if (index > _highest)
        {
            // The words between hold indices of one turn ago.
            var steps = Math.Min(index / WordBits - _highest / WordBits, Words);
            for (ulong step = 1; step <= steps; step++) _ring[(int)((_highest / WordBits + step) % Words)] = 0;
            _highest = index;
        }
        else if (_highest - index >= Size)
        {
            return;
        }

        _ring[WordOf(index)] |= BitOf(index);
    }

    private static int WordOf(ulong index) => (int)(index / WordBits % Words);

    private static ulong BitOf(ulong index) => 1UL << (int)(index % WordBits);

    [InlineArray(Words)]
    private struct Ring
    {
        private ulong _word;
    }
}
