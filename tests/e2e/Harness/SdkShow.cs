using System.Text.Json.Nodes;
using Xunit.Abstractions;

namespace LiveStream.E2E.Tests.Harness;

/// <summary>
/// The demo room for tabs with the web SDK. Its stage sends small pictures, so that two cores can encode and decode several
/// at once, and it has one more role: <c>director</c>, who may everything and has no media.
/// </summary>
public sealed class SdkShow : IAsyncDisposable
{
    public const string Broadcaster = "broadcaster", Guest = "viewer-on-stage", RealTime = "viewer-realtime", Hls = "viewer-near-realtime";
    public const string Director = "director";

    private readonly SharedBrowser _browser;
    private readonly ITestOutputHelper _output;
    private readonly StaticPages _pages = new();
    private readonly List<SdkTab> _tabs = [];

    private SdkShow(SharedBrowser browser, Product product, ITestOutputHelper output) => (_browser, Product, _output) = (browser, product, output);

    public Product Product { get; }

    /// <summary>Where tabs find the product; a proxy in between can be put here.</summary>
    public Uri Address { get; set; } = null!;

    public static Task<SdkShow> StartAsync(SharedBrowser browser, ITestOutputHelper output, params (string Name, string Value)[] settings) =>
        StartAsync(browser, output, Form.AsTheRunSays, settings);

    /// <summary>The same with the product in that form.</summary>
    public static async Task<SdkShow> StartAsync(SharedBrowser browser, ITestOutputHelper output, Form form, params (string Name, string Value)[] settings)
    {
        var show = new SdkShow(browser, await Product.StartAsync(output, form, settings), output);
        show.Address = show.Product.Address;
        try
        {
            var room = await show.Product.GetRestAsync($"/v2/rooms/{show.Product.Workspace.RoomId}");
            var template = room.GetProperty("template_id").GetString()!;
            foreach (var role in new[] { Broadcaster, Guest }) await show.Product.PostRestAsync($"/v2/templates/{template}/roles/{role}", StageRole());
            await show.Product.PostRestAsync($"/v2/templates/{template}/roles/{Director}", DirectorRole());
        }
        catch
        {
            await show.DisposeAsync();
            throw;
        }

        return show;
    }

    /// <summary>Opens a tab.</summary>
    public async Task<SdkTab> OpenAsync(string name, string release)
    {
        var tab = await SdkTab.OpenAsync(_browser, _pages, Address, release, name, _output);
        _tabs.Add(tab);
        return tab;
    }

    /// <summary>Opens a tab and joins.</summary>
    public async Task<SdkTab> JoinAsync(string name, string role, string release, SdkSettings? settings = null)
    {
        var tab = await OpenAsync(name, release);
        await tab.JoinAsync(Product.Tokens.For(role), settings);
        return tab;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var tab in _tabs) await tab.DisposeAsync();
        _pages.Dispose();
        await Product.DisposeAsync();
    }

    private static JsonObject StageRole() => new()
    {
        ["publishParams"] = new JsonObject
        {
            ["allowed"] = new JsonArray("audio", "video"),
            ["audio"] = new JsonObject { ["bitRate"] = 32 },
            ["video"] = new JsonObject { ["bitRate"] = 150, ["frameRate"] = 10, ["width"] = 320, ["height"] = 240 },
        },
    };

    private static JsonObject DirectorRole()
    {
        var permissions = new JsonObject();
        foreach (var right in new[] { "endRoom", "removeOthers", "mute", "unmute", "changeRole", "hlsStreaming", "rtmpStreaming", "browserRecording" })
            permissions[right] = true;
        return new JsonObject
        {
            ["priority"] = 1,
            ["publishParams"] = new JsonObject { ["allowed"] = new JsonArray() },
            ["subscribeParams"] = new JsonObject { ["subscribeToRoles"] = new JsonArray() },
            ["permissions"] = permissions,
        };
    }
}
