namespace LiveStream.HlsPackager.Cmaf;

/// <summary>Where a segment begins.</summary>
/// <param name="Number">Media sequence number of the segment behind the border.</param>
/// <param name="Time">90 kHz ticks since the stream's epoch.</param>
/// <param name="Discontinuity">The timeline breaks here, in every rendition.</param>
/// <param name="Discontinuities">Breaks up to here, this one included.</param>
internal readonly record struct Border(long Number, long Time, bool Discontinuity, long Discontinuities);

/// <summary>The borders that the leading video layer has set; the other renditions cut where it did.</summary>
/// <param name="first">
/// Number of the first segment, which is <see cref="LeastNumber"/> at least. Breaks are counted from here too: no stream has more breaks than
/// segments.
/// </param>
internal sealed class SegmentBorders(long first)
{
    /// <summary>
    /// A stream's first number. Not 0: hls.js up to 1.7.4 takes that for no number, may forget what it has loaded of such a segment, and
    /// then asks for its last part again and again until the picture stands still.
    /// </summary>
    public const long LeastNumber = 1;

    // A rendition that stays behind is filled with gaps long before this many segments have passed.
    private const int Kept = 64;

    private readonly Queue<Border> borders = new();
    private readonly Dictionary<long, long> ends = [];
    private long discontinuities = first;

    public long NextNumber { get; private set; } = Math.Max(first, LeastNumber);

    /// <summary>No border will be set before this time any more.</summary>
    public long Horizon { get; set; } = long.MinValue;

    public Border Add(long time, bool discontinuity)
    {
        if (discontinuity) discontinuities++;
        var border = new Border(NextNumber++, time, discontinuity, discontinuities);
        borders.Enqueue(border);
        ends.TryAdd(border.Number - 1, time);
        if (borders.Count > Kept) ends.Remove(borders.Dequeue().Number);
        return border;
    }

    /// <summary>The segment being written ends here, and no segment follows at once.</summary>
    public void Break(long time)
    {
        Horizon = time;
        ends[NextNumber - 1] = time;
    }

    /// <summary>Where the lead's segment ended; null while it is being written.</summary>
    public long? EndOf(long number) => ends.TryGetValue(number, out var time) ? time : null;

    /// <summary>True for the segment being written and, where the timeline does not break between them, for the one before.</summary>
    public bool IsRecent(in Border border)
    {
        if (EndOf(NextNumber - 1) is not null) return false;
        return border.Number == NextNumber - 1 || (border.Number == NextNumber - 2 && Find(NextNumber - 1) is { Discontinuity: false });
    }

    public Border? Find(long number)
    {
        foreach (var border in borders)
        {
            if (border.Number == number) return border;
        }

        return null;
    }

    /// <summary>The border within <paramref name="window"/> of <paramref name="time"/> with a number above <paramref name="after"/>.</summary>
    public Border? Near(long time, long window, long after)
    {
        Border? nearest = null;
        foreach (var border in borders)
        {
            if (border.Number <= after || Math.Abs(border.Time - time) > window) continue;
            if (nearest is not { } best || Math.Abs(border.Time - time) < Math.Abs(best.Time - time)) nearest = border;
        }

        return nearest;
    }

    /// <summary>The last border at or before <paramref name="time"/>.</summary>
    public Border? AtOrBefore(long time)
    {
        Border? last = null;
        foreach (var border in borders)
        {
            if (border.Time <= time) last = border;
        }

        return last;
    }
}
