using LiveStream.Media.Aac;

namespace LiveStream.HlsPackager.Passthrough;

/// <summary>
/// The uninterrupted row of AAC frames that a stream shows, whatever encoder they come from: frame times are
/// <c>first + n x 1024</c> without a hole. Where an encoder has nothing for a place, a silent frame stands. Pure.
/// </summary>
internal sealed class AacGrid
{
    private const int FrameSamples = AdtsHeader.SamplesPerFrame;

    // What is missing beyond this is left out instead of being filled: 60 s.
    private const long MaxFill = 60L * 48_000 / FrameSamples;

    private bool broken;

    /// <summary>Time of the next frame in 48 kHz ticks; null before the first encoder.</summary>
    public long? Next { get; private set; }

    /// <summary>The place where an encoder starts whose first sample has this capture time: at or before it.</summary>
    public long StartAt(long time) =>
        Next is { } next ? next + ((long)Math.Floor((time - next) / (double)FrameSamples) * FrameSamples) : time;

    /// <summary>Notes that an encoder started there; with the first one the row begins.</summary>
    public void Begin(long start) => Next ??= start;

    /// <summary>Begins the row, or goes on behind its hole, without an encoder.</summary>
    public void Resume(long time)
    {
        if (Next is not { } next || time > next) Next = StartAt(time);
        broken = false;
    }

    /// <summary>Nothing is shown: the row has not begun, or waits behind a hole for an encoder.</summary>
    public bool IsAtRest => Next is null || broken;

    /// <summary>Places an encoder's frame.</summary>
    /// <param name="time">Its time, on the grid.</param>
    /// <param name="silentBefore">Silent frames to put first.</param>
    /// <returns>False when the place is taken.</returns>
    public bool TryPlace(long time, out int silentBefore)
    {
        silentBefore = 0;
        if (Next is not { } next || time < next) return false;

        var missing = (time - next) / FrameSamples;
        silentBefore = missing <= MaxFill && !broken ? (int)missing : 0;
        broken = false;
        Next = time - (silentBefore * FrameSamples);
        return true;
    }

    /// <summary>Lets the row have one hole, up to the next encoder's first frame: nothing is shown meanwhile.</summary>
    public void Break() => broken = true;

    /// <summary>Takes the next place.</summary>
    public long Take()
    {
        var time = Next ?? 0;
        Next = time + FrameSamples;
        return time;
    }

    /// <summary>Silent frames that bring the row up to <paramref name="time"/>.</summary>
    public int MissingUpTo(long time)
    {
        if (Next is not { } next || broken || time - next < FrameSamples) return 0;

        var missing = (time - next) / FrameSamples;
        if (missing <= MaxFill) return (int)missing;

        Next = next + (missing * FrameSamples);
        return 0;
    }
}
