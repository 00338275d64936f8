using System.Text.RegularExpressions;
using LiveStream.E2E.Tests.Harness;
using Microsoft.Playwright;
using Xunit.Abstractions;

namespace LiveStream.E2E.Tests.Scenarios;

/// <summary>
/// What pages say and do where a part of them is missing, a browser refuses or the server does. One form: it is between the page and its
/// browser.
/// </summary>
[Collection(SharedBrowser.Collection)]
public sealed partial class TroubledPageTests(SharedBrowser browser, ITestOutputHelper output)
{
    private const string ViewerByHls = "viewer-near-realtime";

    [Fact]
    public async Task Autoplay_RefusedEvenWithoutSound_WaitsForAClick()
    {
        await using var product = await Product.StartAsync(output, Form.AsTheRunSays);
        await using var broadcaster = await BroadcasterPage.OpenAsync(browser, product, output);
        await broadcaster.GoLiveAsync();

        await using var embed = await browser.JoinAsync("embed", output, "blocked-autoplay.js");
        await embed.Page.GotoAsync(EmbedOf(product));
        await embed.WaitForAsync("asking for a click", "() => document.documentElement.dataset.state === 'blocked' && playsRefused > 1", timeout: Limits.GoLiveToPlaying);
        await PressPlayAsync(embed);
        await embed.WaitForAsync("playing with sound", "() => document.documentElement.dataset.state === 'playing' && !document.querySelector('video').muted");

        foreach (var role in new[] { ViewerByHls, "viewer-realtime" })
        {
            await using var page = await browser.JoinAsync(role, output, "blocked-autoplay.js");
            await page.Page.GotoAsync(product.PageFor(role));
            await page.WaitForAsync("asking for a click", "() => livestream.state === 'Waiting for a click'", timeout: Limits.GoLiveToPlaying);
            // What comes meanwhile does not take the button away.
            await Task.Delay(TimeSpan.FromSeconds(4));
            await PressPlayAsync(page);
            await page.WaitForAsync("playing", "() => livestream.state === 'Playing' && document.querySelector('video').currentTime > 0 && document.querySelector('#overlay').hidden");
        }
    }

    [Fact]
    public async Task Try_WithoutTheBuiltPlayer_SaysSo_AndPlaysByWhep()
    {
        await using var product = await Product.StartAsync(output, Form.AsTheRunSays);
        await using var hls = await OpenWithoutAsync("**/try/lib/*", product.PageFor(ViewerByHls));
        await hls.WaitForAsync("telling", "() => livestream.error?.startsWith('The HLS player was not built')");
        await using var whep = await OpenWithoutAsync("**/try/lib/*", product.PageFor("viewer-realtime"));
        await whep.WaitForAsync("waiting", "() => livestream.state === 'Waiting for the stage'");
        await using var publisher = await OpenWithoutAsync("**/try/lib/*", product.PageFor("broadcaster"));
        await publisher.WaitForAsync("offering a source", "() => livestream.state === 'Ready'");
    }

