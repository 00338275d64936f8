using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using LiveStream.HlsPackager;
using LiveStream.HlsPackager.Cmaf;
using LiveStream.HlsPackager.Playlist;
using LiveStream.HlsPackager.Publish;
using LiveStream.Media;
using Microsoft.Extensions.DependencyInjection;

namespace LiveStream.Conformance.Tests;

/// <summary>Playlists of random live streams against the rules of draft-pantos-hls-rfc8216bis.</summary>
public sealed class HlsPlaylists
{
    [Fact]
    public void SteadyStreams_EveryVersionOfEveryPlaylist_KeepsTheRules()
    {
        for (var seed = 0; seed < 3; seed++) new RandomRun(seed, steady: true).Check();
    }

    [Fact]
    public void TroubledStreams_EveryVersionOfEveryPlaylist_KeepsTheRules()
    {
        for (var seed = 0; seed < 1000; seed++) new RandomRun(seed, steady: false).Check();
    }

    [Theory]
    [InlineData("EXTM3U missing", "#EXT-X-VERSION:9\n")]
    [InlineData("segment too long", "#EXTM3U\n#EXT-X-VERSION:9\n#EXT-X-TARGETDURATION:2\n#EXTINF:2.6,\ns\n")]
    public void Checker_BrokenPlaylist_IsRefused(string rule, string text)
    {
        Assert.NotEmpty(rule);
        Assert.ThrowsAny<Exception>(() => ParsedPlaylist.Parse(text, strict: true));
    }
}

/// <summary>One random stream through segmenter and output; the playlists are checked after each sample.</summary>
internal sealed class RandomRun
{
    private static readonly DateTimeOffset Epoch = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly AacParameters Audio = new(48_000, 2, new byte[] { 0x11, 0x90 });
    private static readonly PackagerMetrics Metrics = new ServiceCollection().AddMetrics().AddSingleton<PackagerMetrics>()
        .BuildServiceProvider().GetRequiredService<PackagerMetrics>();

    private readonly Random random;
    private readonly bool steady;
    private readonly int seed;
    private readonly MemorySegmentStore store = new(long.MaxValue);
    private readonly LiveOutput output;
    private readonly Segmenter segmenter;
    private readonly Dictionary<string, (PlaylistVersion Version, ParsedPlaylist Parsed)> seen = [];
    private readonly Dictionary<long, long> breaks = [];
    private readonly Dictionary<string, TimedMetadata> inserted = [];
    // Of its own: what is inserted does not change which media a seed stands for.
    private readonly Random inserting;
    private int[] keyFrameIn;
    private string checking = "", text = "";
    private int layers;

    public RandomRun(int seed, bool steady)
    {
        this.seed = seed;
        this.steady = steady;
        random = new Random(seed);
        inserting = new Random(seed);
        layers = random.Next(1, 4);
        keyFrameIn = new int[layers];
        var settings = new PlaylistSettings(TimeSpan.FromSeconds(2), TimeSpan.FromMilliseconds(333), random.Next(3, 8), random.Next(4) == 0, Epoch);
        Assert.True(RunPath.TryCreate(new string('a', 24), new string('b', 24), "20260102", "1767323045000", out var path));
        output = new LiveOutput(path, settings, store, null, Metrics, AskForKeyFrame);
        segmenter = new Segmenter(new SegmenterOptions(), Epoch, output);
    }

    public void Check()
    {
        try
        {
            Run();
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException($"seed {seed}, steady {steady}, {checking}: {exception.Message}\n{text}", exception);
        }
    }

