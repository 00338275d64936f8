using LiveStream.Benchmarks.Load;

namespace LiveStream.Benchmarks.Hls;

/// <summary>A part that reached the viewer whole.</summary>
/// <param name="Part">What the playlist says of it.</param>
/// <param name="Arrival">When its last byte came, time since 1970.</param>
/// <param name="Captured">Capture time that its media carries, where it begins with a marked picture.</param>
internal sealed record PartArrival(ViewedPart Part, TimeSpan Arrival, TimeSpan? Captured)
{
    /// <summary>From the capture of the part's first picture or sample.</summary>
    public TimeSpan Latency => Arrival - Part.Start;
}

/// <summary>
/// Plays one media playlist at the live edge as hls.js does: a blocking reload for each next part, and then the part.
/// </summary>
internal sealed class RenditionViewer(HttpClient http, Uri playlist)
{
    private readonly Lock _gate = new();
    private readonly List<PartArrival> _arrivals = [];
    private readonly Dictionary<long, TimeSpan> _segments = [];

    /// <summary>PART-TARGET.</summary>
    public TimeSpan PartTarget { get; private set; }

    /// <summary>Parts that arrived in a span of time.</summary>
    public IReadOnlyList<PartArrival> Between(TimeSpan from, TimeSpan to)
    {
        lock (_gate) return [.. _arrivals.Where(arrival => arrival.Arrival >= from && arrival.Arrival < to)];
    }

    /// <summary>Durations of the whole segments whose parts are among those.</summary>
    public IReadOnlyList<TimeSpan> Segments(IEnumerable<PartArrival> arrivals)
    {
        var numbers = arrivals.Select(arrival => arrival.Part.Segment).ToHashSet();
        lock (_gate) return [.. _segments.Where(segment => numbers.Contains(segment.Key)).Select(segment => segment.Value)];
    }

    /// <summary>Plays until the stream ends or the token says so.</summary>
    public async Task PlayAsync(CancellationToken cancellationToken)
    {
        var view = await LoadAsync("", cancellationToken);
        while (!view.Ended)
        {
            // With no part listed yet the next one is the open segment's first.
            var (segment, part) = view.Parts.Count > 0 ? (view.Parts[^1].Segment, view.Parts[^1].Number) : (view.Segments.Keys.Max() + 1, -1);
            view = await LoadAsync(FormattableString.Invariant($"?_HLS_msn={segment}&_HLS_part={part + 1}"), cancellationToken);
            foreach (var next in view.Parts)
            {
                if (next.Segment > segment || (next.Segment == segment && next.Number > part)) await FetchAsync(next, cancellationToken);
            }
        }
    }

    private async Task<ViewedPlaylist> LoadAsync(string directives, CancellationToken cancellationToken)
    {
        var view = ViewedPlaylist.Parse(await http.GetStringAsync(new Uri(playlist + directives), cancellationToken));
        lock (_gate)
        {
            PartTarget = view.PartTarget;
            foreach (var (number, duration) in view.Segments) _segments[number] = duration;
        }
        return view;
    }

    private async Task FetchAsync(ViewedPart part, CancellationToken cancellationToken)
    {
        var media = await http.GetByteArrayAsync(new Uri(playlist, part.Uri), cancellationToken);
        var arrival = LoadNative.Now;
        TimeSpan? captured = part.Number == 0 && CaptureMark.TryFind(media, out var mark) ? mark : null;
        lock (_gate) _arrivals.Add(new PartArrival(part, arrival, captured));
    }
}
