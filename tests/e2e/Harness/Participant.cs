using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Playwright;
using Xunit.Abstractions;

namespace LiveStream.E2E.Tests.Harness;

/// <summary>What <c>Scripts/rtc-probe.js</c> sums up over the page's open peer connections.</summary>
public sealed record RtcFigures(
    [property: JsonPropertyName("connections")] int Connections,
    [property: JsonPropertyName("framesDecoded")] long FramesDecoded,
    [property: JsonPropertyName("framesEncoded")] long FramesEncoded,
    [property: JsonPropertyName("freezes")] int Freezes,
    [property: JsonPropertyName("width")] int Width,
    [property: JsonPropertyName("height")] int Height,
    [property: JsonPropertyName("videoCodec")] string VideoCodec,
    [property: JsonPropertyName("audioSamples")] double AudioSamples,
    [property: JsonPropertyName("packetsLost")] long PacketsLost,
    [property: JsonPropertyName("packetsReceived")] long PacketsReceived,
    [property: JsonPropertyName("packetsSent")] long PacketsSent,
    [property: JsonPropertyName("videoBytesSent")] long VideoBytesSent,
    [property: JsonPropertyName("layers")] IReadOnlyList<SentLayer> Layers,
    [property: JsonPropertyName("protocols")] IReadOnlyList<string> Protocols,
    [property: JsonPropertyName("srtpCiphers")] IReadOnlyList<string> SrtpCiphers);

/// <summary>One layer that a page encodes.</summary>
public sealed record SentLayer(
    [property: JsonPropertyName("rid")] string Rid,
    [property: JsonPropertyName("width")] int Width,
    [property: JsonPropertyName("height")] int Height,
    [property: JsonPropertyName("frames")] long Frames);

/// <summary>One person's browser tab. Its console is printed when the scenario ends, for the reader of a failure.</summary>
public sealed class Participant : IAsyncDisposable
{
    private const int KeptConsoleLines = 100;
    private const string MediaState = """
        JSON.stringify([...document.querySelectorAll("video")].map(v => ({
            time: v.currentTime, duration: v.duration, ready: v.readyState, paused: v.paused, ended: v.ended, rate: v.playbackRate,
            buffered: [...Array(v.buffered.length).keys()].map(i => [v.buffered.start(i), v.buffered.end(i)]),
            player: window.hlsPlayer?.levels?.map(l => l.details && { live: l.details.live, edge: l.details.edge,
                last: l.details.fragments.slice(-2).map(f => [f.sn, f.start, f.duration]),
                parts: l.details.partList?.slice(-3).map(p => [p.fragment.sn, p.index, p.start, p.duration]) }),
            sound: window.hlsPlayer?.audioTracks?.map(t => t.details && { live: t.details.live, edge: t.details.edge,
                last: t.details.fragments.slice(-2).map(f => [f.sn, f.start, f.duration]),
                parts: t.details.partList?.slice(-3).map(p => [p.fragment.sn, p.index, p.start, p.duration]) }),
        })))
        """;
    private static readonly TimeSpan PollingInterval = TimeSpan.FromMilliseconds(100);
    private readonly IBrowserContext _context;
    private readonly ITestOutputHelper _output;
    private readonly ConcurrentQueue<string> _console = new();

    public Participant(string name, IBrowserContext context, IPage page, ITestOutputHelper output)
    {
        (Name, _context, Page, _output) = (name, context, page, output);
        page.SetDefaultTimeout((float)Limits.Patience.TotalMilliseconds);
        page.Console += (_, message) => Remember($"{message.Type}: {message.Text}");
        page.PageError += (_, error) => Remember($"error: {error}");
        page.RequestFailed += (_, request) => Remember($"failed: {request.Method} {request.Url} {request.Failure}");
    }

    public string Name { get; }

    public IPage Page { get; }

    /// <summary>Statistics of the tab's peer connections now.</summary>
    public async Task<RtcFigures> RtcAsync() =>
        (await Page.EvaluateAsync<JsonElement>("rtcProbe()")).Deserialize<RtcFigures>()!;

    /// <summary>
    /// Waits until a function in the page returns true, or a promise of it (which Playwright's own wait would take for true);
    /// the state is shown when it never does.
    /// </summary>
    public async Task WaitForAsync(string what, string function, object? argument = null, TimeSpan? timeout = null)
    {
        var limit = timeout ?? Limits.Patience;
        for (var watch = Stopwatch.StartNew(); !await Page.EvaluateAsync<bool>(function, argument); await Task.Delay(PollingInterval))
            if (watch.Elapsed > limit) Assert.Fail($"{Name}: {what} did not happen within {limit}; {await DescribeAsync()}");
    }

    /// <summary>Waits until so many more video frames are decoded by WebRTC.</summary>
    public async Task WaitForFramesAsync(int more, TimeSpan? timeout = null)
    {
        var from = (await RtcAsync()).FramesDecoded;
        await WaitForAsync($"decoding {more} more frames after {from}", "async n => (await rtcProbe()).framesDecoded >= n", from + more, timeout);
    }

    /// <summary>Waits until the page's first video has played for so long, and returns how long that took.</summary>
    public async Task<TimeSpan> WatchAsync(TimeSpan duration)
    {
        var watch = Stopwatch.StartNew();
        var from = await Page.EvaluateAsync<double>("document.querySelector('video').currentTime");
        await WaitForAsync($"playing for {duration}", "t => document.querySelector('video').currentTime >= t",
            from + duration.TotalSeconds, duration * 2 + Limits.Patience);
        return watch.Elapsed;
    }

    /// <summary>Ends the page's peer connections behind its back: the page is not told, and the server hears nothing of it any more.</summary>
    public async Task LoseConnectionsAsync()
    {
        // Clients look at a connection once more 5 s after each change of it, and would be told then.
        await WaitForAsync("connections that stay as they are", "() => rtcIsSettled(6000)");
        await Page.EvaluateAsync("rtcCloseAll()");
    }

    /// <summary>Ends the tab's process on the spot: no page of it gets to say goodbye.</summary>
    public async Task CrashAsync()
    {
        var crashed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Page.Crash += (_, _) => crashed.TrySetResult();
        var session = await _context.NewCDPSessionAsync(Page);
        // The command itself is never answered: its receiver is gone.
        _ = session.SendAsync("Page.crash").ContinueWith(static t => t.Exception, TaskScheduler.Default);
        await crashed.Task.WaitAsync(Limits.Patience);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var line in _console) _output.WriteLine($"[{Name}] {line}");
        await _context.CloseAsync();
    }

    private async Task<string> DescribeAsync()
    {
        try
        {
            var state = await Page.EvaluateAsync<string>("JSON.stringify(window.livestream ?? null)").WaitAsync(TimeSpan.FromSeconds(5));
            var text = await Page.EvaluateAsync<string>("document.body.innerText").WaitAsync(TimeSpan.FromSeconds(5));
            var media = await Page.EvaluateAsync<string>(MediaState).WaitAsync(TimeSpan.FromSeconds(5));
            return $"state {(state.Length > 2000 ? state[..2000] : state)}\nmedia {media}\nrtc {JsonSerializer.Serialize(await RtcAsync())}\npage: {text}";
        }
        catch (Exception error) when (error is PlaywrightException or TimeoutException or JsonException)
        {
            return $"the page does not answer: {error.Message}";
        }
    }

    private void Remember(string line)
    {
        _console.Enqueue(line);
        while (_console.Count > KeptConsoleLines) _console.TryDequeue(out _);
    }
}
