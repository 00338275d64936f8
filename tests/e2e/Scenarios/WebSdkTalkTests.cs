using System.Globalization;
using System.Text.RegularExpressions;

using LiveStream.E2E.Tests.Harness;
using Xunit.Abstractions;

namespace LiveStream.E2E.Tests.Scenarios;

/// <summary>
/// The unmodified web SDK, both releases in one room, without media: how people join, talk, show themselves, change roles
/// and are sent away.
/// </summary>
[Collection(SharedBrowser.Collection)]
public sealed class WebSdkTalkTests(SharedBrowser browser, ITestOutputHelper output)
{
    private const string Texts = "() => app.state().messages.map(m => `${m.from ?? ''}/${m.type}/${m.text}`)";

    [Theory]
    [InlineData("0.14.7", "0.15.2", Form.AsTheRunSays)]
    [InlineData("0.15.2", "0.14.7", Form.SixServices)]
    public async Task People_WithoutMedia_TalkAndShowThemselves(string release, string other, Form form)
    {
        await using var show = await SdkShow.StartAsync(browser, output, form);
        var director = await show.JoinAsync("Dora", SdkShow.Director, release, new SdkSettings(Metadata: "boss"));
        var (ann, bob) = (await show.JoinAsync("Ann", SdkShow.Hls, other), await show.JoinAsync("Bob", SdkShow.Hls, release));
        foreach (var tab in new[] { director, ann, bob })
        {
            await tab.UntilAsync("counting three", "() => app.state().peerCount === 3 && app.state().peers.length === 3");
            Assert.Equal(0, await tab.ConnectionsMadeAsync());
        }

        await ann.UntilAsync("the metadata given at joining", "() => app.state().peers.some(p => p.name === 'Dora' && p.metadata === 'boss')");
        await CheckMessagesAsync(director, ann, bob);
        await CheckHandsAsync(director, ann, bob);
        await CheckPeersAsync(director, ann, bob);
        await CheckStoreAsync(show, director, ann, other);
    }

