using System.Globalization;
using LiveStream.Media;

namespace LiveStream.HlsPackager.Playlist;

/// <summary>A video rendition as the multivariant playlist lists it.</summary>
/// <param name="Name">Folder of its playlist.</param>
/// <param name="Video">Size and codec.</param>
/// <param name="PeakBandwidth">Bits per second of its most expensive segment.</param>
/// <param name="AverageBandwidth">Bits per second over all of them.</param>
/// <param name="FrameRate">Pictures per second.</param>
internal sealed record Variant(string Name, VideoParameters Video, long PeakBandwidth, long AverageBandwidth, double FrameRate);

/// <summary>The sound that all variants share.</summary>
internal sealed record AudioGroup(string Name, AacParameters Audio, long PeakBandwidth, long AverageBandwidth);

/// <summary>The playlist of playlists (draft-pantos-hls-rfc8216bis §4.4.6).</summary>
internal static class MultivariantPlaylist
{
    private const string AacLowComplexity = "mp4a.40.2";
    private const string Group = "audio";

    /// <summary>Renders the playlist.</summary>
    /// <param name="variants">Best first: it is where many players start.</param>
    /// <param name="audio">Null for video only.</param>
    /// <param name="folder">In front of each URI: empty, or the run's folder with a slash at the end.</param>
    public static RenderedPlaylist Render(IReadOnlyList<Variant> variants, AudioGroup? audio, string folder)
    {
        var text = new PlaylistText().Line("#EXTM3U").Line("#EXT-X-VERSION:9");
        if (audio is not null)
        {
            text.Line($"#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"{Group}\",NAME=\"Audio\",DEFAULT=YES,AUTOSELECT=YES,CHANNELS=\"{audio.Audio.Channels}\",URI=\"{folder}{audio.Name}/{Names.Media}\"");
        }

        foreach (var variant in variants)
        {
            var peak = variant.PeakBandwidth + (audio?.PeakBandwidth ?? 0);
            var average = variant.AverageBandwidth + (audio?.AverageBandwidth ?? 0);
            var codecs = audio is null ? variant.Video.Codec : $"{variant.Video.Codec},{AacLowComplexity}";
            var frameRate = variant.FrameRate.ToString("0.000", CultureInfo.InvariantCulture);
            var sound = audio is null ? "" : $",AUDIO=\"{Group}\"";
            text.Line($"#EXT-X-STREAM-INF:BANDWIDTH={peak},AVERAGE-BANDWIDTH={average},CODECS=\"{codecs}\",RESOLUTION={variant.Video.Width}x{variant.Video.Height},FRAME-RATE={frameRate}{sound}");
            text.Line($"{folder}{variant.Name}/{Names.Media}");
        }

        return new RenderedPlaylist(text.ToBytes());
    }
}
