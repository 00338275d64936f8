using LiveStream.Media;

namespace LiveStream.HlsPackager.Cmaf;

/// <summary>The header of a rendition that <c>EXT-X-MAP</c> points to: <c>ftyp</c> and <c>moov</c>.</summary>
internal static class InitSegment
{
    /// <summary>Ticks per second of video.</summary>
    public const uint VideoTimescale = 90_000;

    /// <summary>Ticks per second of audio: the sampling rate.</summary>
    public const uint AudioTimescale = 48_000;

    public static byte[] ForVideo(VideoParameters parameters)
    {
        var writer = new BoxWriter(1024);
        FileTypeBox.Write(writer);
        MovieBox.Write(writer, video: true, VideoTimescale, parameters.Width, parameters.Height,
            w => AvcSampleEntry.Write(w, parameters));
        return writer.Written.ToArray();
    }

    public static byte[] ForAudio(AacParameters parameters)
    {
        var writer = new BoxWriter(1024);
        FileTypeBox.Write(writer);
        MovieBox.Write(writer, video: false, AudioTimescale, 0, 0, w => AacSampleEntry.Write(w, parameters));
        return writer.Written.ToArray();
    }
}
