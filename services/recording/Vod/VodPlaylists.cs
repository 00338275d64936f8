using LiveStream.Media.Hls;

namespace LiveStream.Recording.Vod;

/// <summary>The playlists of a show that is over (RFC 8216 §4.3): whole segments and an end, no parts.</summary>
internal static class VodPlaylists
{
    // EXT-X-GAP needs 8; nothing here needs more.
    private const int Version = 8;
    private const double BitsPerByte = 8;

    /// <summary>A rendition's playlist, for the folder of its segments.</summary>
    public static byte[] Media(RecordedShow show, VodRendition rendition)
    {
        var text = new PlaylistText().Line("#EXTM3U")
            .Line($"#EXT-X-VERSION:{Version}")
            .Line($"#EXT-X-TARGETDURATION:{show.TargetDuration}")
            .Line("#EXT-X-PLAYLIST-TYPE:VOD")
            .Line("#EXT-X-MEDIA-SEQUENCE:0");
        foreach (var range in show.DateRanges) text.Line(range.Line);
        // A gap at the start has an init segment too: players ask for it before they look at what follows.
        var init = -1;
        var next = rendition.Segments.First(segment => !segment.IsGap).Init;
        foreach (var segment in rendition.Segments)
        {
            if (segment.Discontinuity) text.Line("#EXT-X-DISCONTINUITY");
            if (!segment.IsGap) next = segment.Init;
            if (next != init) text.Line($"#EXT-X-MAP:URI=\"{HlsNames.Init(next)}\"");
            init = next;
            text.Line($"#EXT-X-PROGRAM-DATE-TIME:{PlaylistText.Date(show.Epoch + segment.Start)}");
            if (segment.IsGap) text.Line("#EXT-X-GAP");
            text.Line($"#EXTINF:{PlaylistText.Seconds(segment.Duration)},").Line(HlsNames.Segment(segment.Number));
        }

        return text.Line("#EXT-X-ENDLIST").ToBytes();
    }

    /// <summary>The playlist of playlists.</summary>
    public static byte[] Multivariant(RecordedShow show)
    {
        var audio = show.Renditions.FirstOrDefault(rendition => rendition.IsAudio);
        var group = audio is null ? null : new AudioGroup(audio.Name, audio.Inits[^1].Channels, Peak(audio), Average(audio));
        var variants = show.Videos.Select(rendition =>
        {
            var largest = rendition.Inits.MaxBy(init => (long)init.Width * init.Height)!;
            return new Variant(rendition.Name, largest.Width, largest.Height, largest.Codec, Peak(rendition), Average(rendition), FrameRate(rendition));
        }).ToList();
        return MultivariantPlaylist.Render(variants, group, folder: "", Version);
    }

    private static long Peak(VodRendition rendition) =>
        rendition.Segments.Max(segment => (long)Math.Ceiling(segment.Bytes * BitsPerByte / segment.Duration.TotalSeconds));

    private static long Average(VodRendition rendition)
    {
        var there = rendition.Segments.Where(segment => !segment.IsGap).ToList();
        return (long)Math.Ceiling(there.Sum(segment => segment.Bytes) * BitsPerByte / there.Sum(segment => segment.Duration.TotalSeconds));
    }

    private static double FrameRate(VodRendition rendition)
    {
        var there = rendition.Segments.Where(segment => !segment.IsGap).ToList();
        return Math.Round(there.Sum(segment => (double)segment.Frames) / there.Sum(segment => segment.Duration.TotalSeconds));
    }
}