    [Fact]
    public async Task Try_Form_LeadsToTheRoom()
    {
        await using var product = await Product.StartAsync(output, Form.AsTheRunSays);
        await using var tab = await browser.JoinAsync("tab", output);
        await tab.Page.GotoAsync(new Uri(product.Address, "/try/?code=not-a-code&clock=small").ToString());
        await tab.WaitForAsync("telling", "() => livestream.state === 'Cannot join'");
        await tab.Page.FillAsync("#code", $" {product.Workspace.RoomCodes["broadcaster"]} ");
        await tab.Page.PressAsync("#code", "Enter");
        await tab.WaitForAsync("being in the room", "() => window.livestream?.role === 'broadcaster' && livestream.state === 'Ready'");
        Assert.EndsWith($"?code={product.Workspace.RoomCodes["broadcaster"]}&clock=small", tab.Page.Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Try_WithoutDevices_SaysWhere()
    {
        await using var product = await Product.StartAsync(output, Form.AsTheRunSays);
        await using var tab = await browser.JoinAsync("tab", output);
        // As on plain HTTP under another name than localhost.
        await tab.Page.AddInitScriptAsync("Object.defineProperty(navigator, 'mediaDevices', { value: undefined })");
        await tab.Page.GotoAsync(product.PageFor("broadcaster"));
        foreach (var source in new[] { "#camera", "#screen" })
        {
            await tab.Page.ClickAsync(source);
            await tab.WaitForAsync("telling", "() => livestream.error === 'Browsers give camera and screen on https and localhost only'");
        }
    }

    [Theory]
    [InlineData("broadcaster", "Live")]
    [InlineData("viewer-realtime", "Waiting for the stage")]
    public async Task Try_ConnectionLost_ExchangesTheCodeAnew_AndStopsWhereTheServerSaysNo(string role, string state)
    {
        await using var product = await Product.StartAsync(output, Form.AsTheRunSays);
        await using var tab = await browser.JoinAsync(role, output, "failed-connection.js");
        await tab.Page.GotoAsync(product.PageFor(role, "&clock=small&live=1"));
        await tab.WaitForAsync("being there", "s => livestream.state === s", state, Limits.GoLiveToPlaying);

        var refusal = 401;
        var (refused, exchanged) = (0, 0);
        tab.Page.Request += (_, request) => exchanged += request.Url.EndsWith("/v2/token", StringComparison.Ordinal) ? 1 : 0;
        await tab.Page.RouteAsync(SessionAddress(), async route =>
        {
            if (route.Request.Method != "POST" || (refusal == 401 && refused == 1))
            {
                await route.ContinueAsync();
                return;
            }

            refused++;
            await route.FulfillAsync(new() { Status = refusal, ContentType = "application/json", Body = """{"message":"said the test"}""" });
        });
        await tab.Page.EvaluateAsync("failConnection()");
        await tab.WaitForAsync("being back", "s => livestream.state === s && livestream.error === null && rtcProbe().then(it => it.connections === 1)", state);
        Assert.Equal((1, 1), (refused, exchanged));

        refusal = 503;
        await tab.Page.EvaluateAsync("failConnection()");
        await tab.WaitForAsync("telling while it tries", "() => livestream.state === 'Reconnecting…' && livestream.error === 'said the test'");
        refusal = 403;
        await tab.WaitForAsync("stopping", "() => ['Not live', 'Cannot join'].includes(livestream.state) && livestream.error === 'said the test'", timeout: Limits.Patience * 2);
        var (until, whenStopped) = (TimeSpan.FromSeconds(2), refused);
        await Task.Delay(until);
        Assert.Equal(whenStopped, refused);
    }

    [Fact]
    public async Task Embed_WhoseStreamCannotBeReached_SaysSo_AndGoesOnTrying()
    {
        await using var product = await Product.StartAsync(output, Form.AsTheRunSays);
        await using var tab = await browser.JoinAsync("embed", output);
        await tab.Page.RouteAsync("**/hls/**", route => route.AbortAsync());
        await tab.Page.GotoAsync(EmbedOf(product));
        await tab.Page.GetByText($"The stream's address cannot be reached: {product.Address.Authority}").WaitForAsync();
        await tab.Page.UnrouteAllAsync();
        await tab.Page.GetByText("Not live yet").WaitForAsync();
    }

    [Fact]
    public async Task Meeting_WhoseRoomDoesNotArrive_OffersToLoadAgain()
    {
        await using var product = await Product.StartAsync(output, Form.AsTheRunSays);
        await using var tab = await browser.JoinAsync("tab", output);
        await tab.Page.RouteAsync("**/assets/Prebuilt-*.js", route => route.AbortAsync());
        await tab.Page.GotoAsync(product.MeetingFor("broadcaster").ToString());
        var again = tab.Page.GetByRole(AriaRole.Button, new() { Name = "Load again" });
        await again.WaitForAsync();
        await tab.Page.UnrouteAllAsync();
        await again.ClickAsync();
        await tab.Page.WaitForSelectorAsync("#name", new() { Timeout = (float)Limits.Patience.TotalMilliseconds * 4 });
    }

    [Fact]
    public async Task Start_LinksToTheTryPage_WhereItIsServed()
    {
        await using var product = await Product.StartAsync(output, Form.AsTheRunSays);
        await using var tab = await browser.JoinAsync("tab", output);
        await tab.Page.GotoAsync(product.Address.ToString());
        await tab.Page.WaitForSelectorAsync("a[href='/try/']");
        await using var without = await OpenWithoutAsync("**/try/", product.Address.ToString());
        await without.WaitForAsync("asking", "() => performance.getEntriesByName(new URL('/try/', location.href).href).length === 1");
        Assert.False(await without.Page.IsVisibleAsync("a[href='/try/']"));
    }

    /// <summary>WCAG 2.2 AA, 1.4.3: text stands out from its ground by 4.5 to 1.</summary>
    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Docs_StandOutFromTheirGround(ColorScheme scheme)
    {
        await using var product = await Product.StartAsync(output, Form.AsTheRunSays);
        await using var tab = await browser.JoinAsync("reader", output, new BrowserNewContextOptions { ColorScheme = scheme });
        await tab.Page.GotoAsync(new Uri(product.Address, "/v2/docs").ToString());
        await tab.Page.WaitForSelectorAsync("summary .post");
        Assert.Empty(await tab.Page.EvaluateAsync<string[]>(FaintTexts));
        await tab.Page.ClickAsync("summary:has(.post)");
        await tab.Page.FocusAsync("details[open] pre");
        Assert.Equal("PRE", await tab.Page.EvaluateAsync<string>("document.activeElement.tagName"));
    }

    private const string FaintTexts = """
        () => {
          // A colour's name becomes numbers by being painted; a ground that lets through has the page's own below it.
          const paint = document.createElement('canvas').getContext('2d');
          const luminance = (...colours) => {
            for (const colour of colours) {
              paint.fillStyle = colour;
              paint.fillRect(0, 0, 1, 1);
            }
            const [r, g, b] = [...paint.getImageData(0, 0, 1, 1).data].map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
            return 0.2126 * r + 0.7152 * g + 0.0722 * b;
          };
          document.body.style.backgroundColor = 'Canvas';
          const ground = getComputedStyle(document.body).backgroundColor;
          return [...document.querySelectorAll('summary span, summary code, pre, td, p, a, h2')].flatMap(element => {
            const { color, backgroundColor } = getComputedStyle(element);
            const [a, b] = [luminance(color), luminance(ground, backgroundColor)].sort((x, y) => y - x);
            return (a + 0.05) / (b + 0.05) < 4.5 ? [`${element.tagName} ${element.className} ${color} on ${ground}`] : [];
          });
        }
        """;

    private static string EmbedOf(Product product) => new Uri(product.Address, $"/embed/{product.Workspace.RoomCodes[ViewerByHls]}").ToString();

    private static async Task PressPlayAsync(Participant tab)
    {
        await tab.Page.FocusAsync("#play");
        await tab.Page.Keyboard.PressAsync("Enter");
    }

    private async Task<Participant> OpenWithoutAsync(string missing, string address)
    {
        var tab = await browser.JoinAsync("tab", output);
        await tab.Page.RouteAsync(missing, route => route.FulfillAsync(new() { Status = 404 }));
        await tab.Page.GotoAsync(address);
        return tab;
    }

    [GeneratedRegex("/(whip|whep)/")]
    private static partial Regex SessionAddress();
}
