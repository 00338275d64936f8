using LiveStream.HlsPackager.Cmaf;
using LiveStream.Media;

namespace LiveStream.HlsPackager.Tests.Cmaf;

/// <summary>Keeps the segmenter's decisions for tests to look at.</summary>
internal sealed class RecordingSink : ISegmentSink
{
    public Dictionary<string, Track> Tracks { get; } = [];

    public int KeyFramesWanted { get; private set; }

    /// <summary>Called at each request.</summary>
    public Action? OnKeyFrameWanted { get; set; }

    public Track Audio => Tracks["audio"];

    public Track Video(int layer = 0) => Tracks[$"stream_{layer}"];

    void ISegmentSink.OnInit(Rendition rendition, InitHeader header) => Get(rendition).Inits.Add(header);

    void ISegmentSink.OnSegmentStart(Rendition rendition, SegmentStart start)
    {
        var track = Get(rendition);
        Assert.Null(track.Open);
        track.Open = new Segment(start);
    }

    void ISegmentSink.OnPart(Rendition rendition, MediaPart part)
    {
        var open = Get(rendition).Open!;
        Assert.Equal(open.Start.Number, part.SegmentNumber);
        Assert.Equal(open.Parts.Count, part.Number);
        open.Parts.Add(part);
    }

    void ISegmentSink.OnSegmentEnd(Rendition rendition, SegmentEnd end)
    {
        var track = Get(rendition);
        Assert.Equal(track.Open!.Start.Number, end.Number);
        track.Open.End = end;
        if (track.Segments.Count > 0) Assert.Equal(track.Segments[^1].Start.Number + 1, end.Number);
        track.Segments.Add(track.Open);
        track.Open = null;
    }

    void ISegmentSink.OnKeyFrameWanted()
    {
        KeyFramesWanted++;
        OnKeyFrameWanted?.Invoke();
    }

    private Track Get(Rendition rendition)
    {
        if (!Tracks.TryGetValue(rendition.Name, out var track)) Tracks[rendition.Name] = track = new Track();
        return track;
    }

    internal sealed class Track
    {
        public List<InitHeader> Inits { get; } = [];

        public List<Segment> Segments { get; } = [];

        public Segment? Open { get; set; }

        public double[] Durations => [.. Segments.Select(segment => Math.Round(segment.End!.Duration.TotalSeconds, 3))];

        public double[] Starts => [.. Segments.Select(segment => Math.Round(segment.Start.Start.TotalSeconds, 3))];
    }

    internal sealed class Segment(SegmentStart start)
    {
        public SegmentStart Start => start;

        public List<MediaPart> Parts { get; } = [];

        public SegmentEnd? End { get; set; }

        public bool IsIndependent => Parts.Count > 0 && Parts[0].Independent;
    }
}

/// <summary>Made-up samples: their content is their number, so that a reader can tell which arrived.</summary>
internal static class Virtual
{
    public static readonly DateTimeOffset Epoch = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public static readonly VideoParameters Small = Parameters(320, 180, 0x0D);

    public static readonly VideoParameters Large = Parameters(1280, 720, 0x1F);

    public static readonly AacParameters Stereo = new(48_000, 2, new byte[] { 0x11, 0x90 });

    public static VideoParameters Parameters(int width, int height, byte level) =>
        new(width, height, $"avc1.42E0{level:X2}", new byte[] { 0x67, 0x42, 0xE0, level, (byte)(width / 16), 0x80 }, new byte[] { 0x68, 0xCE, 0x3C, 0x80 });

    public static VideoAccessUnit Picture(double seconds, bool key, VideoParameters? parameters = null) =>
        new((long)Math.Round(seconds * 90_000), key, parameters ?? Large, new byte[key ? 900 : 90]);

    public static AacFrame Sound(long index) => new(index * 1024, 1024, new byte[] { 0x21, 0x10, (byte)index, 0x60, 0x8C, 0x1C });

    public static AacFrame SoundAt(long time) => new(time, 1024, new byte[] { 0x21, 0x10, 0x04, 0x60, 0x8C, 0x1C });
}
