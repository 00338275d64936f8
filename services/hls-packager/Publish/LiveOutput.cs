using System.Security.Cryptography;
using LiveStream.HlsPackager.Cmaf;
using LiveStream.HlsPackager.Playlist;
using LiveStream.Media.Hls;

namespace LiveStream.HlsPackager.Publish;

/// <summary>
/// Everything that is published of one run. The segmenter's decisions come in on the stream's own loop; playlists and objects
/// are read by any number of requests.
/// </summary>
internal sealed class LiveOutput : ISegmentSink
{
    // A listed bandwidth has room for dearer segments to come, so that the playlist rarely changes.
    private const double BandwidthReserve = 1.25;
    private const long BandwidthStep = 10_000;
    // Parts are listed for three target durations: at least twice as long they can be fetched.
    private const int PartsKeptSegments = 8;

    private readonly PlaylistSettings settings;
    private readonly MemorySegmentStore memory;
    private readonly ISegmentStore? disk;
    private readonly PackagerMetrics metrics;
    private readonly Action keyFrameWanted;
    private readonly TimedMetadataList metadata = new();
    private readonly TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    // Replaced as a whole when a rendition is added, so that readers need no lock.
    private volatile RenditionOutput[] renditions = [];
    private volatile Multivariants? multivariants;
    private string listedKey = "";
    private bool ended;

    public LiveOutput(RunPath path, PlaylistSettings settings, MemorySegmentStore memory, ISegmentStore? disk, PackagerMetrics metrics, Action keyFrameWanted)
    {
        Path = path;
        this.settings = settings;
        this.memory = memory;
        this.disk = disk;
        this.metrics = metrics;
        this.keyFrameWanted = keyFrameWanted;
    }

    public RunPath Path { get; }

    /// <summary>Another packager had it before, and players are there: they wait for its first picture instead of being refused.</summary>
    public bool Continues { get; init; }

    /// <summary>How long a request may wait for a part or segment.</summary>
    public TimeSpan ReloadTimeout => settings.TargetDuration * 3;

    public TimeSpan TargetDuration => settings.TargetDuration;

    /// <summary>Ends when the multivariant playlist can be served, or the stream has ended without one.</summary>
    public Task Ready => ready.Task;

    /// <summary>Playlists have EXT-X-ENDLIST.</summary>
    public bool Ended => Volatile.Read(ref ended);

    /// <summary>A video rendition has a whole segment.</summary>
    public bool IsPlayable => renditions.Any(rendition => !rendition.Rendition.IsAudio && rendition.SegmentsWritten > 0);

    /// <summary>Video renditions with a whole segment.</summary>
    public int PlayableLayers => renditions.Count(rendition => !rendition.Rendition.IsAudio && rendition.SegmentsWritten > 0);

    /// <summary>The sound has a segment.</summary>
    public bool HasAudio => renditions.Any(rendition => rendition.Rendition.IsAudio && rendition.SegmentsWritten > 0);

    /// <summary>The multivariant playlist; null before it is offered.</summary>
    /// <param name="fromRoom">As seen from the room's folder rather than from the run's.</param>
    public RenderedPlaylist? Multivariant(bool fromRoom) => fromRoom ? multivariants?.FromRoom : multivariants?.FromRun;

    /// <summary>The rendition of that folder name, or null.</summary>
    public RenditionOutput? Find(string name)
    {
        foreach (var rendition in renditions)
        {
            if (rendition.Rendition.Name == name) return rendition;
        }

        return null;
    }

    /// <summary>The object, from memory or else from disk.</summary>
    public MediaObject? FindObject(string rendition, string file)
    {
        var name = $"{rendition}/{file}";
        return memory.Find(Path.Full, name) ?? disk?.Find(Path.Full, name);
    }

    /// <summary>Renders what changed since the last call. <paramref name="offer"/> also makes the multivariant playlist, from the first time on.</summary>
    public void Publish(bool offer)
    {
        // A date range leaves with the last segment that it covers, in whichever rendition lists the oldest.
        if (metadata.Current.Count > 0 && renditions.Min(rendition => rendition.Playlist.FirstDate) is { } oldest) metadata.DropBefore(oldest);
        foreach (var rendition in renditions)
        {
            if (!rendition.IsDirty) continue;
            rendition.IsDirty = false;
            rendition.Feed.Publish(rendition.Playlist.Snapshot(ReportsFor(rendition), metadata.Current));
        }

        if (offer || multivariants is not null) RenderMultivariant();
    }

    /// <summary>Adds a payload to every playlist; the next <see cref="Publish"/> shows it. False where there are too many.</summary>
    public bool TryAdd(TimedMetadata payload)
    {
        if (!metadata.TryAdd(payload))
        {
            // A rendition whose layer has gone lists old segments for ever; it must not keep the others from going on.
            if (renditions.Max(rendition => rendition.Playlist.FirstDate) is { } oldest) metadata.DropBefore(oldest);
            if (!metadata.TryAdd(payload)) return false;
        }

        foreach (var rendition in renditions) rendition.IsDirty = true;
        return true;
    }

    /// <summary>Puts EXT-X-ENDLIST into every playlist and wakes the waiting requests.</summary>
    public void End()
    {
        Volatile.Write(ref ended, true);
        foreach (var rendition in renditions)
        {
            rendition.Playlist.End();
            rendition.IsDirty = true;
        }

        Publish(offer: IsPlayable);
        ready.TrySetResult();
        memory.EndRun(Path.Full);
    }

