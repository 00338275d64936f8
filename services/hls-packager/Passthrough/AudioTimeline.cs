using LiveStream.Media.Opus;

namespace LiveStream.HlsPackager.Passthrough;

/// <summary>
/// Decides what an audio encoder that only counts samples is fed, so that its count stays true to the capture clock:
/// silence where audio is missing, nothing where it comes twice. Pure. Times are 48 kHz ticks.
/// </summary>
internal sealed class AudioTimeline
{
    // Capture times wander a little while clocks are corrected; up to this the count is left alone (10 ms).
    private const int Tolerance = 480;

    /// <summary>Starts at the capture time of the first sample.</summary>
    public AudioTimeline(long start) => Start = Next = start;

    /// <summary>Capture time of the first sample fed.</summary>
    public long Start { get; }

    /// <summary>Capture time of the next sample to feed.</summary>
    public long Next { get; private set; }

    /// <summary>Silence to feed, in samples, before a packet of this capture time; it is counted at once.</summary>
    public long SilenceBefore(long time) => time - Next <= Tolerance ? 0 : Fill(time);

    /// <summary>True when a packet of this capture time is to be fed now; its samples are counted.</summary>
    public bool TryFeed(long time, int samples)
    {
        if (time < Next - Tolerance) return false;

        Next += samples;
        return true;
    }

    /// <summary>Silence to feed so that the count reaches about <paramref name="time"/>; it is counted at once.</summary>
    public long Fill(long time)
    {
        var missing = (time - Next) / SilentOpus.Granularity * SilentOpus.Granularity;
        if (missing <= 0) return 0;

        Next += missing;
        return missing;
    }
}
