using System.Text.Json;
using Microsoft.Playwright;
using Xunit.Abstractions;

namespace LiveStream.E2E.Tests.Harness;

/// <summary>How a tab joins.</summary>
public sealed record SdkSettings(bool AudioMuted = false, bool VideoMuted = false, string? Metadata = null);

/// <summary>A tab with one release of the web SDK, as <c>tests/interop/web-sdk/page.js</c> exposes it.</summary>
public sealed class SdkTab : IAsyncDisposable
{
    private readonly Uri _product;

    private SdkTab(Participant tab, string name, Uri product) => (Tab, Name, _product) = (tab, name, product);

    public Participant Tab { get; }

    /// <summary>Name of the person, and of nobody else in the room.</summary>
    public string Name { get; }

    /// <summary>Opens the page; nobody is told of it yet.</summary>
    public static async Task<SdkTab> OpenAsync(
        SharedBrowser browser, StaticPages pages, Uri product, string release, string name, ITestOutputHelper output)
    {
        var tab = new SdkTab(await browser.JoinAsync($"{name} {release}", output), name, product);
        await tab.Tab.Page.GotoAsync(pages.Page.ToString());
        await tab.Tab.Page.AddScriptTagAsync(new PageAddScriptTagOptions { Url = pages.ScriptOf(release) });
        return tab;
    }

    /// <summary>Joins, and waits until the SDK says so.</summary>
    public async Task JoinAsync(string token, SdkSettings? settings = null)
    {
        await DoAsync("([token, settings]) => app.join(token, settings)", new object[] { token, SettingsOf(settings) });
        await UntilAsync("being connected", "() => app.state().roomState === 'Connected'");
    }

    /// <summary>Opens the preview.</summary>
    public Task PreviewAsync(string token, SdkSettings? settings = null) =>
        DoAsync("([token, settings]) => app.preview(token, settings)", new object[] { token, SettingsOf(settings) });

    /// <summary>A call that must succeed.</summary>
    public Task DoAsync(string function, object? argument = null) => Tab.Page.EvaluateAsync(function, argument).WaitAsync(Limits.Patience);

    public Task<T> AskAsync<T>(string function, object? argument = null) => Tab.Page.EvaluateAsync<T>(function, argument).WaitAsync(Limits.Patience);

    /// <summary>A call that must be refused; the SDK's error.</summary>
    public async Task<SdkError> RefusedAsync(string function, object? argument = null)
    {
        const string Wrapped = """
            async ([text, argument]) => {
                try { await eval(text)(argument); return null; }
                catch (e) { return { code: e.code ?? 0, message: e.message ?? String(e), description: e.description ?? '', terminal: e.isTerminal ?? false }; }
            }
            """;
        var error = await AskAsync<JsonElement>(Wrapped, new[] { function, argument });
        Assert.True(error.ValueKind == JsonValueKind.Object, $"{Name}: {function} was not refused");
        return error.Deserialize<SdkError>(JsonSerializerOptions.Web)!;
    }

    /// <summary>A join that must be refused.</summary>
    public Task<SdkError> RefusedJoinAsync(string token) =>
        RefusedAsync("([token, settings]) => app.join(token, settings)", new object[] { token, SettingsOf(null) });

    public Task UntilAsync(string what, string function, object? argument = null, TimeSpan? timeout = null) =>
        Tab.WaitForAsync(what, function, argument, timeout);

    /// <summary>Waits until it knows somebody of that name and role.</summary>
    public Task UntilSeesAsync(string name, string role) => UntilAsync(
        $"seeing {name} as {role}", "([name, role]) => app.state().peers.some(p => p.name === name && p.role === role)", new[] { name, role });

    /// <summary>Waits until nobody of that name is there any more.</summary>
    public Task UntilMissesAsync(string name) => UntilAsync($"missing {name}", "name => !app.state().peers.some(p => p.name === name)", name);

    /// <summary>Waits until its own role is that.</summary>
    public Task UntilIsAsync(string role) => UntilAsync($"being {role}", "role => app.state().role === role", role);

    /// <summary>Waits for a notification of the SDK.</summary>
    public Task UntilToldAsync(string type) => UntilAsync($"the notification {type}", "type => app.count(type) > 0", type);

    /// <summary>Peer connections that the page has made so far.</summary>
    public Task<int> ConnectionsMadeAsync() => AskAsync<int>("() => rtcConnectionsMade()");

    /// <summary>Id of somebody in the room.</summary>
    public Task<string> PeerIdAsync(string name) => AskAsync<string>("name => app.peerId(name)", name);

    public ValueTask DisposeAsync() => Tab.DisposeAsync();

    // The SDK wants an https address and takes the origin of what it is given.
    private Dictionary<string, object?> SettingsOf(SdkSettings? settings) => new()
    {
        ["name"] = Name,
        ["init"] = $"{_product}#https://",
        ["audioMuted"] = settings?.AudioMuted ?? false,
        ["videoMuted"] = settings?.VideoMuted ?? false,
        ["metaData"] = settings?.Metadata,
    };
}

/// <summary>What the SDK says when something is refused.</summary>
public sealed record SdkError(int Code, string Message, string Description, bool Terminal);
