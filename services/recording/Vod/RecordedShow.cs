using LiveStream.Contracts.Recording;

namespace LiveStream.Recording.Vod;

/// <summary>A segment of a VOD playlist; without an init segment and bytes where there is a gap.</summary>
/// <param name="Number">As in the live stream, and in the object's name.</param>
/// <param name="Start">Since the epoch.</param>
/// <param name="Duration">Time that it covers.</param>
/// <param name="Init">Number of the init segment; -1 for a gap.</param>
/// <param name="Discontinuity">The timeline breaks here, in all renditions.</param>
/// <param name="Bytes">Of the object; 0 for a gap.</param>
/// <param name="Frames">Pictures or audio frames.</param>
internal sealed record VodSegment(long Number, TimeSpan Start, TimeSpan Duration, int Init, bool Discontinuity, long Bytes, int Frames)
{
    /// <summary>There is no object.</summary>
    public bool IsGap => Bytes == 0;
}

/// <summary>A rendition of the show: all of them have the same numbers of segments.</summary>
internal sealed record VodRendition(string Name, IReadOnlyList<JournalInit> Inits, IReadOnlyList<VodSegment> Segments)
{
    /// <summary>Sound.</summary>
    public bool IsAudio => Inits[0].Channels > 0;
}

/// <summary>
/// What a journal says about a show, put in order: renditions have the same segments, with gaps where one has nothing, and a
/// discontinuity where nobody has anything. Pure.
/// </summary>
/// <param name="Epoch">Capture time of time zero.</param>
/// <param name="TargetDuration">EXT-X-TARGETDURATION, in seconds: no segment rounds above it.</param>
/// <param name="Renditions">Best picture first, sound last; each has a segment with media.</param>
/// <param name="DateRanges">Timed metadata in order.</param>
/// <param name="Lost">Segments that could not be stored, of all renditions.</param>
internal sealed record RecordedShow(
    DateTimeOffset Epoch, int TargetDuration, IReadOnlyList<VodRendition> Renditions, IReadOnlyList<JournalDateRange> DateRanges, int Lost)
{
    /// <summary>Time that the playlists cover.</summary>
    public TimeSpan Duration => Renditions.Count == 0 ? TimeSpan.Zero : TimeSpan.FromTicks(Renditions[0].Segments.Sum(segment => segment.Duration.Ticks));

    /// <summary>Renditions with pictures.</summary>
    public IEnumerable<VodRendition> Videos => Renditions.Where(rendition => !rendition.IsAudio);

    /// <summary>Reads the pages; the order of pages does not matter, and lines that contradict earlier ones are passed over.</summary>
    public static RecordedShow Of(IReadOnlyList<RecordingJournalPage> pages)
    {
        if (pages.Count == 0) return new RecordedShow(default, 0, [], [], 0);
        var inits = pages.SelectMany(page => page.Inits).Where(init => init.Fate == SegmentFate.Stored)
            .GroupBy(init => init.Rendition, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => (IReadOnlyList<JournalInit>)[.. group.DistinctBy(init => init.Number).OrderBy(init => init.Number)], StringComparer.Ordinal);
        var lines = OneAfterTheOther(pages)
            .GroupBy(line => line.Rendition, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.DistinctBy(line => line.Number).ToDictionary(line => line.Number), StringComparer.Ordinal);
        var lost = lines.Values.Sum(rendition => rendition.Values.Count(line => line.Fate == SegmentFate.Lost));

        // A rendition without one segment that can be played is none.
        var names = lines.Where(rendition => rendition.Value.Values.Any(line => IsPlayable(line, inits))).Select(rendition => rendition.Key)
            .OrderBy(name => inits[name][0].Channels > 0).ThenBy(name => name, StringComparer.Ordinal).ToList();
        var epoch = pages.Min(page => page.Epoch);
        if (names.Count == 0) return new RecordedShow(epoch, pages[0].TargetDuration, [], [], lost);

        // From the first moment that can be seen to the last.
        var played = names.SelectMany(name => lines[name].Values).Where(line => IsPlayable(line, inits)).Select(line => line.Number).ToList();
        var (first, last) = (played.Min(), played.Max());
        var borders = new List<JournalSegment>();
        foreach (var number in names.SelectMany(name => lines[name].Keys).Distinct().Where(number => number >= first && number <= last).Order())
        {
            // The lead's line where it has one: its borders are those of all.
            var line = names.Select(name => lines[name].GetValueOrDefault(number)).First(found => found is not null)!;
            if (line.Duration > 0) borders.Add(line);
        }

        var renditions = names.ConvertAll(name => new VodRendition(name, inits[name], SegmentsOf(lines[name], borders, inits)));
        var longest = renditions.SelectMany(rendition => rendition.Segments).Max(segment => Math.Round(segment.Duration.TotalSeconds));
        var ranges = pages.SelectMany(page => page.DateRanges).DistinctBy(range => range.Line).OrderBy(range => range.Start).ToList();
        return new RecordedShow(epoch, (int)Math.Max(longest, pages.Max(page => page.TargetDuration)), renditions, ranges, lost);
    }

    // A packager that takes over has a time zero of its own. What the one before it may still have stored after that is not counted:
    // it was cut off, and viewers saw its successor.
    private static IEnumerable<JournalSegment> OneAfterTheOther(IReadOnlyList<RecordingJournalPage> pages)
    {
        var epochs = pages.Select(page => page.Epoch).Distinct().Order().ToList();
        foreach (var page in pages)
        {
            var later = (page.Epoch - epochs[0]).Ticks;
            var next = epochs.FindIndex(epoch => epoch == page.Epoch) + 1;
            var end = next < epochs.Count ? (epochs[next] - epochs[0]).Ticks : long.MaxValue;
            foreach (var line in page.Segments)
            {
                if (line.Start + later < end) yield return line with { Start = line.Start + later };
            }
        }
    }

    private static List<VodSegment> SegmentsOf(
        Dictionary<long, JournalSegment> lines, List<JournalSegment> borders, Dictionary<string, IReadOnlyList<JournalInit>> inits)
    {
        var segments = new List<VodSegment>(borders.Count);
        long? before = null;
        foreach (var border in borders)
        {
            var breaks = segments.Count > 0 && (border.Discontinuity || border.Number != before + 1);
            before = border.Number;
            segments.Add(lines.GetValueOrDefault(border.Number) is { } line && IsPlayable(line, inits)
                ? new VodSegment(line.Number, new TimeSpan(line.Start), new TimeSpan(line.Duration), line.Init, breaks, line.Bytes, line.Frames)
                : new VodSegment(border.Number, new TimeSpan(border.Start), new TimeSpan(border.Duration), -1, breaks, 0, 0));
        }

        return segments;
    }

    private static bool IsPlayable(JournalSegment line, Dictionary<string, IReadOnlyList<JournalInit>> inits) =>
        line is { Fate: SegmentFate.Stored, Bytes: > 0, Duration: > 0 }
        && inits.TryGetValue(line.Rendition, out var known) && known.Any(init => init.Number == line.Init);
}
