namespace LiveStream.Wire.Rtp;

/// <summary>
/// Extends wrapping 32-bit media timestamps to 64 bits. The first value maps to itself; each later one to the
/// number nearest the highest so far. Units stay those of the clock rate.
/// </summary>
public struct TimestampUnwrapper
{
    private long _highest;

    /// <summary>Whether a value has been seen.</summary>
    public bool IsStarted { get; private set; }

    /// <summary>The highest extended timestamp so far, 0 before the first.</summary>
    public readonly long Highest => _highest;

    /// <summary>The extended timestamp of <paramref name="value"/>.</summary>
    public long Unwrap(uint value)
    {
        if (!IsStarted)
        {
            IsStarted = true;
            return _highest = value;
        }

        var extended = _highest + (int)(value - (uint)_highest);
        if (extended > _highest) _highest = extended;
        return extended;
    }
}
