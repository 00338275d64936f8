using LiveStream.E2E.Tests.Harness;
using Xunit.Abstractions;

namespace LiveStream.E2E.Tests.Scenarios;

/// <summary>The unmodified web SDK, both releases, when the network or the product fails for a while.</summary>
[Collection(SharedBrowser.Collection)]
public sealed class WebSdkResilienceTests(SharedBrowser browser, ITestOutputHelper output)
{
    private static readonly TimeSpan s_cut = TimeSpan.FromSeconds(20);

    private const string Frames = "name => app.media.frames(app.state().peers.find(p => p.name === name)?.video?.id)";

    [Theory]
    [InlineData(Form.AsTheRunSays)]
    [InlineData(Form.SixServices)]
    public async Task SocketCutFor20Seconds_MediaGoesOn_AndEverybodyComesBack(Form form)
    {
        await using var show = await SdkShow.StartAsync(browser, output, form);
        using var network = new CuttableProxy(show.Product.Address);
        var dora = await show.JoinAsync("Dora", SdkShow.Director, "0.15.2");
        show.Address = network.Address;
        var (asha, rita) = (await show.JoinAsync("Asha", SdkShow.Broadcaster, "0.15.2"), await show.JoinAsync("Rita", SdkShow.RealTime, "0.14.7"));
        var hal = await show.JoinAsync("Hal", SdkShow.Hls, "0.14.7");
        await rita.UntilAsync("pictures", $"name => ({Frames})(name) > 5", "Asha", Limits.Patience * 2);
        await rita.DoAsync("() => app.actions.sessionStore.observe(['spotlight'])");
        var session = await dora.AskAsync<string>("() => app.state().sessionId");

        network.Cut();
        var healed = Task.Delay(s_cut);
        await Task.WhenAll(new[] { asha, rita, hal }.Select(tab => tab.UntilToldAsync("RECONNECTING")));
        // Media takes another way.
        var before = await rita.AskAsync<int>(Frames, "Asha");
        await rita.UntilAsync("pictures during the cut", $"n => ({Frames})('Asha') > n + 5", before);
        // What happens meanwhile is there afterwards.
        await dora.DoAsync("() => app.actions.sessionStore.set('spotlight', 'Dora')");
        await dora.DoAsync("id => app.actions.changeRoleOfPeer(id, 'director', true)", await dora.PeerIdAsync("Hal"));
        await healed;
        network.Heal();

        await Task.WhenAll(new[] { asha, rita, hal }.Select(tab => tab.UntilToldAsync("RECONNECTED")));
        await hal.UntilIsAsync(SdkShow.Director);
        await rita.UntilAsync("what was set meanwhile", "() => app.state().store.spotlight === 'Dora'");
        await rita.DoAsync("() => app.actions.sendBroadcastMessage('back')");
        await Task.WhenAll(new[] { asha, hal, dora }.Select(tab => tab.UntilAsync("the message", "() => app.state().messages.some(m => m.text === 'back')")));
        foreach (var tab in new[] { asha, rita, hal, dora })
        {
            Assert.Equal(4, await tab.AskAsync<int>("() => app.state().peers.length"));
            Assert.Equal(session, await tab.AskAsync<string>("() => app.state().sessionId"));
        }

        before = await rita.AskAsync<int>(Frames, "Asha");
        await rita.UntilAsync("pictures after the cut", $"n => ({Frames})('Asha') > n + 5", before);
    }

    [Theory]
    [InlineData("0.14.7", "0.15.2", Form.AsTheRunSays)]
    [InlineData("0.15.2", "0.14.7", Form.SixServices)]
    public async Task MediaLostOnTheServer_PeopleMoveToAnotherNode_AndAreSeenAgain(string release, string other, Form form)
    {
        await using var show = await SdkShow.StartAsync(browser, output, form, ("Sfu__ReconnectTimeout", "00:00:04"));
        var asha = await show.JoinAsync("Asha", SdkShow.Broadcaster, release);
        var rita = await show.JoinAsync("Rita", SdkShow.RealTime, other);
        await rita.UntilAsync("pictures", $"name => ({Frames})(name) > 5", "Asha", Limits.Patience * 2);
        var track = await rita.AskAsync<string>("() => app.state().peers.find(p => p.name === 'Asha').video.id");
        var (made, watching) = (await asha.ConnectionsMadeAsync(), await rita.ConnectionsMadeAsync());

        // The publisher's connections: new ones publish its tracks anew, under other ids.
        await asha.Tab.LoseConnectionsAsync();
        await rita.UntilAsync(
            "another track", "id => { const v = app.state().peers.find(p => p.name === 'Asha')?.video; return !!v && v.id !== id; }", track, Limits.Patience * 2);
        await rita.UntilAsync("pictures again", $"name => ({Frames})(name) > 5", "Asha", Limits.Patience * 2);
        Assert.Equal(made + 2, await asha.ConnectionsMadeAsync());
        Assert.Equal(watching, await rita.ConnectionsMadeAsync());

        // The viewer's.
        await rita.Tab.LoseConnectionsAsync();
        await rita.UntilAsync("new connections", "n => rtcConnectionsMade() === n + 2", watching, Limits.Patience * 2);
        await rita.UntilAsync("pictures once more", $"name => ({Frames})(name) > 5", "Asha", Limits.Patience * 2);
        foreach (var tab in new[] { asha, rita })
        {
            Assert.Equal("Connected", await tab.AskAsync<string>("() => app.state().roomState"));
            Assert.Equal(2, await tab.AskAsync<int>("() => app.state().peers.length"));
        }
    }
}