    private void Run()
    {
        double rate = random.Next(24, 61), time = random.NextDouble();
        var sound = random.Next(4) > 0;
        var soundTime = (long)(time * 48_000);
        var level = (byte)31;
        for (var i = 0; i < 400; i++)
        {
            time += 1 / rate * (1 + (random.NextDouble() - 0.5) * (steady ? 0.2 : 1));
            if (!steady) Disturb(ref time, ref rate, ref soundTime, ref sound, ref level);
            for (var layer = layers - 1; layer >= 0; layer--)
            {
                if (!steady && random.Next(40) == 0) continue;
                var key = i == 0 || keyFrameIn[layer] == 1 || (!steady && random.Next(200) == 0);
                if (keyFrameIn[layer] > 0) keyFrameIn[layer]--;
                var jitter = steady ? 0 : random.Next(-300, 300);
                segmenter.OnVideo(layer, new VideoAccessUnit((long)(time * 90_000) + jitter, key, Video(layer, level), new byte[random.Next(1, 50)]));
            }

            for (; sound && soundTime < time * 48_000; soundTime += 1024) segmenter.OnAudio(Audio, new AacFrame(soundTime, 1024, new byte[6]));
            if (inserting.Next(60) == 0) InsertMetadata(TimeSpan.FromSeconds(time));
            output.Publish(offer: output.IsPlayable);
            CheckVersions();
        }

        // The last part is listed before the end is.
        segmenter.Finish();
        output.Publish(offer: output.IsPlayable);
        CheckVersions();
        output.End();
        CheckVersions();
        Assert.All(seen.Values, pair => Assert.True(pair.Parsed.Ended));
    }

    private void Disturb(ref double time, ref double rate, ref long soundTime, ref bool sound, ref byte level)
    {
        switch (random.Next(300))
        {
            case 0: time += random.NextDouble() * 4; break;
            case 1: rate = random.Next(8, 61); break;
            case 2: segmenter.Break(); break;
            case 3: sound = !sound; break;
            case 4: soundTime += random.Next(-4096, 96_000); break;
            case 5: level = (byte)random.Next(30, 33); break;
            case 6:
                layers = random.Next(1, 4);
                keyFrameIn = new int[layers];
                break;
            case 7: time += 0.3 + random.NextDouble(); break;
        }
    }

    private void InsertMetadata(TimeSpan now)
    {
        var metadata = new TimedMetadata($"m-{inserted.Count}", Epoch + now, TimeSpan.FromSeconds(inserting.Next(1, 20)), $"\"{seed}\"\n#é {inserted.Count}");
        Assert.True(output.TryAdd(metadata));
        inserted.Add(metadata.Id, metadata);
    }

    private static VideoParameters Video(int layer, byte level) =>
        new(1280 >> layer, 720 >> layer, $"avc1.42E0{level:X2}", new byte[] { 0x67, 0x42, 0xE0, level, (byte)layer }, new byte[] { 0x68, 1 });

    // An encoder answers within a few pictures; a troubled one sometimes never.
    private void AskForKeyFrame()
    {
        var answer = steady ? 3 : random.Next(0, 30);
        for (var layer = 0; layer < layers; layer++) keyFrameIn[layer] = answer;
    }

    private void CheckVersions()
    {
        foreach (var name in (string[])["stream_0", "stream_1", "stream_2", "audio"])
        {
            if (output.Find(name)?.Feed.Current is not { } version) continue;
            var known = seen.TryGetValue(name, out var before);
            if (known && before.Version == version) continue;
            (checking, text) = (name, Encoding.ASCII.GetString(version.Full.Bytes));
            var parsed = ParsedPlaylist.Parse(text, steady);
            if (known) parsed.CheckFollows(before.Parsed);
            CheckDelta(version, parsed);
            ParsedDateRange.Check(text, Encoding.ASCII.GetString(version.Delta.Bytes), parsed, inserted.Values);
            foreach (var segment in parsed.Segments)
            {
                // The same number has the same breaks before it in all renditions (§6.2.4).
                if (breaks.TryGetValue(segment.Number, out var count)) Assert.Equal(count, segment.Discontinuities);
                breaks[segment.Number] = segment.Discontinuities;
                Assert.True(segment.IsGap || output.FindObject(name, segment.Uri) is not null, $"{segment.Uri} is listed and not there");
                Assert.All(segment.Parts, part => Assert.NotNull(output.FindObject(name, part.Uri)));
            }

            seen[name] = (version, parsed);
        }
    }

    private static void CheckDelta(PlaylistVersion version, ParsedPlaylist full)
    {
        var delta = Encoding.ASCII.GetString(version.Delta.Bytes);
        var match = Regex.Match(delta, "#EXT-X-SKIP:SKIPPED-SEGMENTS=(\\d+)\n");
        if (!match.Success) return;
        var skipped = int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
        var rest = delta[(match.Index + match.Length)..].Split('\n').Where(line => !line.StartsWith('#') && line.Length > 0);
        Assert.Equal(full.Segments.Skip(skipped).Select(segment => segment.Uri), rest);
        // What is skipped lies behind the skip boundary (§6.2.5.1).
        Assert.True(full.Segments.Skip(skipped).Sum(segment => segment.Duration) >= 12 - full.Segments[^1].Duration - 0.001 || full.OpenParts.Count > 0);
    }
}

