namespace LiveStream.Wire.Rtp;

/// <summary>
/// Extends wrapping 16-bit sequence numbers to 64 bits. The first value maps to itself; each later one to the
/// number nearest the highest so far, so a late packet from before the wrap keeps its place (and may get a
/// negative number when the stream starts right after a wrap).
/// </summary>
public struct SequenceUnwrapper
{
    private long _highest;

    /// <summary>Whether a value has been seen.</summary>
    public bool IsStarted { get; private set; }

    /// <summary>The highest extended number so far, 0 before the first.</summary>
    public readonly long Highest => _highest;

    /// <summary>The extended number of <paramref name="value"/>.</summary>
    public long Unwrap(ushort value)
    {
        if (!IsStarted)
        {
            IsStarted = true;
            return _highest = value;
        }

        var extended = _highest + (short)(value - (ushort)_highest);
        if (extended > _highest) _highest = extended;
        return extended;
    }
}
