using System.Globalization;

namespace LiveStream.E2E.Tests.Harness;

/// <summary>
/// A segment of a media playlist with the initialisation section that it needs. Of a gap there is nothing to fetch (RFC 8216bis
/// §4.4.4.7): an encoder short of time leaves layers out.
/// </summary>
public sealed record HlsSegment(Uri Address, Uri Map, double Duration, DateTimeOffset? ProgramDateTime, bool IsGap = false);

/// <summary>A media playlist as far as the scenarios look at it; the strict rule check lives in the conformance tests.</summary>
public sealed record HlsPlaylist(
    string Text, int Version, double TargetDuration, double PartTarget, long MediaSequence, IReadOnlyList<HlsSegment> Segments, int Parts, bool Ended)
{
    public static HlsPlaylist Parse(string text, Uri address)
    {
        var segments = new List<HlsSegment>();
        var (version, target, partTarget, sequence, parts, ended) = (0, 0.0, 0.0, 0L, 0, false);
        Uri? map = null;
        double? duration = null;
        DateTimeOffset? at = null;
        var gap = false;
        foreach (var line in text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var value = line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..];
            if (line.StartsWith("#EXT-X-VERSION:", StringComparison.Ordinal)) version = int.Parse(value, CultureInfo.InvariantCulture);
            else if (line.StartsWith("#EXT-X-TARGETDURATION:", StringComparison.Ordinal)) target = Number(value);
            else if (line.StartsWith("#EXT-X-PART-INF:", StringComparison.Ordinal)) partTarget = Number(Attribute(value, "PART-TARGET")!);
            else if (line.StartsWith("#EXT-X-MEDIA-SEQUENCE:", StringComparison.Ordinal)) sequence = long.Parse(value, CultureInfo.InvariantCulture);
            else if (line.StartsWith("#EXT-X-MAP:", StringComparison.Ordinal)) map = new Uri(address, Attribute(value, "URI"));
            else if (line.StartsWith("#EXT-X-PROGRAM-DATE-TIME:", StringComparison.Ordinal)) at = DateTimeOffset.Parse(value, CultureInfo.InvariantCulture);
            else if (line.StartsWith("#EXT-X-PART:", StringComparison.Ordinal)) parts++;
            else if (line.StartsWith("#EXTINF:", StringComparison.Ordinal)) duration = Number(value.Split(',')[0]);
            else if (line == "#EXT-X-GAP") gap = true;
            else if (line == "#EXT-X-ENDLIST") ended = true;
            else if (line[0] != '#')
            {
                Assert.True(duration is not null && map is not null, $"{line} has no EXTINF or no EXT-X-MAP");
                segments.Add(new HlsSegment(new Uri(address, line), map, duration.Value, at, gap));
                (duration, at, gap) = (null, null, false);
            }
        }

        return new HlsPlaylist(text, version, target, partTarget, sequence, segments, parts, ended);
    }

    /// <summary>The value of an attribute list's entry (RFC 8216 §4.2) without its quotes; null when it is absent.</summary>
    public static string? Attribute(string list, string name)
    {
        for (var rest = list; rest.Length > 0;)
        {
            var equals = rest.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0) return null;
            var quoted = equals + 1 < rest.Length && rest[equals + 1] == '"';
            var end = quoted ? rest.IndexOf('"', equals + 2) + 1 : rest.IndexOf(',', equals);
            if (end <= 0) end = rest.Length;
            if (rest[..equals].Trim() == name) return rest[(equals + 1)..end].Trim('"');
            rest = rest[Math.Min(end + 1, rest.Length)..];
        }

        return null;
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}

/// <summary>One way to play the stream: a variant or an audio rendition.</summary>
public sealed record HlsRendition(Uri Address, int? Bandwidth, (int Width, int Height)? Resolution, string? Codecs)
{
    /// <summary>The playlist's folder, which stays when other renditions come and go.</summary>
    public string Name => Address.Segments[^2].TrimEnd('/');
}

/// <summary>A multivariant playlist.</summary>
public sealed record HlsMultivariant(IReadOnlyList<HlsRendition> Variants, IReadOnlyList<HlsRendition> Audio)
{
    public static HlsMultivariant Parse(string text, Uri address)
    {
        List<HlsRendition> variants = [], audio = [];
        string? pending = null;
        foreach (var line in text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var value = line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..];
            if (line.StartsWith("#EXT-X-STREAM-INF:", StringComparison.Ordinal)) pending = value;
            else if (line.StartsWith("#EXT-X-MEDIA:", StringComparison.Ordinal)
                && HlsPlaylist.Attribute(value, "TYPE") == "AUDIO" && HlsPlaylist.Attribute(value, "URI") is { } uri)
                audio.Add(new HlsRendition(new Uri(address, uri), null, null, null));
            else if (line[0] != '#' && pending is not null)
            {
                var size = HlsPlaylist.Attribute(pending, "RESOLUTION")?.Split('x').Select(n => int.Parse(n, CultureInfo.InvariantCulture)).ToArray();
                variants.Add(new HlsRendition(new Uri(address, line),
                    int.Parse(HlsPlaylist.Attribute(pending, "BANDWIDTH") ?? "0", CultureInfo.InvariantCulture),
                    size is [var width, var height] ? (width, height) : null, HlsPlaylist.Attribute(pending, "CODECS")));
                pending = null;
            }
        }

        return new HlsMultivariant(variants, audio);
    }
}
