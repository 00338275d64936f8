using LiveStream.HlsPackager.Cmaf;
using LiveStream.Media.Hls;

namespace LiveStream.HlsPackager.Playlist;

/// <summary>
/// One state of a media playlist: immutable, shared by all requests, rendered when the first one asks.
/// </summary>
internal sealed class PlaylistVersion
{
    private readonly PlaylistSettings settings;
    private readonly ReadOnlyMemory<PlaylistSegment> segments;
    private readonly OpenSegment? open;
    private readonly IReadOnlyList<RenditionReport> others;
    private readonly IReadOnlyList<TimedMetadata> metadata;
    private readonly Lazy<RenderedPlaylist> full;
    private readonly Lazy<RenderedPlaylist> delta;

    public PlaylistVersion(PlaylistSettings settings, ReadOnlyMemory<PlaylistSegment> segments, OpenSegment? open, bool ended,
        IReadOnlyList<RenditionReport> others, IReadOnlyList<TimedMetadata> metadata)
    {
        this.settings = settings;
        this.segments = segments;
        this.open = open;
        this.others = others;
        this.metadata = metadata;
        Ended = ended;
        full = new Lazy<RenderedPlaylist>(() => Render(skipped: 0));
        delta = new Lazy<RenderedPlaylist>(() => CountSkippable() is > 0 and var skipped ? Render(skipped) : full!.Value);
    }

    /// <summary>The stream is over.</summary>
    public bool Ended { get; }

    /// <summary>No segment is being written, and one may follow: nobody publishes.</summary>
    public bool IsPaused => open is null && !Ended;

    /// <summary>Complete segments listed.</summary>
    public int SegmentCount => segments.Length;

    /// <summary>Number of the last complete segment; one below the open one's when there is none.</summary>
    public long LastCompleteNumber => segments.Length > 0 ? segments.Span[^1].Number : (open?.Start.Number ?? 0) - 1;

    /// <summary>The playlist with all its segments.</summary>
    public RenderedPlaylist Full => full.Value;

    /// <summary>The delta update (<c>_HLS_skip=YES</c>); the whole playlist when nothing can be skipped.</summary>
    public RenderedPlaylist Delta => delta.Value;

    /// <summary>The last segment or part, as other renditions report it; none before the first part.</summary>
    public (long Number, int Part)? Last
    {
        get
        {
            if (open is { Parts.Count: > 0 }) return (open.Start.Number, open.Parts.Count - 1);
            return segments.Length > 0 ? (LastCompleteNumber, Math.Max(0, segments.Span[^1].Parts.Count - 1)) : null;
        }
    }

    /// <summary>
    /// Whether the playlist has what a blocking request waits for (draft-pantos-hls-rfc8216bis §6.2.5.2): the whole segment
    /// without a part, else that part or a later one. A part behind a segment's last is part 0 of the next segment.
    /// </summary>
    public bool Contains(long number, int? part)
    {
        if (part is not { } index) return number <= LastCompleteNumber;
        if (number < LastCompleteNumber) return true;
        if (number == LastCompleteNumber)
        {
            if (segments.Length == 0 || index < segments.Span[^1].Parts.Count) return true;
            (number, index) = (number + 1, 0);
        }

        return open is not null && open.Start.Number == number && index < open.Parts.Count;
    }

    /// <summary>Whether this is the part that EXT-X-PRELOAD-HINT names.</summary>
    public bool Hints(long number, int part) =>
        !Ended && open is not null && open.Start.Number == number && open.Parts.Count == part;

    // Segments further from the end than the skip boundary may be left out (§6.2.5.1).
    private int CountSkippable()
    {
        var end = TimeSpan.Zero;
        if (open is not null)
        {
            foreach (var part in open.Parts) end += part.Duration;
        }

        var index = segments.Length;
        for (; index > 0 && end < settings.SkipBoundary; index--) end += segments.Span[index - 1].End!.Duration;
        return index;
    }

