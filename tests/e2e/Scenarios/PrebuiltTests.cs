using System.Text.Json.Nodes;
using LiveStream.E2E.Tests.Harness;
using Microsoft.Playwright;
using Xunit.Abstractions;

namespace LiveStream.E2E.Tests.Scenarios;

/// <summary>The product's own web client, from the printed link on.</summary>
[Collection(SharedBrowser.Collection)]
public sealed class PrebuiltTests(SharedBrowser browser, ITestOutputHelper output)
{
    /// <summary>One show with everybody in it; only the client's buttons are pressed.</summary>
    [Theory]
    [InlineData(Form.AsTheRunSays)]
    [InlineData(Form.SixServices)]
    public async Task Show_GoesLive_ViewerComesOnStageAndLeavesIt(Form form)
    {
        await using var product = await Product.StartAsync(output, form);

        await using var host = await PrebuiltTab.OpenAsync(browser, product, "broadcaster", Device.Desktop, output);
        await host.JoinAsync("Ada", "Go Live");
        await host.UntilReadsAsync("LIVE");
        await host.UntilSeesCamerasAsync(1);

        await using var viewer = await PrebuiltTab.OpenAsync(browser, product, "viewer-near-realtime", Device.Desktop, output);
        await viewer.JoinAsync("Grace");
        await viewer.UntilPlaysHlsAsync();
        await viewer.Page.FillAsync("textarea", "Good evening from Lyon!");
        await viewer.Page.PressAsync("textarea", "Enter");
        await Pictures.TakeAsync(viewer.Page, "meeting-viewer-hls");

        await using var close = await PrebuiltTab.OpenAsync(browser, product, "viewer-realtime", Device.BrightDesktop, output);
        await close.JoinAsync("Alan");
        await close.UntilSeesCamerasAsync(1);

        await viewer.Page.ClickAsync("[data-testid=hand_raise_btn]");
        // The button is on a toast that goes after some seconds: no time to wait until it stands still.
        await host.Page.DispatchEventAsync("text=Bring to stage", "click");
        await viewer.UntilReadsAsync("You're invited to join the stage");
        await viewer.Page.ClickAsync("button:has-text('Accept'):not([disabled])");
        foreach (var tab in new[] { host, viewer, close }) await tab.UntilSeesCamerasAsync(2);
        await Pictures.TakeAsync(close.Page, "meeting-viewer-realtime");
        await host.Page.ClickAsync("[data-testid=chat_btn]");
        await host.UntilReadsAsync("Good evening from Lyon!");
        await Pictures.TakeAsync(host.Page, "meeting-broadcaster");

        await RemoveFromStageAsync(host, "Grace");
        await viewer.UntilPlaysHlsAsync();
        await host.UntilSeesCamerasAsync(1);
        await close.UntilSeesCamerasAsync(1);

        await EndStreamAsync(host);
        // The stopped stream has no URL any more, and the client waits for the next one.
        await viewer.UntilReadsAsync("Stream yet to start");
        foreach (var tab in new[] { host, viewer, close }) AssertStayedAtHome(tab);
    }

    /// <summary>One form: it is between the page and its browser.</summary>
    [Fact]
    public async Task Guest_WhoseParametersTheBrowserRefuses_IsSeen()
    {
        await using var product = await Product.StartAsync(output, Form.AsTheRunSays);
        await using var guest = await PrebuiltTab.OpenAsync(browser, product, "viewer-on-stage", Device.Desktop, output, "refused-parameters.js");
        await guest.JoinAsync("Grace");
        await using var viewer = await PrebuiltTab.OpenAsync(browser, product, "viewer-realtime", Device.Desktop, output);
        await viewer.JoinAsync("Alan");
        await viewer.UntilSeesCamerasAsync(1);
        Assert.Equal(3, await guest.Page.EvaluateAsync<int>("parametersRefused"));
    }

