using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using LiveStream.HlsPackager.Playlist;

namespace LiveStream.Conformance.Tests;

/// <summary>Payloads in playlists: the tag of draft-pantos-hls-rfc8216bis §4.4.5.1, and what the platform's players read of it.</summary>
public sealed class HlsDateRanges
{
    [Fact]
    public void Line_IsTheDocumentedTagAndPayload()
    {
        var start = new DateTimeOffset(2026, 1, 1, 10, 5, 11, 259, TimeSpan.Zero);
        var line = new TimedMetadata("one", start, TimeSpan.FromSeconds(20), "{\"poll\":\"a,b\"}").ToLine();

        var range = ParsedDateRange.Parse(line);
        Assert.Equal(("one", start, 20), (range.Id, range.Start, range.Seconds));
        var payload = JsonDocument.Parse(Convert.FromBase64String(range.Payload)).RootElement;
        Assert.Equal(["payload", "start_date", "end_date", "hms_version"], payload.EnumerateObject().Select(field => field.Name));
        Assert.Equal("{\"poll\":\"a,b\"}", payload.GetProperty("payload").GetString());
        Assert.Equal("2026-01-01T10:05:11.259+0000", payload.GetProperty("start_date").GetString());
        Assert.Equal("2026-01-01T10:05:31.259+0000", payload.GetProperty("end_date").GetString());
        Assert.Equal("v1.1", payload.GetProperty("hms_version").GetString());
    }

    [Fact]
    public void List_TakesSoManyAndForgetsWhatHasEnded()
    {
        var start = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var list = new TimedMetadataList();
        for (var i = 0; i < TimedMetadataList.Max; i++) Assert.True(list.TryAdd(new TimedMetadata($"{i}", start.AddSeconds(i), TimeSpan.FromSeconds(1), "p")));
        Assert.False(list.TryAdd(new TimedMetadata("more", start, TimeSpan.FromSeconds(1), "p")));

        list.DropBefore(start.AddSeconds(11));

        Assert.Equal(TimedMetadataList.Max - 10, list.Current.Count);
        Assert.Equal("10", list.Current[0].Id);
    }
}

/// <summary>An EXT-X-DATERANGE as a player reads it.</summary>
internal sealed partial record ParsedDateRange(string Id, DateTimeOffset Start, double Seconds, string Payload)
{
    private const string Tag = "#EXT-X-DATERANGE:";

    public static ParsedDateRange Parse(string line)
    {
        var match = Line().Match(line);
        if (!match.Success) throw new InvalidDataException($"not a date range: {line}");
        return new ParsedDateRange(
            match.Groups["id"].Value,
            DateTimeOffset.Parse(match.Groups["start"].Value, CultureInfo.InvariantCulture),
            double.Parse(match.Groups["seconds"].Value, CultureInfo.InvariantCulture),
            match.Groups["payload"].Value);
    }

    /// <summary>Every payload that may still be reached is listed once, in the delta update too, and no other.</summary>
    public static void Check(string full, string delta, ParsedPlaylist playlist, IReadOnlyCollection<TimedMetadata> inserted)
    {
        var ranges = Lines(full).Select(Parse).ToList();
        if (ranges.Select(range => range.Id).Distinct().Count() != ranges.Count) throw new InvalidDataException("an ID names one date range");
        if (!Lines(delta).SequenceEqual(Lines(full))) throw new InvalidDataException("a delta update lists every date range");
        // Dates are written in whole milliseconds, cut. A rendition that has just begun lists nothing that an older payload could belong to.
        var oldest = playlist.Segments.Count > 0 ? playlist.Segments[0].Date.AddMilliseconds(1) : DateTimeOffset.MaxValue;
        var due = inserted.Where(metadata => metadata.End >= oldest).Select(metadata => metadata.Id).Except(ranges.Select(range => range.Id)).ToList();
        if (due.Count > 0) throw new InvalidDataException($"a date range that is not over is missing: {string.Join(", ", due)}");
        foreach (var range in ranges)
        {
            var metadata = inserted.Single(metadata => metadata.Id == range.Id);
            if (Math.Abs((range.Start - metadata.Start).TotalMilliseconds) > 1) throw new InvalidDataException("START-DATE");
            if (Math.Abs(range.Seconds - metadata.Duration.TotalSeconds) > 0.001) throw new InvalidDataException("DURATION");
            var payload = JsonDocument.Parse(Convert.FromBase64String(range.Payload)).RootElement.GetProperty("payload").GetString();
            if (payload != metadata.Payload) throw new InvalidDataException("the payload comes through as it was");
        }
    }

    private static IEnumerable<string> Lines(string text) => text.Split('\n').Where(line => line.StartsWith(Tag, StringComparison.Ordinal));

    [GeneratedRegex("""^#EXT-X-DATERANGE:ID="(?<id>[^"\r\n]+)",START-DATE="(?<start>[^"]+Z)",DURATION=(?<seconds>[0-9.]+),X-100MSLIVE-PAYLOAD="(?<payload>[A-Za-z0-9+/=]+)"$""")]
    private static partial Regex Line();
}