    private RenderedPlaylist Render(int skipped)
    {
        var text = new PlaylistText();
        WriteHeader(text);
        // Delta updates list them too: leaving them out would take CAN-SKIP-DATERANGES and a word on which have gone (§4.4.5.2).
        foreach (var range in metadata) text.Line(range.ToLine());
        if (skipped > 0) text.Line($"#EXT-X-SKIP:SKIPPED-SEGMENTS={skipped}");

        var init = -1;
        var span = segments.Span;
        var withParts = FirstSegmentWithParts();
        for (var i = skipped; i < span.Length; i++)
        {
            WriteSegmentStart(text, span[i].Start, ref init);
            if (i >= withParts) WriteParts(text, span[i].Number, span[i].Parts);
            if (span[i].End!.IsGap) text.Line("#EXT-X-GAP");
            text.Line($"#EXTINF:{PlaylistText.Seconds(span[i].End!.Duration)},");
            text.Line($"{HlsNames.Segment(span[i].Number)}");
        }

        // Before its first part too where its header is another one: hls.js 1.4 keeps the header under which it first hears of
        // a segment, which is by the hint, and decodes the segment's parts with it.
        if (open is not null && (open.Parts.Count > 0 || (init >= 0 && (open.Start.Init != init || open.Start.Discontinuity))))
        {
            WriteSegmentStart(text, open.Start, ref init);
            WriteParts(text, open.Start.Number, open.Parts);
        }

        WriteEnd(text);
        return new RenderedPlaylist(text.ToBytes());
    }

    private void WriteHeader(PlaylistText text)
    {
        text.Line("#EXTM3U")
            .Line("#EXT-X-VERSION:9")
            .Line($"#EXT-X-TARGETDURATION:{(int)settings.TargetDuration.TotalSeconds}")
            .Line($"#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,CAN-SKIP-UNTIL={PlaylistText.Seconds(settings.SkipBoundary)},HOLD-BACK={PlaylistText.Seconds(settings.HoldBack)},PART-HOLD-BACK={PlaylistText.Seconds(settings.PartHoldBack)}")
            .Line($"#EXT-X-PART-INF:PART-TARGET={PlaylistText.Seconds(settings.PartTarget)}");
        if (settings.IsEvent) text.Line("#EXT-X-PLAYLIST-TYPE:EVENT");
        var head = segments.Length > 0 ? segments.Span[0].Start : open?.Start;
        if (head is null) return;
        // The number of breaks that lie before the first listed segment (§4.4.3.3).
        var breaks = head.Discontinuities - (head.Discontinuity ? 1 : 0);
        text.Line($"#EXT-X-MEDIA-SEQUENCE:{head.Number}").Line($"#EXT-X-DISCONTINUITY-SEQUENCE:{breaks}");
    }

    private void WriteSegmentStart(PlaylistText text, SegmentStart start, ref int init)
    {
        if (start.Discontinuity) text.Line("#EXT-X-DISCONTINUITY");
        if (start.Init != init) text.Line($"#EXT-X-MAP:URI=\"{HlsNames.Init(start.Init)}\"");
        init = start.Init;
        text.Line($"#EXT-X-PROGRAM-DATE-TIME:{PlaylistText.Date(settings.Epoch + start.Start)}");
    }

    private static void WriteParts(PlaylistText text, long number, IReadOnlyList<PlaylistPart> parts)
    {
        for (var i = 0; i < parts.Count; i++)
        {
            var independent = parts[i].Independent ? ",INDEPENDENT=YES" : "";
            text.Line($"#EXT-X-PART:DURATION={PlaylistText.Seconds(parts[i].Duration)},URI=\"{HlsNames.Part(number, i)}\"{independent}");
        }
    }

    private void WriteEnd(PlaylistText text)
    {
        if (Ended)
        {
            text.Line("#EXT-X-ENDLIST");
            return;
        }

        // Without an open segment nobody knows when, and with which header, the next part comes.
        if (open is not null) text.Line($"#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"{HlsNames.Part(open.Start.Number, open.Parts.Count)}\"");
        foreach (var other in others)
        {
            text.Line($"#EXT-X-RENDITION-REPORT:URI=\"{other.Uri}\",LAST-MSN={other.LastNumber},LAST-PART={other.LastPart}");
        }
    }

    private int FirstSegmentWithParts()
    {
        // Parts are for following the live edge; a player of the ended stream needs whole segments only.
        if (Ended) return segments.Length;
        var age = TimeSpan.Zero;
        var index = segments.Length;
        for (; index > 0 && age < settings.PartsListed; index--) age += segments.Span[index - 1].End!.Duration;
        return index;
    }
}
