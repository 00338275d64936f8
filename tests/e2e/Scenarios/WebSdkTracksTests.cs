using System.Text.Json.Nodes;
using LiveStream.E2E.Tests.Harness;
using Xunit.Abstractions;

namespace LiveStream.E2E.Tests.Scenarios;

/// <summary>The unmodified web SDK: layers that viewers choose, shared screens, and a peer who claims what is another's.</summary>
[Collection(SharedBrowser.Collection)]
public sealed class WebSdkTracksTests(SharedBrowser browser, ITestOutputHelper output)
{
    private const string Asha = "app.state().peers.find(p => p.name === 'Asha')";
    private const string Tracks = $"() => [{Asha}.audio, {Asha}.video, {Asha}.screen].filter(t => t).map(t => `${{t.id}} ${{t.enabled}} ${{t.source}}`).join()";

    [Theory]
    [InlineData("0.14.7", "0.15.2", Form.AsTheRunSays)]
    [InlineData("0.15.2", "0.14.7", Form.SixServices)]
    public async Task Tracks_NobodyElseTouchesThem_AndAllGoWithTheStage(string release, string other, Form form)
    {
        await using var show = await SdkShow.StartAsync(browser, output, form);
        await LetShareScreensAsync(show);
        var dora = await show.JoinAsync("Dora", SdkShow.Director, other);
        var asha = await show.OpenAsync("Asha", release);
        var offers = OffersOf(asha);
        await asha.JoinAsync(show.Product.Tokens.For(SdkShow.Broadcaster));
        var rita = await show.JoinAsync("Rita", SdkShow.RealTime, other);

        await rita.UntilAsync("Asha's picture", $"() => app.media.frames({Asha}?.video?.id) >= 3", timeout: Limits.Patience * 2);
        await CheckImpostorAsync(show, offers, rita);

        // Off the stage: the SDK takes its tracks away one by one, and each time waits until the browser asks to negotiate.
        await dora.DoAsync("id => app.actions.changeRoleOfPeer(id, 'viewer-near-realtime', true)", await dora.PeerIdAsync("Asha"));
        await asha.UntilAsync("having no track any more", $"() => !{Asha}.video && !{Asha}.audio && !{Asha}.screen");
        await rita.UntilAsync("Asha gone from the screen", $"() => !{Asha}.video && !{Asha}.audio && !{Asha}.screen");
    }

    [Theory]
    [InlineData("0.14.7", "0.15.2", Form.AsTheRunSays)]
    [InlineData("0.15.2", "0.14.7", Form.SixServices)]
    public async Task Layer_FollowsTheSizeOfThePictureOnTheViewersPage(string release, string other, Form form)
    {
        await using var show = await SdkShow.StartAsync(browser, output, form);
        await LetShareScreensAsync(show);
        await show.JoinAsync("Asha", SdkShow.Broadcaster, release);
        var rita = await show.JoinAsync("Rita", SdkShow.RealTime, other);
        await CheckLayersAsync(rita, new Figures(output, $"web SDK {release} sends layers"));
    }

    [Theory]
    [InlineData("0.14.7", "0.15.2", Form.AsTheRunSays)]
    [InlineData("0.15.2", "0.14.7", Form.SixServices)]
    public async Task Screen_IsSharedTwice(string release, string other, Form form)
    {
        await using var show = await SdkShow.StartAsync(await browser.WithWindowsAsync(), output, form);
        await LetShareScreensAsync(show);
        var asha = await show.JoinAsync("Asha", SdkShow.Broadcaster, release);
        var rita = await show.JoinAsync("Rita", SdkShow.RealTime, other);
        await CheckScreenAsync(asha, rita, new Figures(output, $"web SDK {release} shares a screen"));
    }

    // The SDK asks for the layer that fits the element, and does so anew when it is resized.
    private static async Task CheckLayersAsync(SdkTab rita, Figures figures)
    {
        const string Width = $"app.media.seen().videos[{Asha}?.video?.id]?.width";
        await rita.UntilAsync("Asha's picture", $"() => {Width} > 0", timeout: Limits.Patience * 2);
        foreach (var (layer, width) in new[] { ("high", 640), ("low", 160), ("high", 640) })
        {
            var asked = await NowAsync(rita);
            await rita.DoAsync($"width => app.media.resize({Asha}.video.id, width, width * 9 / 16)", width);
            // An encoder short of time sends both layers smaller than agreed.
            await rita.UntilAsync($"the layer {layer}", $"high => {Width} > 320 === high", layer == "high", Limits.Patience * 2);
            figures.Print($"layer {layer} is asked for, seen", TimeSpan.FromMilliseconds(await NowAsync(rita) - asked));
        }
    }

