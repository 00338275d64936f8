using System.Collections.Concurrent;
using Microsoft.Playwright;
using Xunit.Abstractions;

namespace LiveStream.E2E.Tests.Harness;

/// <summary>What a person sits at.</summary>
public sealed record Device(int Width, int Height, ColorScheme ColorScheme, bool IsPhone = false)
{
    public static Device Desktop { get; } = new(1280, 800, ColorScheme.Dark);

    public static Device BrightDesktop { get; } = Desktop with { ColorScheme = ColorScheme.Light };

    public static Device Phone { get; } = new(390, 844, ColorScheme.Dark, IsPhone: true);
}

/// <summary>
/// A tab with the product's own web client, used as a person uses it: by what is on the screen. What it asked of other hosts,
/// and what its security policy stopped, is kept.
/// </summary>
public sealed class PrebuiltTab : IAsyncDisposable
{
    private const string RealTimePictures = "document.querySelectorAll('video').values().filter(v => v.srcObject?.active && v.videoWidth > 0 && v.currentTime > 0.5).toArray().length";
    private const string HlsPictures = "document.querySelectorAll('video').values().filter(v => !v.srcObject && v.videoWidth > 0 && !v.paused && v.currentTime > 0.5).toArray().length";

    // The client is two megabytes of script, and several of them start on one busy machine.
    private static readonly TimeSpan s_patience = Limits.Patience * 4;

    private readonly ConcurrentQueue<string> _foreign = new();
    private readonly ConcurrentQueue<string> _violations = new();

    private PrebuiltTab(Participant tab, Uri product)
    {
        Tab = tab;
        tab.Page.SetDefaultTimeout((float)s_patience.TotalMilliseconds);
        tab.Page.Request += (_, request) => Note(request.Url, product);
        tab.Page.WebSocket += (_, socket) => Note(socket.Url, product);
        tab.Page.Console += (_, message) =>
        {
            if (message.Text.Contains("Content Security Policy", StringComparison.Ordinal)) _violations.Enqueue(message.Text);
        };
    }

    public Participant Tab { get; }

    public IPage Page => Tab.Page;

    /// <summary>Addresses at other hosts that the page asked for.</summary>
    public IReadOnlyCollection<string> ForeignRequests => _foreign;

    /// <summary>What the browser reported about the page's security policy.</summary>
    public IReadOnlyCollection<string> Violations => _violations;

    /// <summary>Opens the printed link of a role; <paramref name="scripts"/> of the Scripts folder run before the page's own.</summary>
    public static async Task<PrebuiltTab> OpenAsync(SharedBrowser browser, Product product, string role, Device device, ITestOutputHelper output, params string[] scripts)
    {
        var tab = await OpenBlankAsync(browser, product, role, device, output, scripts);
        await tab.Page.GotoAsync(product.MeetingFor(role).ToString());
        return tab;
    }

    /// <summary>A tab that is watched, with no page yet.</summary>
    public static async Task<PrebuiltTab> OpenBlankAsync(SharedBrowser browser, Product product, string name, Device device, ITestOutputHelper output, params string[] scripts)
    {
        var options = new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = device.Width, Height = device.Height },
            ColorScheme = device.ColorScheme,
            IsMobile = device.IsPhone,
            HasTouch = device.IsPhone,
        };
        return new PrebuiltTab(await browser.JoinAsync(name, output, options, [.. Pictures.Scripts, .. scripts]), product.Address);
    }

    /// <summary>Fills the preview's form and presses its button.</summary>
    public async Task JoinAsync(string name, string button = "Join Now")
    {
        await Page.FillAsync("#name", name);
        await Page.ClickAsync($"button:has-text('{button}')");
    }

    /// <summary>Waits until so many people's cameras move on the screen, the own one included.</summary>
    public Task UntilSeesCamerasAsync(int count) => UntilAsync($"seeing {count} cameras", $"n => {RealTimePictures} === n", count);

    /// <summary>Waits until the HLS player's picture moves.</summary>
    public Task UntilPlaysHlsAsync() => UntilAsync("playing HLS", $"() => {HlsPictures} === 1");

    public Task UntilReadsAsync(string text) => Page.GetByText(text).First.WaitForAsync();

    public Task UntilAsync(string what, string function, object? argument = null) => Tab.WaitForAsync(what, function, argument, s_patience);

    public ValueTask DisposeAsync() => Tab.DisposeAsync();

    private void Note(string address, Uri product)
    {
        var url = new Uri(address);
        if (url.Scheme is "http" or "https" or "ws" or "wss" && url.Authority != product.Authority) _foreign.Enqueue(address);
    }
}
