using Microsoft.Playwright;
using Xunit.Abstractions;

namespace LiveStream.E2E.Tests.Harness;

/// <summary>One Chromium for all scenarios; every participant has a context, and so a renderer process, of its own.</summary>
public sealed class SharedBrowser : IAsyncLifetime
{
    /// <summary>Name of the xunit collection that all scenarios belong to: they run one after another.</summary>
    public const string Collection = "browser";

    private static readonly string[] Arguments =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync", $"--use-fake-device-for-media-stream=fps={Limits.CameraFramesPerSecond}", "--use-fake-ui-for-media-stream",
        "--autoplay-policy=no-user-gesture-required",
    ];

    // The shell is the same browser without a window, whose own page costs more CPU time in each context than the one that is tested.
    private static readonly string[] s_shells = ["/usr/bin/chromium-headless-shell"], s_browsers = ["/usr/bin/chromium", "/usr/bin/google-chrome"];

    private IPlaywright? _playwright;
    private IBrowser? _browser;
    private SharedBrowser? _withWindows;

    public Task InitializeAsync() => StartAsync([.. s_shells, .. s_browsers]);

    /// <summary>The browser that has windows, which it can share.</summary>
    public async Task<SharedBrowser> WithWindowsAsync()
    {
        if (_withWindows is null)
        {
            _withWindows = new SharedBrowser();
            await _withWindows.StartAsync(s_browsers);
        }

        return _withWindows;
    }

    private async Task StartAsync(string[] browsers)
    {
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Environment.GetEnvironmentVariable("E2E_CHROMIUM") ?? browsers.FirstOrDefault(File.Exists)
                ?? throw new FileNotFoundException($"no browser: install chromium, or say where one is by E2E_CHROMIUM (looked for {string.Join(", ", browsers)})"),
            Headless = true,
            Args = Arguments,
        });
    }

    public async Task DisposeAsync()
    {
        if (_withWindows is not null) await _withWindows.EndAsync();
        await EndAsync();
        await SharedProduct.EndAsync();
    }

    private async Task EndAsync()
    {
        if (_browser is not null) await _browser.CloseAsync();
        _playwright?.Dispose();
    }

    /// <summary>A new participant; <paramref name="scripts"/> of the Scripts folder run before the page's own.</summary>
    public Task<Participant> JoinAsync(string name, ITestOutputHelper output, params string[] scripts) =>
        JoinAsync(name, output, new BrowserNewContextOptions { ViewportSize = new ViewportSize { Width = 1280, Height = 900 } }, scripts);

    /// <summary>The same on a device of another size, colour scheme or kind.</summary>
    public async Task<Participant> JoinAsync(string name, ITestOutputHelper output, BrowserNewContextOptions device, params string[] scripts)
    {
        var context = await _browser!.NewContextAsync(device);
        foreach (var script in scripts.Prepend("rtc-probe.js"))
            await context.AddInitScriptAsync(scriptPath: Path.Combine(AppContext.BaseDirectory, "Scripts", script));
        return new Participant(name, context, await context.NewPageAsync(), output);
    }
}

[CollectionDefinition(SharedBrowser.Collection)]
public sealed class SharedBrowserDefinition : ICollectionFixture<SharedBrowser>;
