using LiveStream.Contracts.Recording;
using LiveStream.HlsPackager.Cmaf;
using LiveStream.HlsPackager.Playlist;
using LiveStream.Media.Hls;

namespace LiveStream.HlsPackager.Record;

/// <summary>
/// Listens to the segmenter and hands each segment to the store when it is complete. It never waits: what the store cannot
/// take in time is missing in the recording, and the journal says so. Used by the stream's one loop, but for <see cref="Paused"/>.
/// </summary>
internal sealed class StreamRecorder(RecordingUpload upload) : ISegmentSink, IDisposable
{
    private readonly Dictionary<string, OpenSegment> _open = new(StringComparer.Ordinal);
    private readonly RecordingPauses _pauses = new();
    private volatile bool _paused;

    /// <summary>Ends when nothing is added to the store any more.</summary>
    public Task AtRest => upload.Completion;

    /// <summary>Leaves out the segments that begin from now on. Set by any thread.</summary>
    public bool Paused
    {
        get => _paused;
        set => _paused = value;
    }

    /// <summary>Nothing follows.</summary>
    public void Complete() => upload.Complete();

    /// <summary>To be called when <see cref="AtRest"/> has ended.</summary>
    public void Dispose() => upload.Dispose();

    /// <summary>Keeps a payload.</summary>
    public void Add(TimedMetadata metadata)
    {
        if (!_paused) upload.Add(new RecordedDateRange(new JournalDateRange(metadata.Start, metadata.ToLine())));
    }

    public void OnInit(Rendition rendition, InitHeader header)
    {
        var line = new JournalInit(
            rendition.Name, header.Number, header.Video?.Codec ?? "", header.Video?.Width ?? 0, header.Video?.Height ?? 0, header.Audio?.Channels ?? 0, SegmentFate.Stored);
        upload.Add(new RecordedInit(line, $"{rendition.Name}/{HlsNames.Init(header.Number)}") { Content = [header.Data] });
    }

    public void OnSegmentStart(Rendition rendition, SegmentStart start)
    {
        _pauses.Begin(start.Number, _paused);
        _open[rendition.Name] = new OpenSegment(start);
    }

    public void OnPart(Rendition rendition, MediaPart part)
    {
        var segment = _open[rendition.Name];
        segment.Content.Add(part.Data);
        segment.Frames += part.Frames;
    }

    public void OnSegmentEnd(Rendition rendition, SegmentEnd end)
    {
        if (!_open.Remove(rendition.Name, out var segment) || _pauses.LeavesOut(end.Number)) return;
        var start = segment.Start;
        var line = new JournalSegment(
            rendition.Name, end.Number, start.Start.Ticks, end.Duration.Ticks, start.Init, start.Discontinuity, segment.Frames,
            segment.Content.Sum(block => (long)block.Length), end.IsGap ? SegmentFate.Gap : SegmentFate.Stored);
        upload.Add(new RecordedSegment(line, $"{rendition.Name}/{HlsNames.Segment(end.Number)}") { Content = end.IsGap ? null : [.. segment.Content] });
    }

    public void OnKeyFrameWanted()
    {
        // The output asks.
    }

    private sealed class OpenSegment(SegmentStart start)
    {
        public SegmentStart Start => start;

        public List<byte[]> Content { get; } = [];

        public int Frames { get; set; }
    }
}

/// <summary>Tells both of two listeners what the segmenter decides.</summary>
internal sealed class SegmentSinks(ISegmentSink first, ISegmentSink second) : ISegmentSink
{
    public void OnInit(Rendition rendition, InitHeader header)
    {
        first.OnInit(rendition, header);
        second.OnInit(rendition, header);
    }

    public void OnSegmentStart(Rendition rendition, SegmentStart start)
    {
        first.OnSegmentStart(rendition, start);
        second.OnSegmentStart(rendition, start);
    }

    public void OnPart(Rendition rendition, MediaPart part)
    {
        first.OnPart(rendition, part);
        second.OnPart(rendition, part);
    }

    public void OnSegmentEnd(Rendition rendition, SegmentEnd end)
    {
        first.OnSegmentEnd(rendition, end);
        second.OnSegmentEnd(rendition, end);
    }

    public void OnKeyFrameWanted()
    {
        first.OnKeyFrameWanted();
        second.OnKeyFrameWanted();
    }
}
