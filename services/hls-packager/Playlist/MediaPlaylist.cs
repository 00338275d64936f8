using LiveStream.HlsPackager.Cmaf;

namespace LiveStream.HlsPackager.Playlist;

/// <summary>
/// The state of one rendition's playlist: fed by the segmenter's decisions, it makes an immutable <see cref="PlaylistVersion"/>
/// of each change. Used by one thread; versions may be read by any.
/// </summary>
internal sealed class MediaPlaylist(PlaylistSettings settings)
{
    // Grows only at its end, so that versions share it: each knows its own range.
    private PlaylistSegment[] segments = new PlaylistSegment[32];
    private int first;
    private int count;
    private PlaylistSegment? open;
    private bool ended;
    private TimeSpan listed;

    /// <summary>Date of the first listed segment.</summary>
    public DateTimeOffset? FirstDate => count > first ? settings.Epoch + segments[first].Start.Start : null;

    /// <summary>Number of the first listed segment.</summary>
    public long? FirstNumber => count > first ? segments[first].Number : null;

    public void StartSegment(SegmentStart start) => open = new PlaylistSegment(start);

    public void AddPart(MediaPart part) => open!.Parts.Add(new PlaylistPart(part.Duration, part.Independent));

    public void EndSegment(SegmentEnd end)
    {
        open!.End = end;
        Add(open);
        open = null;
        listed += end.Duration;
        // A live playlist never gets shorter than three target durations (§6.2.2).
        while (!settings.IsEvent && count - first > settings.WindowSegments && listed - segments[first].End!.Duration >= settings.TargetDuration * 3)
        {
            listed -= segments[first++].End!.Duration;
        }
    }

    /// <summary>No segment follows any more: EXT-X-ENDLIST.</summary>
    public void End() => ended = true;

    /// <summary>The playlist as it is now.</summary>
    /// <param name="others">Where the other renditions are; for EXT-X-RENDITION-REPORT.</param>
    /// <param name="metadata">The stream's payloads; for EXT-X-DATERANGE.</param>
    public PlaylistVersion Snapshot(IReadOnlyList<RenditionReport> others, IReadOnlyList<TimedMetadata> metadata)
    {
        var current = open is null ? null : new OpenSegment(open.Start, [.. open.Parts]);
        return new PlaylistVersion(settings, segments.AsMemory(first, count - first), current, ended, others, metadata);
    }

    private void Add(PlaylistSegment segment)
    {
        if (count == segments.Length)
        {
            // What has left the window is left behind; older versions keep the old array.
            var kept = segments.AsSpan(first, count - first);
            var next = new PlaylistSegment[Math.Max(32, kept.Length * 2)];
            kept.CopyTo(next);
            (segments, count, first) = (next, kept.Length, 0);
        }

        segments[count++] = segment;
    }
}

/// <summary>The segment that is being written, as far as it is.</summary>
internal sealed record OpenSegment(SegmentStart Start, IReadOnlyList<PlaylistPart> Parts);

/// <summary>Where another rendition's playlist ends.</summary>
/// <param name="Uri">Relative to the reporting playlist.</param>
/// <param name="LastNumber">Its last segment, the unfinished one included when it has a part.</param>
/// <param name="LastPart">That segment's last part.</param>
internal sealed record RenditionReport(string Uri, long LastNumber, int LastPart);
