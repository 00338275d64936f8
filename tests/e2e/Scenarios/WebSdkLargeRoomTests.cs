using System.Text.Json.Nodes;

using LiveStream.E2E.Tests.Harness;
using Xunit.Abstractions;

namespace LiveStream.E2E.Tests.Scenarios;

/// <summary>A room that was made for many (<c>large_room</c>), with the unmodified web SDK, both releases in one room.</summary>
[Collection(SharedBrowser.Collection)]
public sealed class WebSdkLargeRoomTests(SharedBrowser browser, ITestOutputHelper output)
{
    [Theory]
    [InlineData(Form.AsTheRunSays)]
    [InlineData(Form.SixServices)]
    public async Task Audience_IsCounted_AndSeenWhenItIsOfInterest(Form form)
    {
        await using var show = await SdkShow.StartAsync(browser, output, form);
        await show.Product.PostRestAsync($"/v2/rooms/{show.Product.Workspace.RoomId}", new JsonObject { ["large_room"] = true });
        var director = await show.JoinAsync("Dora", SdkShow.Director, "0.14.7");
        var (ann, bob) = (await show.JoinAsync("Ann", SdkShow.Hls, "0.15.2"), await show.JoinAsync("Bob", SdkShow.Hls, "0.14.7"));
        SdkTab[] all = [director, ann, bob];
        foreach (var tab in all) await tab.UntilAsync("counting three, seeing itself", "() => app.state().peerCount === 3 && app.state().peers.length === 1");
        var (annId, bobId) = (await ann.PeerIdAsync("Ann"), await bob.PeerIdAsync("Bob"));

        // A raised hand is seen until it is lowered.
        const string Hand = "up => app.state().peers.some(p => p.name === 'Ann' && p.hand === up)";
        await ann.DoAsync("() => app.actions.raiseLocalPeerHand()");
        foreach (var tab in all) await tab.UntilAsync("the raised hand", Hand, true);
        await director.DoAsync("id => app.actions.lowerRemotePeerHand(id)", annId);
        await ann.UntilAsync("its own hand lowered", Hand, false);
        await director.UntilMissesAsync("Ann");
        await bob.UntilMissesAsync("Ann");

        // Who is not seen is found, named by its messages, and written to.
        Assert.Equal(["Ann", "Bob"], await director.AskAsync<string[]>(
            "async () => (await app.actions.getPeerListIterator({ role: 'viewer-near-realtime' }).findPeers()).map(p => p.name).sort()"));
        await bob.DoAsync("() => app.actions.sendBroadcastMessage('to all')");
        await ann.UntilAsync("Bob's message", "() => app.state().messages.some(m => m.from === 'Bob' && m.text === 'to all')");
        await ann.DoAsync("id => app.actions.sendDirectMessage('to Bob', id)", bobId);
        await bob.UntilAsync("Ann's message", "() => app.state().messages.some(m => m.from === 'Ann' && m.text === 'to Bob')");

        // On the stage it is seen by everybody, and back in the audience by nobody.
        await director.DoAsync("([id, role]) => app.actions.changeRoleOfPeer(id, role, true)", new[] { annId, SdkShow.Guest });
        await ann.UntilIsAsync(SdkShow.Guest);
        await bob.UntilSeesAsync("Ann", SdkShow.Guest);
        await director.UntilSeesAsync("Ann", SdkShow.Guest);
        await director.DoAsync("([id, role]) => app.actions.changeRoleOfPeer(id, role, true)", new[] { annId, SdkShow.Hls });
        await ann.UntilIsAsync(SdkShow.Hls);
        await bob.UntilMissesAsync("Ann");
        foreach (var tab in all) await tab.UntilAsync("counting three", "() => app.state().peerCount === 3 && app.state().roomState === 'Connected'");
    }
}