    [Theory]
    [InlineData("0.14.7", Form.AsTheRunSays)]
    [InlineData("0.15.2", Form.SixServices)]
    public async Task People_AreMovedRemovedAndSentHome(string release, Form form)
    {
        await using var show = await SdkShow.StartAsync(browser, output, form);
        var director = await show.JoinAsync("Dora", SdkShow.Director, release);
        var (ann, bob) = (await show.JoinAsync("Ann", SdkShow.Hls, release), await show.JoinAsync("Bob", SdkShow.Hls, release));
        await director.UntilSeesAsync("Bob", SdkShow.Hls);

        // By force: into a role with rights, which the server grants from then on.
        var (annId, bobId) = (await director.PeerIdAsync("Ann"), await director.PeerIdAsync("Bob"));
        Assert.Equal(403, (await ann.RefusedAsync("id => app.actions.changeRoleOfPeer(id, 'director', true)", bobId)).Code);
        await director.DoAsync("id => app.actions.changeRoleOfPeer(id, 'director', true)", annId);
        await ann.UntilIsAsync(SdkShow.Director);
        await bob.UntilSeesAsync("Ann", SdkShow.Director);

        // By invitation.
        await ann.DoAsync("id => app.actions.changeRoleOfPeer(id, 'director', false)", bobId);
        await bob.UntilAsync("the invitation", "() => app.invitation()?.role.name === 'director' && app.invitation().requestedBy.name === 'Ann'");
        await bob.DoAsync("() => app.actions.acceptChangeRole(app.invitation())");
        await bob.UntilIsAsync(SdkShow.Director);
        await director.UntilSeesAsync("Bob", SdkShow.Director);

        // By a server, and all at once: who asks for its own role too is moved like the others.
        await show.Product.PostRestAsync(
            $"/v2/active-rooms/{show.Product.Workspace.RoomId}/peers/{bobId}", new System.Text.Json.Nodes.JsonObject { ["role"] = SdkShow.Hls });
        await bob.UntilIsAsync(SdkShow.Hls);
        await director.DoAsync("() => app.actions.changeRoleOfPeersWithRoles(['viewer-near-realtime'], 'director')");
        await bob.UntilIsAsync(SdkShow.Director);

        await director.DoAsync("id => app.actions.removePeer(id, 'enough')", annId);
        await ann.UntilToldAsync("REMOVED_FROM_ROOM");
        Assert.Equal("enough", await ann.AskAsync<string>("() => app.notifications.find(n => n.type === 'REMOVED_FROM_ROOM').data.reason"));
        await bob.UntilMissesAsync("Ann");
        await director.DoAsync("() => app.actions.endRoom(true, 'over')");
        await bob.UntilToldAsync("ROOM_ENDED");

        // Locked: the lobby says so in words that apps look for, and the promise settles.
        var late = await show.OpenAsync("Late", release);
        var refusal = await late.RefusedJoinAsync(show.Product.Tokens.For(SdkShow.Hls));
        Assert.Equal(403, refusal.Code);
        Assert.Contains("room is not active", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Form.AsTheRunSays)]
    [InlineData(Form.SixServices)]
    public async Task Doors_PreviewTabsOfOneUserAndBadTokens(Form form)
    {
        await using var show = await SdkShow.StartAsync(browser, output, form);
        var before = await CountJoinsAsync(show.Product);
        var director = await show.JoinAsync("Dora", SdkShow.Director, "0.14.7");

        // Nobody hears of a preview, which knows the room; one call and one socket serve preview and stay.
        var ann = await show.OpenAsync("Ann", "0.15.2");
        var calls = 0;
        ann.Tab.Page.Request += (_, request) => calls += request.Url.Contains("/init", StringComparison.Ordinal) ? 1 : 0;
        ann.Tab.Page.WebSocket += (_, _) => calls++;
        var token = show.Product.Tokens.For(SdkShow.Hls);
        await ann.PreviewAsync(token);
        await ann.UntilAsync("the preview", "() => app.state().roomState === 'Preview' && app.state().peerCount === 1");
        Assert.Equal(1, await director.AskAsync<int>("() => app.state().peers.length"));
        await ann.JoinAsync(token);
        await director.UntilSeesAsync("Ann", SdkShow.Hls);
        Assert.Equal(2, calls);

        // Several tabs of one user, even with one token, are several people.
        var second = await show.OpenAsync("Ann too", "0.14.7");
        await second.JoinAsync(token);
        await director.UntilAsync("both", "() => app.state().peers.filter(p => p.user === 'e2e' && !p.isLocal).length === 2");
        await second.DoAsync("() => app.actions.leave()");
        await director.UntilMissesAsync("Ann too");
        await ann.UntilAsync("still being there", "() => app.state().roomState === 'Connected' && app.state().peerCount === 2");

        Assert.Equal(3, await CountJoinsAsync(show.Product) - before);

        // A refused join settles at once, with a code.
        foreach (var release in new[] { "0.14.7", "0.15.2" })
        {
            var stranger = await show.OpenAsync("Stranger", release);
            Assert.Equal(401, (await stranger.RefusedJoinAsync(token[..^8] + (token[^8] == 'A' ? 'B' : 'A') + token[^7..])).Code);
            var unknown = await stranger.RefusedJoinAsync(show.Product.Tokens.For("nobody-has-this"));
            Assert.Equal(403, unknown.Code);
            Assert.Contains("role is invalid", unknown.Message, StringComparison.Ordinal);
        }
    }

    // Rooms, peers, and joins until now.
    private static async Task<int> CountJoinsAsync(Product product)
    {
        var match = Regex.Match(await product.MetricsAsync("signalling"), @"(?m)^signalling_messages_received\S*method=""join""\S* (\d+)$");
        return match.Success ? int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : 0;
    }

