using System.Text;
using LiveStream.Sfu.Channels;
using LiveStream.Testing.Rtc;

namespace LiveStream.Sfu.Tests.Node;

/// <summary>The client protocol's data channel, from a client over ICE and DTLS to the node.</summary>
public sealed class DataChannelTests
{
    [Theory]
    [InlineData(IceTransport.Udp)]
    [InlineData(IceTransport.Tcp)]
    public async Task Requests_OnTheChannel_AreAllAnswered(IceTransport path)
    {
        await using var sfu = new SfuHarness();
        var viewer = await sfu.WatchAsync(path);
        await OpenAsync(sfu, viewer);

        Assert.StartsWith("""{"id":"1","jsonrpc":"2.0","error":{"code":404""", await AskAsync(sfu, viewer, Video("1", "nobody's", "high")), StringComparison.Ordinal);
        Assert.StartsWith("""{"id":"2","jsonrpc":"2.0","error":{"code":400""", await AskAsync(sfu, viewer, Video("2", "nobody's", "huge")), StringComparison.Ordinal);
        Assert.StartsWith("""{"id":"3","jsonrpc":"2.0","error":{"code":400""", await AskAsync(sfu, viewer, """{"id":"3","method":"dance"}"""), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Texts_ThatAreNoRequests_AreIgnored()
    {
        await using var sfu = new SfuHarness();
        var (peer, _) = await sfu.PublishAsync();
        await OpenAsync(sfu, peer);
        await OpenAsync(sfu, peer, "another");
        peer.Do((session, now) =>
        {
            foreach (var text in new[] { "", "garbage", "[]", "{\"method\":\"prefer-video-track-state\"}", new string('{', 60_000) })
                Assert.True(session.SendText(ChannelRequest.Label, Encoding.UTF8.GetBytes(text), now));
            Assert.True(session.SendText("another", Encoding.UTF8.GetBytes(Video("0", "t", "low")), now));
        });
        Assert.StartsWith("""{"id":"9",""", await AskAsync(sfu, peer, Video("9", "none", "high")), StringComparison.Ordinal);
        Assert.Single(peer.Read(_ => peer.Texts.ToArray()));
    }

    [Fact]
    public async Task Requests_MoreThanMayWait_AreEachAnswered()
    {
        const int Requests = 500;
        await using var sfu = new SfuHarness();
        var (peer, _) = await sfu.PublishAsync();
        await OpenAsync(sfu, peer);
        peer.Do((session, now) =>
        {
            for (var i = 0; i < Requests; i++) Assert.True(session.SendText(ChannelRequest.Label, Encoding.UTF8.GetBytes(Video("r" + i, "none", "low")), now));
        });
        await peer.WaitAsync(client => client.Texts.Count == Requests, sfu.Patience);
        Assert.All(peer.Read(_ => peer.Texts.ToArray()), text => Assert.Matches("\"code\":(404|429)", text));
    }

    private static string Video(string id, string track, string layer) =>
        $$"""{"id":"{{id}}","jsonrpc":"2.0","params":{"max_spatial_layer":"{{layer}}","track_id":"{{track}}"},"method":"prefer-video-track-state"}""";

    private static async Task OpenAsync(SfuHarness sfu, RtcPeer peer, string label = ChannelRequest.Label)
    {
        peer.Do((session, now) => session.OpenChannel(label, now));
        await peer.WaitAsync(client => client.ChannelsOpened.Contains(label), sfu.Patience);
    }

    private static async Task<string> AskAsync(SfuHarness sfu, RtcPeer peer, string request)
    {
        var before = peer.Read(_ => peer.Texts.Count);
        peer.Do((session, now) => Assert.True(session.SendText(ChannelRequest.Label, Encoding.UTF8.GetBytes(request), now)));
        await peer.WaitAsync(client => client.Texts.Count > before, sfu.Patience);
        return peer.Read(_ => peer.Texts[^1]);
    }
}
