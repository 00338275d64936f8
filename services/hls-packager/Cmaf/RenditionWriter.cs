namespace LiveStream.HlsPackager.Cmaf;

/// <summary>Collects one rendition's frames into parts and its parts into segments; when to cut is its caller's decision.</summary>
/// <param name="rendition">The rendition.</param>
/// <param name="timescale">Ticks a second.</param>
/// <param name="options">Lengths.</param>
/// <param name="epoch">Capture time of time zero.</param>
/// <param name="sink">Where decisions go.</param>
/// <param name="first">Number of the first header: none of the stream's earlier ones, which are as many as its segments at most.</param>
internal sealed class RenditionWriter(Rendition rendition, uint timescale, SegmenterOptions options, DateTimeOffset epoch, ISegmentSink sink, int first)
{
    private readonly long partTarget = options.PartTarget.Ticks * timescale / TimeSpan.TicksPerSecond;
    private readonly List<CodedFrame> frames = [];
    private readonly MediaChunk chunk = new();
    private int init = first - 1;
    private int nextPart;
    private long partStart;
    private uint nextChunk = 1;

    public Rendition Rendition => rendition;

    /// <summary>A segment is being written.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>A segment has been written or begun.</summary>
    public bool HasBegun => init >= first && LastNumber >= 0;

    /// <summary>Number of the segment being written, or else of the last one.</summary>
    public long LastNumber { get; private set; } = -1;

    /// <summary>Start of the segment, in the timescale.</summary>
    public long Start { get; private set; }

    /// <summary>Where the next frame belongs, in the timescale.</summary>
    public long End { get; private set; }

    /// <summary>The segment begins with a key frame.</summary>
    public bool IsIndependent { get; private set; }

    /// <summary>Makes the segments opened from here on need this header.</summary>
    public void UseInit(Func<int, InitHeader> header)
    {
        init++;
        sink.OnInit(rendition, header(init));
    }

    /// <summary>Begins the segment behind a border at <paramref name="start"/> (in the timescale).</summary>
    public void Open(in Border border, long start, bool independent)
    {
        IsOpen = true;
        LastNumber = border.Number;
        Start = End = partStart = start;
        IsIndependent = independent;
        nextPart = 0;
        sink.OnSegmentStart(rendition, new SegmentStart(border.Number, ToTime(start), init, border.Discontinuity, border.Discontinuities));
    }

    /// <summary>Adds a frame that follows the last one; a part that it would make too long ends before it.</summary>
    public void Append(in CodedFrame frame)
    {
        if (frames.Count > 0 && End + frame.Duration - partStart > partTarget) ClosePart();
        frames.Add(frame);
        End = frame.Time + frame.Duration;
    }

    /// <summary>
    /// Ends the part when it is long enough and the next frame, which is known to belong to this segment, would not fit:
    /// no need to wait for that frame's duration (draft-pantos-hls-rfc8216bis §4.4.3.7: 85 % of the target at least).
    /// </summary>
    public void ClosePartIfFull(uint nextDuration)
    {
        var length = End - partStart;
        if (length * 100 >= partTarget * 85 && length + nextDuration > partTarget) ClosePart();
    }

    /// <summary>Ends the part and the segment.</summary>
    public void Close()
    {
        ClosePart();
        IsOpen = false;
        sink.OnSegmentEnd(rendition, new SegmentEnd(LastNumber, ToTime(End) - ToTime(Start), IsGap: nextPart == 0));
    }

    /// <summary>Stands in for a segment of which there is no media; it begins no earlier than what is written ends.</summary>
    public void Gap(in Border from, long to)
    {
        LastNumber = from.Number;
        var start = Later(ToTime(from.Time, InitSegment.VideoTimescale), ToTime(End));
        sink.OnSegmentStart(rendition, new SegmentStart(from.Number, start, init, from.Discontinuity, from.Discontinuities));
        sink.OnSegmentEnd(rendition, new SegmentEnd(from.Number, Later(ToTime(to, InitSegment.VideoTimescale), start) - start, IsGap: true));
    }

    private void ClosePart()
    {
        if (frames.Count == 0) return;
        var independent = false;
        foreach (var frame in frames) independent |= frame.IsSync;
        var data = chunk.Write(frames, nextChunk++, epoch + ToTime(partStart), startsSegment: nextPart == 0);
        var part = new MediaPart(LastNumber, nextPart++, ToTime(End) - ToTime(partStart), independent, frames.Count, data);
        frames.Clear();
        partStart = End;
        sink.OnPart(rendition, part);
    }

    private static TimeSpan Later(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private TimeSpan ToTime(long ticks) => ToTime(ticks, timescale);

    private static TimeSpan ToTime(long ticks, uint scale) =>
        new((long)((Int128)ticks * TimeSpan.TicksPerSecond / scale));
}