    private static async Task CheckMessagesAsync(SdkTab director, SdkTab ann, SdkTab bob)
    {
        await ann.DoAsync("() => app.actions.sendBroadcastMessage('to all')");
        await ann.DoAsync("() => app.actions.sendGroupMessage('to directors', ['director'])");
        await ann.DoAsync("id => app.actions.sendDirectMessage('to Bob', id)", await ann.PeerIdAsync("Bob"));
        await ann.DoAsync("() => app.actions.sendBroadcastMessage('{\"x\":1}', 'my-event')");
        await ann.DoAsync("() => app.actions.sendGroupMessage('{\"emojiId\":\"tada\"}', ['director', 'viewer-near-realtime'], 'EMOJI_REACTION')");
        await ann.DoAsync("() => app.actions.sendBroadcastMessage('the end')");

        await Task.WhenAll(new[] { director, ann, bob }.Select(tab => tab.UntilAsync(
            "the last message", "() => app.state().messages.some(m => m.text === 'the end')")));
        Assert.Equal(
            ["Ann/chat/to all", "Ann/chat/to directors", "Ann/my-event/{\"x\":1}", "Ann/EMOJI_REACTION/{\"emojiId\":\"tada\"}", "Ann/chat/the end"],
            await director.AskAsync<string[]>(Texts));
        Assert.Equal(
            ["Ann/chat/to all", "Ann/chat/to Bob", "Ann/my-event/{\"x\":1}", "Ann/EMOJI_REACTION/{\"emojiId\":\"tada\"}", "Ann/chat/the end"],
            await bob.AskAsync<string[]>(Texts));
        // The sender shows each of its own once.
        Assert.Equal(6, await ann.AskAsync<int>("() => app.state().messages.length"));
    }

    private static async Task CheckHandsAsync(SdkTab director, SdkTab ann, SdkTab bob)
    {
        const string Hand = "up => app.state().peers.find(p => p.name === 'Ann').hand === up";
        await ann.DoAsync("() => app.actions.raiseLocalPeerHand()");
        await Task.WhenAll(new[] { director, ann, bob }.Select(tab => tab.UntilAsync("the raised hand", Hand, true)));
        await director.DoAsync("id => app.actions.lowerRemotePeerHand(id)", await director.PeerIdAsync("Ann"));
        await Task.WhenAll(new[] { director, ann, bob }.Select(tab => tab.UntilAsync("the lowered hand", Hand, false)));
    }

    private static async Task CheckPeersAsync(SdkTab director, SdkTab ann, SdkTab bob)
    {
        await bob.DoAsync("() => app.actions.changeName('Robert')");
        await bob.DoAsync("() => app.actions.changeMetadata({ isBRBOn: true })");
        await ann.UntilAsync("the new name and metadata", "() => app.state().peers.some(p => p.name === 'Robert' && p.metadata === '{\"isBRBOn\":true}')");
        await director.UntilSeesAsync("Robert", SdkShow.Hls);

        Assert.Equal("Robert", await director.AskAsync<string>("async () => (await app.actions.getPeer(app.peerId('Robert'))).name"));
        Assert.Equal(["Ann", "Robert"], await director.AskAsync<string[]>("""
            async () => {
                const pages = app.actions.getPeerListIterator({ role: 'viewer-near-realtime', limit: 1 });
                const names = (await pages.findPeers()).map(p => p.name);
                while (pages.hasNext()) names.push(...(await pages.next()).map(p => p.name));
                return names.sort();
            }
            """));
        Assert.Equal(["Robert"], await director.AskAsync<string[]>(
            "async () => (await app.actions.findPeerByName({ query: 'rob', limit: 10, offset: 0 })).peers.map(p => p.name)"));
    }

    private static async Task CheckStoreAsync(SdkShow show, SdkTab director, SdkTab ann, string release)
    {
        await ann.DoAsync("() => app.actions.sessionStore.observe(['spotlight', 'pinnedMessages'])");
        await director.DoAsync("() => app.actions.sessionStore.set('spotlight', 'Dora')");
        await director.DoAsync("() => app.actions.sessionStore.set('pinnedMessages', [{ text: 'welcome' }])");
        const string Both = "() => app.state().store.spotlight === 'Dora' && app.state().store.pinnedMessages?.[0].text === 'welcome'";
        await ann.UntilAsync("both values", Both);

        // Who comes late asks for nothing and has the values all the same.
        var late = await show.JoinAsync("Late", SdkShow.Hls, release);
        await late.DoAsync("() => app.actions.sessionStore.observe(['spotlight', 'pinnedMessages'])");
        await late.UntilAsync("both values", Both);
    }
}