    [Theory]
    [InlineData(Form.AsTheRunSays)]
    [InlineData(Form.SixServices)]
    public async Task Phone_WatchesByHls(Form form)
    {
        await using var product = await Product.StartAsync(output, form);
        await using var host = await PrebuiltTab.OpenAsync(browser, product, "broadcaster", Device.Desktop, output);
        await host.JoinAsync("Ada", "Go Live");
        await host.UntilReadsAsync("LIVE");

        await using var phone = await PrebuiltTab.OpenAsync(browser, product, "viewer-near-realtime", Device.Phone, output);
        await phone.JoinAsync("Joan");
        await phone.UntilPlaysHlsAsync();
        await Pictures.TakeAsync(phone.Page, "meeting-phone");

        Assert.Equal(Device.Phone.Width, await phone.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        AssertStayedAtHome(phone);
    }

    [Theory]
    [InlineData(Form.AsTheRunSays)]
    [InlineData(Form.SixServices)]
    public async Task Embed_PlaysInAFrameOfAnotherSite_AndSaysWhenItIsOver(Form form)
    {
        await using var product = await Product.StartAsync(output, form);
        var player = new Uri(product.Address, $"/embed/{product.Workspace.RoomCodes["viewer-near-realtime"]}");
        using var news = new ForeignSite($"<h1>News</h1><iframe src='{player}' width='640' height='360' allow='autoplay; fullscreen'></iframe>");
        await using var site = await PrebuiltTab.OpenBlankAsync(browser, product, "reader", Device.Desktop, output);
        await site.Page.GotoAsync(news.Address.ToString());
        await UntilEmbedIsAsync(site, "waiting");

        await using var host = await PrebuiltTab.OpenAsync(browser, product, "broadcaster", Device.Desktop, output);
        await host.JoinAsync("Ada", "Go Live");
        await UntilEmbedIsAsync(site, "playing");
        await EndStreamAsync(host);
        await UntilEmbedIsAsync(site, "ended");

        Assert.Empty(site.Violations);
        Assert.All(site.ForeignRequests, address => Assert.StartsWith(news.Address.ToString(), address, StringComparison.Ordinal));
    }

    /// <summary>One form: it is between the page and its browser.</summary>
    [Fact]
    public async Task Embed_WhoseMediaIsSpoiled_StartsAfresh()
    {
        await using var product = await Product.StartAsync(output, Form.AsTheRunSays);
        await using var host = await PrebuiltTab.OpenAsync(browser, product, "broadcaster", Device.Desktop, output);
        await host.JoinAsync("Ada", "Go Live");
        await host.UntilReadsAsync("LIVE");
        await using var embed = await PrebuiltTab.OpenBlankAsync(browser, product, "reader", Device.Desktop, output, "spoiled-media.js");
        await embed.Page.GotoAsync(new Uri(product.Address, $"/embed/{product.Workspace.RoomCodes["viewer-near-realtime"]}").ToString());
        await embed.UntilPlaysHlsAsync();

        await embed.Page.EvaluateAsync("""
            () => {
              window.shown = [];
              const { documentElement } = document;
              new MutationObserver(() => window.shown.push(documentElement.dataset.state)).observe(documentElement, { attributeFilter: ['data-state'] });
            }
            """);
        var afresh = embed.Page.WaitForConsoleMessageAsync(new() { Predicate = message => message.Text.StartsWith("The player starts afresh", StringComparison.Ordinal) });
        await embed.UntilAsync("media spoiled", "() => spoilMedia()");
        await afresh;
        await embed.UntilAsync("playing again", "() => shown.includes('loading') && shown.at(-1) === 'playing'");
        var at = await embed.Page.EvaluateAsync<double>("document.querySelector('video').currentTime");
        await embed.UntilAsync("playing on", "at => document.querySelector('video').currentTime > at + 2", at);
    }

    [Theory]
    [InlineData(Form.AsTheRunSays)]
    [InlineData(Form.SixServices)]
    public async Task Code_ThatOpensNothing_IsExplained(Form form)
    {
        await using var product = await Product.StartAsync(output, form);
        await using var lost = await PrebuiltTab.OpenBlankAsync(browser, product, "lost", Device.Phone, output);
        await lost.Page.GotoAsync(new Uri(product.Address, "/meeting/not-a-code").ToString());
        await lost.UntilReadsAsync("No room here");

        await product.PostRestAsync($"/v2/rooms/{product.Workspace.RoomId}", new JsonObject { ["enabled"] = false });
        await lost.Page.GotoAsync(product.MeetingFor("broadcaster").ToString());
        await lost.UntilReadsAsync("This room is closed");
        AssertStayedAtHome(lost);
    }

    private static async Task UntilEmbedIsAsync(PrebuiltTab site, string state)
    {
        var frame = site.Page.FrameLocator("iframe");
        try
        {
            await frame.Locator($"html[data-state={state}]").WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Attached });
        }
        catch (TimeoutException error)
        {
            throw new TimeoutException($"{error.Message}\nThe player: {await frame.Locator("html").EvaluateAsync<string>(DescribePlayer)}", error);
        }
    }

    private const string DescribePlayer = """
        page => {
          const video = page.querySelector('video');
          const { currentTime, duration, paused, ended, seeking, muted, readyState, networkState } = video;
          const buffered = Array.from({ length: video.buffered.length }, (_, i) => [video.buffered.start(i), video.buffered.end(i)]);
          return JSON.stringify({
            state: page.dataset.state, currentTime, duration: String(duration), paused, ended, seeking, muted, readyState, networkState, buffered,
            error: video.error?.message, requests: performance.getEntriesByType('resource').slice(-6).map(entry => entry.name.slice(-60)),
          });
        }
        """;

    private static async Task RemoveFromStageAsync(PrebuiltTab host, string name)
    {
        await host.Page.ClickAsync("[data-testid=participant_list]");
        await host.Page.ClickAsync("text=/^viewer-on-stage \\(1\\)/i");
        var row = host.Page.Locator($"[data-testid=participant_{name}]");
        await row.HoverAsync();
        await row.Locator("[data-testid=participant_more_actions]").ClickAsync();
        await host.Page.ClickAsync("text=Remove from stage");
    }

    private static async Task EndStreamAsync(PrebuiltTab host)
    {
        await host.Page.ClickAsync("[data-testid=leave_end_dropdown_trigger]");
        await host.Page.ClickAsync("[data-testid=end_room_btn]");
        await host.Page.ClickAsync("[data-testid=stop_stream_btn]");
    }

    private static void AssertStayedAtHome(PrebuiltTab tab)
    {
        Assert.Empty(tab.ForeignRequests);
        Assert.Empty(tab.Violations);
    }
}
