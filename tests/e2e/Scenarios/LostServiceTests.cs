using System.Diagnostics;
using System.Text.Json.Nodes;

using LiveStream.E2E.Tests.Harness;
using Xunit.Abstractions;

namespace LiveStream.E2E.Tests.Scenarios;

/// <summary>One of the processes is killed during a show, and people see each other again without doing anything.</summary>
[Collection(SharedBrowser.Collection)]
public sealed class LostServiceTests(SharedBrowser browser, ITestOutputHelper output)
{
    private const string Release = "0.15.2";
    private const string Frames = "name => app.media.frames(app.state().peers.find(p => p.name === name)?.video?.id)";

    // Both nodes are empty when the room is placed: it goes to the first by name.
    private const string NodeOfTheRoom = "sfu";

    [Fact]
    public async Task MediaNode_Killed_ItsRoomMovesToTheOther()
    {
        var figures = new Figures(output, "a media node of two killed");
        await using var show = await SdkShow.StartAsync(browser, output, Form.TwoNodes);
        var (asha, rita) = await BeginAsync(show);

        var track = await TrackOfAshaAsync(rita);
        var since = Stopwatch.StartNew();
        await show.Product.KillAsync(NodeOfTheRoom);
        await UntilSeenAgainAsync(rita, track);
        figures.Print("seen again after", since.Elapsed);
        Assert.True(since.Elapsed <= Limits.NodeLoss, $"seen again after {since.Elapsed}");
        await CheckRoomAsync(asha, rita);
        // The node that comes back is one to place rooms on, and takes none away.
        await show.Product.StartAgainAsync(NodeOfTheRoom);
        await CheckRoomAsync(asha, rita);
    }

    [Fact]
    public async Task OnlyMediaNode_KilledAndStartedAgain_PeopleSeeEachOtherAgain()
    {
        var figures = new Figures(output, "the only media node killed and started again");
        await using var show = await SdkShow.StartAsync(browser, output, Form.SixServices);
        var (asha, rita) = await BeginAsync(show);

        var track = await TrackOfAshaAsync(rita);
        var since = Stopwatch.StartNew();
        await show.Product.KillAsync(NodeOfTheRoom);
        await show.Product.StartAgainAsync(NodeOfTheRoom);
        figures.Print("ready again after", since.Elapsed);
        await UntilSeenAgainAsync(rita, track);
        figures.Print("seen again after", since.Elapsed);
        await CheckRoomAsync(asha, rita);
    }

    [Fact]
    public async Task SignallingNode_Killed_ItsPeopleMeetAgainAtTheOther_AndTheOthersNoticeNothing()
    {
        var figures = new Figures(output, "a signalling node of two killed");
        await using var show = await SdkShow.StartAsync(browser, output, Form.TwoSignalling);
        var product = show.Product;
        var (asha, rita) = await BeginAsync(show);
        var node = await NodeOfAsync(product, product.Workspace.RoomId);
        var template = (await product.GetRestAsync($"/v2/rooms/{product.Workspace.RoomId}")).GetProperty("template_id").GetString();
        var other = (await product.PostRestAsync("/v2/rooms", new JsonObject { ["name"] = "other", ["template_id"] = template })).GetProperty("id").GetString()!;
        using var sam = await SocketPeer.JoinAsync(product, SdkShow.Hls, "Sam", other);
        using var tom = await SocketPeer.JoinAsync(product, SdkShow.Hls, "Tom", other);
        Assert.NotEqual(node, await NodeOfAsync(product, other));
        await product.StartLiveStreamAsync();
        await product.WaitUntilRunningAsync();
        // Servers find the people of either.
        foreach (var room in new[] { product.Workspace.RoomId, other })
            Assert.Equal(2, (await product.GetRestAsync($"/v2/active-rooms/{room}")).GetProperty("session").GetProperty("peers").GetArrayLength());

        var track = await TrackOfAshaAsync(rita);
        var since = Stopwatch.StartNew();
        await product.KillAsync(node);
        await sam.RequestAsync("broadcast", new JsonObject { ["info"] = new JsonObject { ["message"] = "still here", ["type"] = "chat" } });
        Assert.Equal("still here", (string?)(await tom.ToldAsync("on-broadcast"))["info"]!["message"]);
        await UntilSeenAgainAsync(rita, track);
        figures.Print("seen again after", since.Elapsed);
        await CheckRoomAsync(asha, rita);
        await UntilHlsGoesOnAsync(product);
        Assert.NotEqual(node, await NodeOfAsync(product, product.Workspace.RoomId));

        // The record: one session that was cut short, one that goes on, and both had them.
        var sessions = (await product.GetRestAsync($"/v2/sessions?room_id={product.Workspace.RoomId}")).GetProperty("data").EnumerateArray().ToArray();
        Assert.Equal([true, false], sessions.Select(session => session.GetProperty("active").GetBoolean()));
        Assert.All(sessions, session => Assert.Equal(["Asha", "Rita"], session.GetProperty("peers").EnumerateObject().Select(peer => peer.Value.GetProperty("name").GetString()!).Order()));
    }