    /// <summary>Forgets all objects.</summary>
    public void Remove()
    {
        memory.RemoveRun(Path.Full);
        disk?.RemoveRun(Path.Full);
    }

    void ISegmentSink.OnInit(Rendition rendition, InitHeader header)
    {
        var output = Open(rendition);
        output.Header = header;
        var name = $"{output.Rendition.Name}/{HlsNames.Init(header.Number)}";
        var value = ObjectOf(output, name, [header.Data]);
        memory.Pin(Path.Full, name, value);
        disk?.Put(Path.Full, name, value);
    }

    void ISegmentSink.OnSegmentStart(Rendition rendition, SegmentStart start)
    {
        var output = Open(rendition);
        output.StartSegment(start);
    }

    void ISegmentSink.OnPart(Rendition rendition, MediaPart part)
    {
        var output = Open(rendition);
        Put(output, HlsNames.Part(part.SegmentNumber, part.Number), [part.Data], keepOnDisk: false);
        output.AddPart(part);
        metrics.PartWritten(part.Data.Length, rendition.IsAudio);
    }

    void ISegmentSink.OnSegmentEnd(Rendition rendition, SegmentEnd end)
    {
        var output = Open(rendition);
        var content = output.EndSegment(end);
        if (end.IsGap) metrics.GapWritten();
        else Put(output, HlsNames.Segment(end.Number), content, keepOnDisk: true);
        Forget(output, end.Number);
    }

    void ISegmentSink.OnKeyFrameWanted() => keyFrameWanted();

    private RenditionOutput Open(Rendition rendition)
    {
        if (Find(rendition.Name) is { } found) return found;
        var output = new RenditionOutput(rendition, settings);
        renditions = [.. renditions.Append(output).OrderBy(r => r.Rendition.IsAudio).ThenBy(r => r.Rendition.Name, StringComparer.Ordinal)];
        return output;
    }

    private void Put(RenditionOutput output, string file, byte[][] content, bool keepOnDisk)
    {
        var name = $"{output.Rendition.Name}/{file}";
        var value = ObjectOf(output, name, content);
        memory.Put(Path.Full, name, value);
        if (keepOnDisk) disk?.Put(Path.Full, name, value);
    }

    private MemoryObject ObjectOf(RenditionOutput output, string name, byte[][] content)
    {
        var contentType = output.Rendition.IsAudio ? "audio/mp4" : "video/mp4";
        // A name is used once per run: the run, the name and the length tell one content from another.
        var tag = SHA256.HashData(System.Text.Encoding.ASCII.GetBytes($"{Path.Full}/{name}/{content.Sum(chunk => chunk.Length)}"));
        return new MemoryObject(contentType, $"\"{Convert.ToHexStringLower(tag.AsSpan(0, 8))}\"", content);
    }

    // A segment can be fetched for a window's time after it has left the playlist (§6.2.2), a part a little longer than it is listed.
    private void Forget(RenditionOutput output, long ended)
    {
        var listed = disk is null ? output.Playlist.FirstNumber ?? 0 : ended - settings.WindowSegments;
        output.Forget(memory, disk, Path.Full, listed - settings.WindowSegments, ended - PartsKeptSegments);
        if (disk is null) output.ForgetInits(memory, Path.Full, listed - settings.WindowSegments);
    }

    private List<RenditionReport> ReportsFor(RenditionOutput rendition)
    {
        var reports = new List<RenditionReport>(renditions.Length);
        foreach (var other in renditions)
        {
            if (other == rendition || (other.Feed.Current?.Last is not { } last)) continue;
            reports.Add(new RenditionReport($"../{other.Rendition.Name}/{HlsNames.Media}", last.Number, last.Part));
        }

        return reports;
    }

    private void RenderMultivariant()
    {
        var audio = renditions.FirstOrDefault(r => r.Rendition.IsAudio && r.SegmentsWritten > 0);
        var layers = renditions.Where(r => !r.Rendition.IsAudio && r.SegmentsWritten > 0).ToList();
        if (layers.Count == 0) return;
        var key = string.Join('|', layers.Append(audio).Select(r => r is null ? "" : $"{r.Rendition.Name},{r.Header?.Number}"))
            + (layers.Any(Outgrown) || (audio is not null && Outgrown(audio)) ? "+" : "");
        if (key == listedKey) return;

        foreach (var rendition in renditions) rendition.ListedBandwidth = Reserve(rendition.PeakBandwidth);
        listedKey = key.TrimEnd('+');
        var group = audio is null ? null : new AudioGroup(audio.Rendition.Name, audio.Header!.Audio!.Channels, audio.ListedBandwidth, audio.AverageBandwidth);
        var variants = layers.ConvertAll(r => new Variant(r.Rendition.Name, r.Header!.Video!.Width, r.Header.Video.Height, r.Header.Video.Codec, r.ListedBandwidth, r.AverageBandwidth, Math.Round(r.FrameRate)));
        multivariants = new Multivariants(
            new RenderedPlaylist(MultivariantPlaylist.Render(variants, group, folder: "")),
            new RenderedPlaylist(MultivariantPlaylist.Render(variants, group, folder: Path.FolderInRoom + "/")));
        ready.TrySetResult();
    }

    private static bool Outgrown(RenditionOutput rendition) => rendition.PeakBandwidth > rendition.ListedBandwidth;

    private static long Reserve(long bandwidth) =>
        (long)Math.Ceiling(bandwidth * BandwidthReserve / BandwidthStep) * BandwidthStep;

    private sealed record Multivariants(RenderedPlaylist FromRun, RenderedPlaylist FromRoom);
}