    private static async Task CheckScreenAsync(SdkTab asha, SdkTab rita, Figures figures)
    {
        var asked = await NowAsync(asha);
        await asha.DoAsync("() => app.actions.setScreenShareEnabled(true)");
        await rita.UntilAsync("the shared screen", $"() => app.media.frames({Asha}?.screen?.id) >= 3", timeout: Limits.Patience * 2);
        var first = await rita.AskAsync<double>($"() => app.media.seen().videos[{Asha}.screen.id].first");
        figures.Print("screen is shared, seen", TimeSpan.FromMilliseconds(first - asked));

        await asha.DoAsync("() => app.actions.setScreenShareEnabled(false)");
        await rita.UntilAsync("the screen taken away", $"() => !{Asha}.screen && !!{Asha}.video");
        // Again, which takes the place that the first left in the description.
        await asha.DoAsync("() => app.actions.setScreenShareEnabled(true)");
        await rita.UntilAsync("the screen once more", $"() => app.media.frames({Asha}?.screen?.id) >= 3", timeout: Limits.Patience * 2);
    }

    private static async Task CheckImpostorAsync(SdkShow show, List<JsonObject> offers, SdkTab rita)
    {
        using var mallory = await SocketPeer.JoinAsync(show.Product, SdkShow.Guest, "Mallory");
        var before = await rita.AskAsync<string>(Tracks);
        var (description, tracks) = (offers[^1]["desc"]!, offers[^1]["tracks"]!);
        var frames = await rita.AskAsync<int>($"() => app.media.frames({Asha}.video.id)");

        // With Asha's tracks, and with her description alone: her names are in it, and her certificate, whose key Mallory lacks.
        var claimed = await mallory.RequestAsync("offer", new JsonObject { ["desc"] = description.DeepClone(), ["tracks"] = tracks.DeepClone() });
        Assert.Equal(409, (int?)claimed["error"]?["code"]);
        await mallory.RequestAsync("offer", new JsonObject { ["desc"] = description.DeepClone(), ["tracks"] = new JsonObject() });
        // An answer to no offer.
        var answer = new JsonObject { ["type"] = "answer", ["sdp"] = description["sdp"]!.DeepClone() };
        Assert.InRange((int)(await mallory.WarnedAsync("answer", new JsonObject { ["desc"] = answer }))["code"]!, 400, 499);
        // Her track under another name in the words of the description.
        var id = tracks.AsObject().First().Key;
        var own = JsonNode.Parse(tracks[id]!.ToJsonString().Replace(id, "mine", StringComparison.Ordinal))!;
        await mallory.RequestAsync("offer", new JsonObject { ["desc"] = description.DeepClone(), ["tracks"] = new JsonObject { ["mine"] = own } });
        var mute = new JsonObject { ["requested_for"] = await rita.PeerIdAsync("Asha"), ["track_id"] = id, ["mute"] = true };
        Assert.Equal(403, (int?)(await mallory.RequestAsync("track-update-request", mute))["error"]?["code"]);

        await rita.UntilAsync("more pictures of Asha", $"n => app.media.frames({Asha}.video.id) > n + 5", frames, Limits.Patience * 2);
        Assert.Equal(before, await rita.AskAsync<string>(Tracks));
    }

    // What the SDK's socket says, while it says it.
    private static List<JsonObject> OffersOf(SdkTab tab)
    {
        var offers = new List<JsonObject>();
        tab.Tab.Page.WebSocket += (_, socket) => socket.FrameSent += (_, frame) =>
        {
            if (frame.Text is { } text && JsonNode.Parse(text) is JsonObject message && (string?)message["method"] == "offer") offers.Add(message["params"]!.AsObject());
        };
        return offers;
    }

    private static Task<double> NowAsync(SdkTab tab) => tab.AskAsync<double>("() => Date.now()");

    // A broadcaster may share the screen, and sends two layers of the camera.
    private static async Task LetShareScreensAsync(SdkShow show)
    {
        var room = await show.Product.GetRestAsync($"/v2/rooms/{show.Product.Workspace.RoomId}");
        await show.Product.PostRestAsync($"/v2/templates/{room.GetProperty("template_id").GetString()}/roles/{SdkShow.Broadcaster}", LayeredRole());
    }

    private static JsonObject LayeredRole() => new()
    {
        ["publishParams"] = new JsonObject
        {
            ["allowed"] = new JsonArray("audio", "video", "screen"),
            ["audio"] = new JsonObject { ["bitRate"] = 32 },
            ["video"] = new JsonObject { ["bitRate"] = 400, ["frameRate"] = 10, ["width"] = 640, ["height"] = 360 },
            ["screen"] = new JsonObject { ["bitRate"] = 500, ["frameRate"] = 5, ["width"] = 640, ["height"] = 360 },
            ["simulcast"] = new JsonObject
            {
                ["video"] = new JsonObject { ["layers"] = new JsonArray(Layer("f", 1, 400), Layer("q", 2, 120)) },
            },
        },
    };

    private static JsonObject Layer(string rid, int scale, int kbps) =>
        new() { ["rid"] = rid, ["scaleResolutionDownBy"] = scale, ["maxBitrate"] = kbps, ["maxFramerate"] = 10 };
}
