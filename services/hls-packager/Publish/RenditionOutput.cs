using LiveStream.HlsPackager.Cmaf;
using LiveStream.HlsPackager.Playlist;
using LiveStream.Media.Hls;

namespace LiveStream.HlsPackager.Publish;

/// <summary>One rendition as it is published: its playlist's versions and what the multivariant playlist says about it.</summary>
internal sealed class RenditionOutput(Rendition rendition, PlaylistSettings settings)
{
    private const double BitsPerByte = 8;

    private readonly List<byte[]> chunks = [];
    private readonly Queue<(long Segment, string Name)> partNames = new();
    private readonly Queue<(long Segment, string Name)> segmentNames = new();
    // Init segments in order, each with the last segment that has needed it so far.
    private readonly List<(int Number, long LastSegment)> inits = [];
    private long totalBytes;
    private TimeSpan totalTime;
    private int segmentFrames;

    public Rendition Rendition => rendition;

    public MediaPlaylist Playlist { get; } = new(settings);

    public VersionFeed Feed { get; } = new();

    /// <summary>The latest init segment.</summary>
    public InitHeader? Header { get; set; }

    /// <summary>Changed since the last version was published.</summary>
    public bool IsDirty { get; set; }

    /// <summary>Bits per second of the most expensive segment so far.</summary>
    public long PeakBandwidth { get; private set; }

    public long AverageBandwidth => Rate(totalBytes, totalTime);

    /// <summary>Pictures per second of the last whole segment.</summary>
    public double FrameRate { get; private set; }

    /// <summary>Complete segments with media.</summary>
    public int SegmentsWritten { get; private set; }

    /// <summary>What the multivariant playlist says; at least the peak so far.</summary>
    public long ListedBandwidth { get; set; }

    public void StartSegment(SegmentStart start)
    {
        if (inits.Count > 0 && inits[^1].Number == start.Init) inits.RemoveAt(inits.Count - 1);
        inits.Add((start.Init, start.Number));
        Playlist.StartSegment(start);
        // Its first part can be hinted at now.
        IsDirty = true;
    }

    public void AddPart(MediaPart part)
    {
        chunks.Add(part.Data);
        partNames.Enqueue((part.SegmentNumber, $"{rendition.Name}/{HlsNames.Part(part.SegmentNumber, part.Number)}"));
        segmentFrames += part.Frames;
        Playlist.AddPart(part);
        IsDirty = true;
    }

    /// <summary>Ends the segment and returns its parts' bytes in order.</summary>
    public byte[][] EndSegment(SegmentEnd end)
    {
        Playlist.EndSegment(end);
        IsDirty = true;
        var content = chunks.ToArray();
        if (content.Length > 0 && end.Duration > TimeSpan.Zero)
        {
            var bytes = content.Sum(chunk => (long)chunk.Length);
            totalBytes += bytes;
            totalTime += end.Duration;
            PeakBandwidth = Math.Max(PeakBandwidth, Rate(bytes, end.Duration));
            FrameRate = segmentFrames / end.Duration.TotalSeconds;
            SegmentsWritten++;
        }

        segmentNames.Enqueue((end.Number, $"{rendition.Name}/{HlsNames.Segment(end.Number)}"));
        chunks.Clear();
        segmentFrames = 0;
        return content;
    }

    /// <summary>
    /// Removes the segments, and the parts of segments, with smaller numbers than these. Segments that should be on
    /// <paramref name="disk"/> and are not stay as long as there is room: they are listed to the end.
    /// </summary>
    public void Forget(MemorySegmentStore memory, ISegmentStore? disk, string run, long segmentsBefore, long partsBefore)
    {
        while (partNames.TryPeek(out var oldest) && oldest.Segment < partsBefore) memory.Remove(run, partNames.Dequeue().Name);
        while (segmentNames.TryPeek(out var oldest) && oldest.Segment < segmentsBefore)
        {
            var name = segmentNames.Dequeue().Name;
            if (disk is null || disk.Find(run, name) is not null) memory.Remove(run, name);
        }
    }

    /// <summary>Removes the init segments that no segment from that number on needs.</summary>
    public void ForgetInits(MemorySegmentStore memory, string run, long segmentsBefore)
    {
        // The newest is what the next segment needs.
        while (inits.Count > 1 && inits[0].LastSegment < segmentsBefore)
        {
            memory.Remove(run, $"{rendition.Name}/{HlsNames.Init(inits[0].Number)}");
            inits.RemoveAt(0);
        }
    }

    private static long Rate(long bytes, TimeSpan time) =>
        time > TimeSpan.Zero ? (long)Math.Ceiling(bytes * BitsPerByte / time.TotalSeconds) : 0;
}
