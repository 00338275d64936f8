using System.Globalization;

namespace LiveStream.Media.Hls;

/// <summary>File names below a rendition's folder. Never used twice within a run, so that caches may keep them for ever.</summary>
public static class HlsNames
{
    /// <summary>The playlist of playlists, in the run's folder.</summary>
    public const string Multivariant = "master.m3u8";

    /// <summary>A rendition's playlist, in its folder.</summary>
    public const string Media = "stream.m3u8";

    private const string SegmentPrefix = "segment_", PartPrefix = "part_", Extension = ".m4s";

    /// <summary>An init segment.</summary>
    public static string Init(int number) => string.Create(CultureInfo.InvariantCulture, $"init_{number}.mp4");

    /// <summary>A segment.</summary>
    public static string Segment(long number) => string.Create(CultureInfo.InvariantCulture, $"{SegmentPrefix}{number}{Extension}");

    /// <summary>A part of a segment.</summary>
    public static string Part(long segment, int number) => string.Create(CultureInfo.InvariantCulture, $"{PartPrefix}{segment}_{number}{Extension}");

    /// <summary>Reads a part's name back; false for any other name.</summary>
    public static bool TryParsePart(ReadOnlySpan<char> name, out long segment, out int number)
    {
        (segment, number) = (0, 0);
        if (!name.StartsWith(PartPrefix, StringComparison.Ordinal) || !name.EndsWith(Extension, StringComparison.Ordinal)) return false;
        if (name.Length < PartPrefix.Length + Extension.Length) return false;
        name = name[PartPrefix.Length..^Extension.Length];
        var split = name.IndexOf('_');
        return split > 0
            && long.TryParse(name[..split], NumberStyles.None, CultureInfo.InvariantCulture, out segment)
            && int.TryParse(name[(split + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}
