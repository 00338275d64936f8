using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Xunit.Abstractions;

namespace LiveStream.E2E.Tests.Harness;

/// <summary>The try page of a publisher.</summary>
public sealed class BroadcasterPage(Participant tab) : IAsyncDisposable
{
    public Participant Tab { get; } = tab;

    /// <summary>
    /// Opens the page with the picture clock as its source, or with the browser's fake camera. Browsers make three layers
    /// only of the large clock.
    /// </summary>
    public static async Task<BroadcasterPage> OpenAsync(SharedBrowser browser, Product product, ITestOutputHelper output, bool clock = true, bool layers = false)
    {
        var page = new BroadcasterPage(await browser.JoinAsync("broadcaster", output));
        await page.Tab.Page.GotoAsync(product.PageFor("broadcaster", (clock ? $"&clock={(layers ? "1" : Limits.Clock)}" : "") + (layers ? "&simulcast=1" : "")));
        if (!clock)
        {
            await page.Tab.WaitForAsync("offering a source", "() => livestream.state === 'Ready'");
            await page.Tab.Page.ClickAsync("#camera");
        }

        await page.Tab.WaitForAsync("a source being there", "() => !document.querySelector('#go-live').disabled");
        return page;
    }

    /// <summary>Presses the button, waits until the page says it is live, and returns how long after the press that was.</summary>
    public async Task<Stopwatch> GoLiveAsync()
    {
        var watch = Stopwatch.StartNew();
        await Tab.Page.ClickAsync("#go-live");
        await Tab.WaitForAsync("going live", "() => livestream.state === 'Live'");
        return watch;
    }

    public async Task StopAsync()
    {
        await Tab.Page.ClickAsync("#stop");
        await Tab.WaitForAsync("ending", "() => livestream.state === 'Ended'");
    }

    public ValueTask DisposeAsync() => Tab.DisposeAsync();
}

/// <summary>The try page of somebody who watches, by WHEP or by HLS.</summary>
public sealed class ViewerPage(Participant tab) : IAsyncDisposable
{
    public Participant Tab { get; } = tab;

    /// <summary>Opens the page that plays by WHEP.</summary>
    public static Task<ViewerPage> OpenWhepAsync(SharedBrowser browser, Product product, ITestOutputHelper output, string name = "whep viewer", params string[] scripts) =>
        OpenAsync(browser, product, output, name, "viewer-realtime", scripts);

    /// <summary>Opens the page that plays by HLS.</summary>
    public static Task<ViewerPage> OpenHlsAsync(SharedBrowser browser, Product product, ITestOutputHelper output) =>
        OpenAsync(browser, product, output, "hls viewer", "viewer-near-realtime");

    public Task WaitUntilPlayingAsync(TimeSpan? timeout = null) =>
        Tab.WaitForAsync("playing", "() => livestream.state === 'Playing' && document.querySelector('video').currentTime > 0", timeout: timeout);

    public Task WaitForStateAsync(string state, TimeSpan? timeout = null) =>
        Tab.WaitForAsync($"the state {state}", "s => livestream.state === s", state, timeout);

    /// <summary>Glass-to-glass latencies of the last frames, milliseconds.</summary>
    public Task<IReadOnlyList<double>> LatenciesAsync() => NumbersAsync("latencyMs");

    /// <summary>How much later than the picture the last beeps came, milliseconds.</summary>
    public Task<IReadOnlyList<double>> AudioOffsetsAsync() => NumbersAsync("avOffsetMs");

    /// <summary>Rebuffering events since the page was opened.</summary>
    public Task<int> StallsAsync() => Tab.Page.EvaluateAsync<int>("livestream.stalls");

    /// <summary>Puts a mark into the document that a reload would wipe out.</summary>
    public Task MarkAsync() => Tab.Page.EvaluateAsync("window.e2eMark = true");

    public Task<bool> IsMarkedAsync() => Tab.Page.EvaluateAsync<bool>("window.e2eMark === true");

    public ValueTask DisposeAsync() => Tab.DisposeAsync();

    private static async Task<ViewerPage> OpenAsync(
        SharedBrowser browser, Product product, ITestOutputHelper output, string name, string role, params string[] scripts)
    {
        var page = new ViewerPage(await browser.JoinAsync(name, output, scripts));
        await page.Tab.Page.GotoAsync(product.PageFor(role, "&clock=1"));
        return page;
    }

    private async Task<IReadOnlyList<double>> NumbersAsync(string property) =>
        [.. (await Tab.Page.EvaluateAsync<JsonElement>(string.Create(CultureInfo.InvariantCulture, $"livestream.{property}")))
            .EnumerateArray().Select(n => n.GetDouble())];
}
