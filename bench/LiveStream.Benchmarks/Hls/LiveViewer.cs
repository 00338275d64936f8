using System.Net;

namespace LiveStream.Benchmarks.Hls;

/// <summary>What a viewer saw of one rendition in a span of time.</summary>
internal sealed record RenditionFigures(
    int Parts, double P50Milliseconds, double P99Milliseconds, int Late, double LongestPartMilliseconds, double PartTargetMilliseconds,
    IReadOnlyList<TimeSpan> Segments, double ClockErrorMilliseconds)
{
    private static readonly TimeSpan LateBy = TimeSpan.FromSeconds(1);

    public static RenditionFigures Of(RenditionViewer viewer, (TimeSpan Begin, TimeSpan End) span)
    {
        var arrivals = viewer.Between(span.Begin, span.End);
        if (arrivals.Count == 0) throw new InvalidOperationException("No part reached the viewer in the measured time.");
        var latencies = arrivals.Select(arrival => arrival.Latency).Order().ToList();
        var usual = Percentile(latencies, 0.5);
        var errors = arrivals.Where(arrival => arrival.Captured is not null).Select(arrival => arrival.Part.Start - arrival.Captured!.Value).ToList();
        return new RenditionFigures(
            arrivals.Count,
            usual.TotalMilliseconds,
            Percentile(latencies, 0.99).TotalMilliseconds,
            latencies.Count(latency => latency > usual + LateBy),
            arrivals.Max(arrival => arrival.Part.Duration).TotalMilliseconds,
            viewer.PartTarget.TotalMilliseconds,
            viewer.Segments(arrivals),
            errors.Count == 0 ? double.NaN : errors.MaxBy(error => error.Duration()).TotalMilliseconds);
    }

    private static TimeSpan Percentile(List<TimeSpan> sorted, double share) => sorted[(int)Math.Ceiling(sorted.Count * share) - 1];
}

/// <summary>One person who watches the stream at the live edge: picture and sound, with connections of its own.</summary>
internal sealed class LiveViewer : IAsyncDisposable
{
    // Browsers accept gzip.
    private readonly HttpClient _http = new(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.GZip });
    private readonly CancellationTokenSource _stopping;
    private readonly Task _playing;

    private LiveViewer(Uri video, Uri audio, CancellationToken cancellationToken)
    {
        _stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        (Video, Audio) = (new RenditionViewer(_http, video), new RenditionViewer(_http, audio));
        _playing = Task.WhenAll(Video.PlayAsync(_stopping.Token), Audio.PlayAsync(_stopping.Token));
    }

    public RenditionViewer Video { get; }

    public RenditionViewer Audio { get; }

    /// <summary>Starts to play what a multivariant playlist lists first.</summary>
    public static LiveViewer Play(Uri address, string multivariant, CancellationToken cancellationToken)
    {
        var lines = multivariant.Split('\n');
        var variant = Array.FindIndex(lines, line => line.StartsWith("#EXT-X-STREAM-INF:", StringComparison.Ordinal));
        var sound = Array.Find(lines, line => line.StartsWith("#EXT-X-MEDIA:", StringComparison.Ordinal));
        if (variant < 0 || sound is null) throw new InvalidOperationException($"The stream lacks picture or sound:\n{multivariant}");
        return new LiveViewer(new Uri(address, lines[variant + 1]), new Uri(address, ViewedPlaylist.Attribute(sound, "URI")), cancellationToken);
    }

    /// <summary>Throws where playing has failed.</summary>
    public async Task CheckAsync()
    {
        if (_playing.IsCompleted)
        {
            await _playing;
            throw new InvalidOperationException("The stream ended while it was watched.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _playing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _http.Dispose();
        _stopping.Dispose();
    }
}
