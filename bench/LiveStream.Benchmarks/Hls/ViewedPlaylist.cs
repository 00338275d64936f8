using System.Globalization;

namespace LiveStream.Benchmarks.Hls;

/// <summary>A part in a playlist.</summary>
/// <param name="Segment">Media sequence number of its segment.</param>
/// <param name="Number">Index in the segment.</param>
/// <param name="Start">Time since 1970 by EXT-X-PROGRAM-DATE-TIME and the durations before it.</param>
/// <param name="Duration">DURATION.</param>
/// <param name="Uri">URI, relative to the playlist.</param>
internal sealed record ViewedPart(long Segment, int Number, TimeSpan Start, TimeSpan Duration, string Uri);

/// <summary>What a low-latency player reads of a media playlist (draft-pantos-hls-rfc8216bis §4.4).</summary>
/// <param name="PartTarget">PART-TARGET.</param>
/// <param name="Parts">All listed parts in order.</param>
/// <param name="Segments">Durations of the whole segments by number.</param>
/// <param name="Ended">EXT-X-ENDLIST.</param>
internal sealed record ViewedPlaylist(
    TimeSpan PartTarget, IReadOnlyList<ViewedPart> Parts, IReadOnlyDictionary<long, TimeSpan> Segments, bool Ended)
{
    public static ViewedPlaylist Parse(string text)
    {
        List<ViewedPart> parts = [];
        Dictionary<long, TimeSpan> segments = [];
        var (target, at, duration, segment, part, ended) = (TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero, 0L, 0, false);
        foreach (var line in text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var (tag, value) = line[0] == '#' && colon > 0 ? (line[..colon], line[(colon + 1)..]) : (line, "");
            switch (tag)
            {
                case "#EXT-X-PART-INF":
                    target = Seconds(Attribute(value, "PART-TARGET"));
                    break;
                case "#EXT-X-MEDIA-SEQUENCE":
                    segment = long.Parse(value, CultureInfo.InvariantCulture);
                    break;
                case "#EXT-X-PROGRAM-DATE-TIME":
                    at = DateTimeOffset.Parse(value, CultureInfo.InvariantCulture) - DateTimeOffset.UnixEpoch;
                    break;
                case "#EXT-X-PART":
                    var length = Seconds(Attribute(value, "DURATION"));
                    parts.Add(new ViewedPart(segment, part++, at, length, Attribute(value, "URI")));
                    at += length;
                    break;
                case "#EXTINF":
                    duration = Seconds(value.Split(',')[0]);
                    break;
                case "#EXT-X-ENDLIST":
                    ended = true;
                    break;
                default:
                    if (line[0] == '#') break;
                    segments[segment++] = duration;
                    part = 0;
                    break;
            }
        }
        return new ViewedPlaylist(target, parts, segments, ended);
    }

    /// <summary>An attribute's value without quotes; none of the values read here holds a comma.</summary>
    public static string Attribute(string list, string name) =>
        list.Split(',').Select(entry => entry.Split('=', 2)).FirstOrDefault(entry => entry[0] == name)?[1].Trim('"')
        ?? throw new FormatException($"{list} has no {name}.");

    private static TimeSpan Seconds(string text) => TimeSpan.FromSeconds(double.Parse(text, CultureInfo.InvariantCulture));
}