    // By the packager, who finds the room at its other node.
    private static async Task UntilHlsGoesOnAsync(Product product)
    {
        using var limit = new CancellationTokenSource(Limits.Patience * 2);
        var before = await PlaylistAsync(product);
        Assert.False(before.Ended);
        for (var now = before; now.MediaSequence + now.Segments.Count < before.MediaSequence + before.Segments.Count + 3; now = await PlaylistAsync(product))
            await Task.Delay(200, limit.Token);
    }

    private static async Task<HlsPlaylist> PlaylistAsync(Product product)
    {
        var address = HlsMultivariant.Parse(await product.Http.GetStringAsync(product.StaticPlaylist), product.StaticPlaylist).Variants[0].Address;
        return HlsPlaylist.Parse(await product.Http.GetStringAsync(address), address);
    }

    private static async Task<string> NodeOfAsync(Product product, string roomId) =>
        (await SocketPeer.EndpointAsync(product, product.Tokens.For(SdkShow.Hls, roomId))).AbsolutePath.Split('/')[^1];

    private static async Task<(SdkTab Publisher, SdkTab Viewer)> BeginAsync(SdkShow show)
    {
        var asha = await show.JoinAsync("Asha", SdkShow.Broadcaster, Release);
        var rita = await show.JoinAsync("Rita", SdkShow.RealTime, Release);
        await rita.UntilAsync("pictures", $"name => ({Frames})(name) > 5", "Asha", Limits.Patience * 2);
        return (asha, rita);
    }

    private static Task<string> TrackOfAshaAsync(SdkTab viewer) =>
        viewer.AskAsync<string>("() => app.state().peers.find(p => p.name === 'Asha').video.id");

    // The publisher comes anew, and its tracks have other ids.
    private static async Task UntilSeenAgainAsync(SdkTab viewer, string track)
    {
        await viewer.UntilAsync(
            "another track", "id => { const v = app.state().peers.find(p => p.name === 'Asha')?.video; return !!v && v.id !== id; }", track, Limits.Patience * 2);
        await viewer.UntilAsync("pictures again", $"name => ({Frames})(name) > 5", "Asha", Limits.Patience * 2);
    }

    private static async Task CheckRoomAsync(params SdkTab[] tabs)
    {
        foreach (var tab in tabs)
        {
            Assert.Equal("Connected", await tab.AskAsync<string>("() => app.state().roomState"));
            Assert.Equal(2, await tab.AskAsync<int>("() => app.state().peers.length"));
        }

        var before = await tabs[1].AskAsync<int>(Frames, "Asha");
        await tabs[1].UntilAsync("more pictures", $"n => ({Frames})('Asha') > n + 5", before);
    }
}