internal sealed record ParsedPart(double Duration, string Uri, bool Independent);

internal sealed record ParsedSegment(long Number, string Uri, double Duration, DateTimeOffset Date, string Map, long Discontinuities, bool IsGap, List<ParsedPart> Parts);

/// <summary>A strict reader of media playlists: every MUST that a single playlist or two versions of it can show.</summary>
internal sealed class ParsedPlaylist
{
    public List<ParsedSegment> Segments { get; } = [];

    public List<ParsedPart> OpenParts { get; private set; } = [];

    public bool Ended { get; private set; }

    private bool IsEvent { get; set; }

    private string Header { get; set; } = "";

    public static ParsedPlaylist Parse(string text, bool strict)
    {
        var lines = text.Split('\n');
        Require(lines[0] == "#EXTM3U" && lines[^1].Length == 0, "begins with EXTM3U, ends with a line end");
        var playlist = new ParsedPlaylist();
        var target = Number(Single(text, "#EXT-X-TARGETDURATION:"));
        var partTarget = Number(Attribute(Single(text, "#EXT-X-PART-INF:"), "PART-TARGET"));
        var control = Single(text, "#EXT-X-SERVER-CONTROL:");
        Require(Number(Single(text, "#EXT-X-VERSION:")) >= 9, "delta updates need version 9");
        Require(control.Contains("CAN-BLOCK-RELOAD=YES", StringComparison.Ordinal), "blocking reload");
        Require(Number(Attribute(control, ",HOLD-BACK")) >= 3 * target, "HOLD-BACK");
        Require(Number(Attribute(control, "PART-HOLD-BACK")) >= 3 * partTarget - 1e-9, "PART-HOLD-BACK");
        Require(Number(Attribute(control, "CAN-SKIP-UNTIL")) >= 6 * target, "CAN-SKIP-UNTIL");
        playlist.IsEvent = text.Contains("#EXT-X-PLAYLIST-TYPE:EVENT\n", StringComparison.Ordinal);
        playlist.Header = $"{target} {partTarget} {control} {playlist.IsEvent}";
        playlist.ReadBody(lines, target, partTarget, strict);
        return playlist;
    }

    private void ReadBody(string[] lines, double target, double partTarget, bool strict)
    {
        long number = 0, discontinuities = 0;
        string map = "", hint = "";
        double? extinf = null;
        DateTimeOffset? date = null;
        var (gap, parts) = (false, new List<ParsedPart>());
        foreach (var line in lines.SkipLast(1))
        {
            Require(!Ended, "nothing follows EXT-X-ENDLIST");
            Require(hint.Length == 0 || line.StartsWith("#EXT-X-RENDITION-REPORT", StringComparison.Ordinal), "the hint is last");
            var value = line[(line.IndexOf(':') + 1)..];
            switch (line.Split(':')[0])
            {
                case "#EXT-X-MEDIA-SEQUENCE": number = (long)Number(value); break;
                case "#EXT-X-DISCONTINUITY-SEQUENCE": discontinuities = (long)Number(value); break;
                case "#EXT-X-DISCONTINUITY": discontinuities++; break;
                case "#EXT-X-MAP": map = Quoted(value, "URI"); break;
                case "#EXT-X-PROGRAM-DATE-TIME": date = DateTimeOffset.Parse(value, CultureInfo.InvariantCulture); break;
                case "#EXT-X-GAP": gap = true; break;
                case "#EXTINF": extinf = Number(value.TrimEnd(',')); break;
                case "#EXT-X-PRELOAD-HINT": hint = Quoted(value, "URI"); break;
                case "#EXT-X-ENDLIST": Ended = true; break;
                case "#EXT-X-RENDITION-REPORT": Require(Quoted(value, "URI").StartsWith("../", StringComparison.Ordinal), "a report names another rendition"); break;
                case "#EXT-X-PART":
                    Require(date is not null && map.Length > 0, "a part's date and header are known");
                    parts.Add(new ParsedPart(Number(Attribute(value, "DURATION")), Quoted(value, "URI"), value.Contains("INDEPENDENT=YES", StringComparison.Ordinal)));
                    break;
                case ['#', ..]: break;
                default:
                    Require(extinf is not null && date is not null && map.Length > 0, "a segment's length, date and header are known");
                    Require(Math.Round(extinf!.Value) <= target, $"EXTINF {extinf} rounds above the target duration");
                    Require(parts.Count == 0 || Math.Abs(parts.Sum(part => part.Duration) - extinf.Value) < 0.001, "parts add up to their segment");
                    CheckParts(parts, partTarget, ended: true, strict);
                    Segments.Add(new ParsedSegment(number++, line, extinf.Value, date!.Value, map, discontinuities, gap, parts));
                    (extinf, date, gap, parts) = (null, null, false, []);
                    break;
            }
        }

        CheckParts(parts, partTarget, ended: false, strict);
        OpenParts = parts;
        Require(hint.Length == 0 || (!Ended && Segments.SelectMany(segment => segment.Parts).Concat(parts).All(part => part.Uri != hint)), "the hint is of the future");
        foreach (var (first, second) in Segments.Zip(Segments.Skip(1)))
        {
            var step = (second.Date - first.Date).TotalSeconds;
            var holeAllowed = !strict || first.IsGap || second.IsGap || second.Discontinuities > first.Discontinuities;
            var overlap = first.IsGap || second.IsGap ? 0.25 : 0.003;
            Require(step > first.Duration - overlap && (holeAllowed || step < first.Duration + 0.003), $"dates follow from durations: {step} after {first.Duration}");
        }
    }

