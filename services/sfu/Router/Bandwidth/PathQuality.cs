namespace LiveStream.Sfu.Router.Bandwidth;

/// <summary>Loss and round trip of one path as a score for people. Pure.</summary>
internal sealed class PathQuality
{
    private const double Weight = 0.3;

    // Loss is in shares, before retransmission; the round trip in microseconds. A path has the first score that it fits.
    private static readonly (uint Score, double Loss, long RoundTrip)[] s_scores = [(5, 0.01, 200_000), (4, 0.03, 350_000), (3, 0.08, 600_000), (2, 0.2, 1_500_000)];

    private byte _worst;
    private double _loss;
    private bool _isKnown;

    /// <summary>Score told last; 0 before the first.</summary>
    public uint Told { get; private set; }

    /// <summary>A report block with a loss, in 1/256, since the one before (RFC 3550 §6.4.1).</summary>
    public void OnReport(byte fractionLost)
    {
        _worst = Math.Max(_worst, fractionLost);
        _isKnown = true;
    }

    /// <summary>The score, about once a second; false when it is the one that was told last, or nothing is known yet.</summary>
    public bool TryTell(long roundTripMicroseconds, out uint score)
    {
        score = Told;
        if (!_isKnown) return false;
        _loss += ((_worst / 256.0) - _loss) * Weight;
        _worst = 0;
        score = 1;
        foreach (var (value, loss, roundTrip) in s_scores)
        {
            if (_loss > loss || roundTripMicroseconds > roundTrip) continue;
            score = value;
            break;
        }

        if (score == Told) return false;
        Told = score;
        return true;
    }
}
