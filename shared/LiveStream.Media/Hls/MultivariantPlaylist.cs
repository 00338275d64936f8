using System.Globalization;

namespace LiveStream.Media.Hls;

/// <summary>A video rendition as the multivariant playlist lists it.</summary>
/// <param name="Name">Folder of its playlist.</param>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
/// <param name="Codec">RFC 6381 name.</param>
/// <param name="PeakBandwidth">Bits per second of its most expensive segment.</param>
/// <param name="AverageBandwidth">Bits per second over all of them.</param>
/// <param name="FrameRate">Pictures per second.</param>
public sealed record Variant(string Name, int Width, int Height, string Codec, long PeakBandwidth, long AverageBandwidth, double FrameRate);

/// <summary>The sound that all variants share.</summary>
/// <param name="Name">Folder of its playlist.</param>
/// <param name="Channels">1 or 2.</param>
/// <param name="PeakBandwidth">Bits per second of its most expensive segment.</param>
/// <param name="AverageBandwidth">Bits per second over all of them.</param>
public sealed record AudioGroup(string Name, int Channels, long PeakBandwidth, long AverageBandwidth);

/// <summary>The playlist of playlists (draft-pantos-hls-rfc8216bis §4.4.6).</summary>
public static class MultivariantPlaylist
{
    private const string AacLowComplexity = "mp4a.40.2";
    private const string Group = "audio";

    /// <summary>Renders the playlist.</summary>
    /// <param name="variants">Best first: it is where many players start.</param>
    /// <param name="audio">Null for video only.</param>
    /// <param name="folder">In front of each URI: empty, or the run's folder with a slash at the end.</param>
    /// <param name="version">EXT-X-VERSION; that of the playlists it names is enough.</param>
    public static byte[] Render(IReadOnlyList<Variant> variants, AudioGroup? audio, string folder, int version = 9)
    {
        var text = new PlaylistText().Line("#EXTM3U").Line($"#EXT-X-VERSION:{version}");
        if (audio is not null)
        {
            text.Line($"#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"{Group}\",NAME=\"Audio\",DEFAULT=YES,AUTOSELECT=YES,CHANNELS=\"{audio.Channels}\",URI=\"{folder}{audio.Name}/{HlsNames.Media}\"");
        }

        foreach (var variant in variants)
        {
            var peak = variant.PeakBandwidth + (audio?.PeakBandwidth ?? 0);
            var average = variant.AverageBandwidth + (audio?.AverageBandwidth ?? 0);
            var codecs = audio is null ? variant.Codec : $"{variant.Codec},{AacLowComplexity}";
            var frameRate = variant.FrameRate.ToString("0.000", CultureInfo.InvariantCulture);
            var sound = audio is null ? "" : $",AUDIO=\"{Group}\"";
            text.Line($"#EXT-X-STREAM-INF:BANDWIDTH={peak},AVERAGE-BANDWIDTH={average},CODECS=\"{codecs}\",RESOLUTION={variant.Width}x{variant.Height},FRAME-RATE={frameRate}{sound}");
            text.Line($"{folder}{variant.Name}/{HlsNames.Media}");
        }

        return text.ToBytes();
    }
}
