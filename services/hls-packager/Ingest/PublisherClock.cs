namespace LiveStream.HlsPackager.Ingest;

/// <summary>
/// The wall clock of one publisher, as its sender reports show it, against the stream's clock. The least difference between
/// arrival and sending is taken for the offset: the report that met the shortest way.
/// </summary>
public sealed class PublisherClock
{
    // Reports disagree by network jitter; by more than this only when a clock was set, or the network stood still for a moment.
    private static readonly TimeSpan JumpThreshold = TimeSpan.FromMilliseconds(500);

    // What a network held back comes within moments; a clock that was set back stays so.
    private static readonly TimeSpan LateFor = TimeSpan.FromSeconds(2);

    private readonly MinimumFilter earliest = new();
    private (TimeSpan Difference, TimeSpan Since)? late;

    /// <summary>Counts the jumps of the publisher's clock; what was known of an earlier generation is void.</summary>
    public int Generation { get; private set; }

    /// <summary>Stream time minus the publisher's NTP time.</summary>
    public TimeSpan Offset => earliest.Value ?? TimeSpan.Zero;

    /// <summary>
    /// Notes that a report sent at <paramref name="ntp"/> arrived. False where it says nothing for now: it is so late that either the
    /// network held it back or the clock was set, which the reports behind it will tell.
    /// </summary>
    public bool OnSenderReport(TimeSpan ntp, TimeSpan arrival)
    {
        var difference = arrival - ntp;
        if (earliest.Value is { } known && (difference - known).Duration() > JumpThreshold)
        {
            if (difference > known && !StaysLate(difference, arrival)) return false;
            Generation++;
            earliest.Clear();
        }

        late = null;
        earliest.Add(difference, arrival);
        return true;
    }

    private bool StaysLate(TimeSpan difference, TimeSpan arrival)
    {
        if (late is not { } before || (difference - before.Difference).Duration() > JumpThreshold)
        {
            late = (difference, arrival);
            return false;
        }

        return arrival - before.Since >= LateFor;
    }

    /// <summary>Time since 1900 of a 32.32 fixed point NTP timestamp.</summary>
    public static TimeSpan FromNtp(ulong timestamp)
    {
        var seconds = (long)(timestamp >> 32);
        var fraction = (long)(((timestamp & 0xFFFF_FFFF) * (ulong)TimeSpan.TicksPerSecond) >> 32);
        return new TimeSpan((seconds * TimeSpan.TicksPerSecond) + fraction);
    }
}

/// <summary>Smallest value of the last half to whole minute, in constant space: old minima must go, because clocks drift.</summary>
internal sealed class MinimumFilter
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(30);

    private TimeSpan? previous;
    private TimeSpan? current;
    private TimeSpan periodStart;

    /// <summary>The minimum; null before the first value.</summary>
    public TimeSpan? Value => previous is { } old && (current is not { } young || old < young) ? old : current;

    /// <summary>Takes a value that was seen at <paramref name="now"/>.</summary>
    public void Add(TimeSpan value, TimeSpan now)
    {
        if (current is null && previous is null) periodStart = now;
        if (now - periodStart >= Period)
        {
            previous = current;
            current = null;
            periodStart = now;
        }

        if (current is not { } least || value < least) current = value;
    }

    /// <summary>Forgets everything.</summary>
    public void Clear() => previous = current = null;
}
