using LiveStream.Wire.Rtp;

namespace LiveStream.HlsPackager.Ingest;

/// <summary>
/// Maps the RTP timestamps of one SSRC to capture times on the stream's clock. Until the sender's clock is known the
/// timestamps are anchored at the earliest relative arrival; from the first sender report on they follow the publisher's
/// NTP clock (RFC 3550 §6.4.1), which audio and video share. Corrections are slewed, or applied at once when they are large.
/// Pure: arrival times come in as arguments. One caller at a time.
/// </summary>
public sealed class ClockMapping
{
    /// <summary>A larger correction is applied at once.</summary>
    public static readonly TimeSpan StepThreshold = TimeSpan.FromMilliseconds(100);

    // Two percent of the elapsed time: 20 ms in a second, not to be seen in a picture's duration.
    private const double SlewRate = 0.02;

    // A capture time after the arrival, or long before it, says that the timestamps jumped.
    private static readonly TimeSpan MaxAhead = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan MaxBehind = TimeSpan.FromSeconds(10);

    private readonly PublisherClock publisher;
    private readonly int clockRate;
    private readonly MinimumFilter earliest = new();
    private TimestampUnwrapper unwrapper;
    private Report? report;
    private TimeSpan? offset;
    private long lastMapped;

    /// <summary>Makes the mapping of one SSRC.</summary>
    /// <param name="publisher">The clock of the publisher whose track it is.</param>
    /// <param name="clockRate">RTP clock rate in Hz.</param>
    public ClockMapping(PublisherClock publisher, int clockRate)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(clockRate);
        this.publisher = publisher;
        this.clockRate = clockRate;
    }

    /// <summary>True once a sender report ties the timestamps to the publisher's clock.</summary>
    public bool IsSynchronized => report is { } known && known.Generation == publisher.Generation;

    /// <summary>Notes when a packet with this timestamp arrived, in time since the stream's epoch.</summary>
    public void Observe(uint rtpTimestamp, TimeSpan arrival)
    {
        var media = ToMediaTime(unwrapper.Unwrap(rtpTimestamp));
        if (offset is { } known && (media + known - arrival > MaxAhead || arrival - media - known > MaxBehind))
        {
            report = null;
            earliest.Clear();
            offset = arrival - media;
        }

        earliest.Add(arrival - media, arrival);
        offset ??= Target(offset);
    }

    /// <summary>Notes a sender report of this SSRC.</summary>
    public void OnSenderReport(ulong ntpTimestamp, uint rtpTimestamp, TimeSpan arrival)
    {
        // Zero is what a sender without a wall clock writes (§6.4.1).
        if (ntpTimestamp == 0) return;

        var ntp = PublisherClock.FromNtp(ntpTimestamp);
        if (!publisher.OnSenderReport(ntp, arrival)) return;
        report = new Report(ntp - ToMediaTime(unwrapper.Unwrap(rtpTimestamp)), publisher.Generation);
    }

    /// <summary>Capture time of a timestamp since the stream's epoch; call it in the order of the media.</summary>
    public TimeSpan Map(uint rtpTimestamp)
    {
        var extended = unwrapper.Unwrap(rtpTimestamp);
        var current = offset ?? Target(null);
        var error = Target(current) - current;
        if (error.Duration() > StepThreshold)
        {
            current += error;
        }
        else if (extended > lastMapped)
        {
            var elapsed = Math.Min((double)(extended - lastMapped) / clockRate, 1.0);
            var limit = TimeSpan.FromSeconds(SlewRate * elapsed);
            current += error > limit ? limit : error < -limit ? -limit : error;
        }

        offset = current;
        lastMapped = Math.Max(lastMapped, extended);
        return ToMediaTime(extended) + current;
    }

    private TimeSpan Target(TimeSpan? current)
    {
        if (IsSynchronized) return publisher.Offset + report!.Value.MediaToNtp;

        // A report of an older generation belongs to a clock that jumped: free-run until a new one comes.
        if (report is not null && current is { } running) return running;
        return earliest.Value ?? current ?? TimeSpan.Zero;
    }

    private TimeSpan ToMediaTime(long extended) =>
        new((long)Math.Round((decimal)extended * TimeSpan.TicksPerSecond / clockRate));

    private readonly record struct Report(TimeSpan MediaToNtp, int Generation);
}
