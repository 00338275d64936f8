using System.Collections.Concurrent;
using System.Net;

namespace LiveStream.E2E.Tests.Harness;

/// <summary>
/// Collects every segment of every rendition of a live stream while it runs, as a cache in front of the origin would, so that
/// a whole run can be examined although the live window is short.
/// </summary>
public sealed class HlsRecorder : IAsyncDisposable
{
    private readonly HttpClient _http;
    private readonly Uri _master;
    private readonly string _folder = Directory.CreateTempSubdirectory("livestream-hls-").FullName;
    private readonly ConcurrentDictionary<string, List<HlsSegment>> _segments = [];
    private readonly Dictionary<Uri, byte[]> _bytes = [];
    private readonly ConcurrentDictionary<string, HlsPlaylist> _last = [];
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    public HlsRecorder(HttpClient http, Uri master) => (_http, _master) = (http, master);

    public HlsMultivariant? Multivariant { get; private set; }

    /// <summary>Names of the renditions met so far.</summary>
    public IReadOnlyCollection<string> Renditions => [.. _last.Keys];

    /// <summary>The first variant's name.</summary>
    public string Video => Multivariant!.Variants[0].Name;

    /// <summary>The audio rendition's name.</summary>
    public string Audio => Assert.Single(Multivariant!.Audio).Name;

    public IReadOnlyList<HlsSegment> Segments(string rendition) => _segments[rendition];

    public HlsPlaylist LastPlaylist(string rendition) => _last[rendition];

    public void Start() => _running = RunAsync(_stop.Token);

    /// <summary>Waits until every rendition known by then has so many segments.</summary>
    public async Task WaitForSegmentsAsync(int count, TimeSpan timeout)
    {
        using var deadline = new CancellationTokenSource(timeout);
        while (_last.IsEmpty || _segments.Values.Any(s => s.Count < count))
        {
            if (_running.IsCompleted) await _running;
            try { await Task.Delay(100, deadline.Token); }
            catch (OperationCanceledException)
            {
                Assert.Fail($"{count} segments were not there after {timeout}: {string.Join(", ", _segments.Select(s => $"{s.Key} {s.Value.Count}"))}");
            }
        }
    }

    /// <summary>Waits until every rendition's playlist has ended, having fetched all that they list.</summary>
    public Task WaitForEndAsync(TimeSpan timeout) => _running.WaitAsync(timeout);

    /// <summary>
    /// Writes a rendition's initialisation section and segments, in order, as one file a player could have received.
    /// A new section in the middle begins a new file.
    /// </summary>
    public IReadOnlyList<string> Write(string rendition)
    {
        var files = new List<string>();
        FileStream? file = null;
        Uri? map = null;
        foreach (var segment in _segments[rendition])
        {
            if (file is null || segment.Map != map)
            {
                file?.Dispose();
                file = File.Create(Path.Combine(_folder, $"{rendition}-{files.Count}.mp4"));
                files.Add(file.Name);
                map = segment.Map;
                file.Write(_bytes[map]);
            }

            file.Write(_bytes[segment.Address]);
        }

        file?.Dispose();
        return files;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        try { await _running; }
        catch (Exception error) when (error is OperationCanceledException or HttpRequestException or InvalidDataException) { /* the scenario is over */ }
        _stop.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await TextAsync(_master, cancellationToken) is { } text) Multivariant = HlsMultivariant.Parse(text, _master);
            var renditions = Multivariant is { } m ? m.Variants.Concat(m.Audio).ToArray() : [];
            foreach (var rendition in renditions) await FollowAsync(rendition, cancellationToken);
            if (renditions.Length > 0 && renditions.All(r => _last.TryGetValue(r.Name, out var p) && p.Ended)) return;
            await Task.Delay(500, cancellationToken);
        }
    }

    private async Task FollowAsync(HlsRendition rendition, CancellationToken cancellationToken)
    {
        if (await TextAsync(rendition.Address, cancellationToken) is not { } text) return;
        var playlist = HlsPlaylist.Parse(text, rendition.Address);
        _last[rendition.Name] = playlist;
        if (!_segments.TryGetValue(rendition.Name, out var known)) _segments[rendition.Name] = known = [];
        foreach (var segment in playlist.Segments)
        {
            if (segment.IsGap || _bytes.ContainsKey(segment.Address)) continue;
            if (!_bytes.ContainsKey(segment.Map)) _bytes[segment.Map] = await _http.GetByteArrayAsync(segment.Map, cancellationToken);
            _bytes[segment.Address] = await _http.GetByteArrayAsync(segment.Address, cancellationToken);
            known.Add(segment);
        }
    }

    private async Task<string?> TextAsync(Uri address, CancellationToken cancellationToken)
    {
        using var reply = await _http.GetAsync(address, cancellationToken);
        if (reply.StatusCode == HttpStatusCode.NotFound) return null; // not live yet
        reply.EnsureSuccessStatusCode();
        return await reply.Content.ReadAsStringAsync(cancellationToken);
    }
}