    private static void CheckParts(List<ParsedPart> parts, double partTarget, bool ended, bool strict)
    {
        if (!strict) return;
        for (var i = 0; i < parts.Count; i++)
        {
            Require(parts[i].Duration <= partTarget, "a part is no longer than the part target");
            Require((ended && i == parts.Count - 1) || parts[i].Duration >= 0.85 * partTarget, $"a part of {parts[i].Duration} s is at least 85 % of the part target");
        }
    }

    /// <summary>What may not change between two versions (§6.2.1, §6.2.2).</summary>
    public void CheckFollows(ParsedPlaylist before)
    {
        Require(!before.Ended, "an ended playlist does not change");
        Require(Header == before.Header, "the header stays");
        if (before.Segments.Count == 0) return;
        Require(Segments.Count > 0 && Segments[0].Number >= before.Segments[0].Number && Segments[^1].Number >= before.Segments[^1].Number, "numbers grow");
        Require(!IsEvent || Segments[0].Number == before.Segments[0].Number, "an EVENT playlist keeps everything");
        var now = Segments.ToDictionary(segment => segment.Number);
        foreach (var old in before.Segments.Where(segment => now.ContainsKey(segment.Number)))
        {
            var same = now[old.Number];
            Require(old with { Parts = same.Parts } == same, "a segment does not change");
            Require(same.Parts.Count == 0 || same.Parts.SequenceEqual(old.Parts), "a segment's parts do not change");
        }

        if (before.OpenParts.Count == 0) return;
        var grown = now.TryGetValue(before.Segments[^1].Number + 1, out var closed) ? closed.Parts : OpenParts;
        Require(Ended ? Segments.All(segment => segment.Parts.Count == 0) : grown.Take(before.OpenParts.Count).SequenceEqual(before.OpenParts), "parts are only added, and an ended playlist has none");
        Require(Segments[0].Number == before.Segments[0].Number || Segments.Sum(segment => segment.Duration) >= 6, "a live playlist holds three target durations");
    }

    private static void Require(bool condition, string rule)
    {
        if (!condition) throw new InvalidDataException(rule);
    }

    private static string Single(string text, string tag)
    {
        var lines = text.Split('\n').Where(line => line.StartsWith(tag, StringComparison.Ordinal)).ToList();
        Require(lines.Count == 1, $"{tag} once");
        return lines[0][tag.Length..];
    }

    private static string Attribute(string list, string name) => Regex.Match(list, $"{name}=([^,]+)").Groups[1].Value;

    private static string Quoted(string list, string name) => Regex.Match(list, $"{name}=\"([^\"]+)\"").Groups[1].Value;

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
