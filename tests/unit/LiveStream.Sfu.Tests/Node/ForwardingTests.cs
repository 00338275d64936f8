using LiveStream.Contracts;
using LiveStream.Contracts.Sfu.V1;
using LiveStream.Testing.Rtc;
using LiveStream.Wire.Rtp;

namespace LiveStream.Sfu.Tests.Node;

public sealed class ForwardingTests
{
    [Theory]
    [InlineData(IceTransport.Udp, IceTransport.Udp)]
    [InlineData(IceTransport.Tcp, IceTransport.Udp)]
    [InlineData(IceTransport.Udp, IceTransport.Tcp)]
    public async Task Publisher_SendsKeyFrame_EachViewerGetsItWithContinuousNumbers(IceTransport publisherPath, IceTransport viewerPath)
    {
        await using var sfu = new SfuHarness();
        var (_, publisher) = await sfu.PublishAsync(publisherPath);
        publisher.Frame(keyFrame: true);
        var viewers = new[] { await sfu.WatchAsync(viewerPath), await sfu.WatchAsync(viewerPath) };
        var seen = viewers.Select(_ => new List<(ushort Number, byte[] Payload)>()).ToArray();
        for (var i = 0; i < viewers.Length; i++)
        {
            var list = seen[i];
            viewers[i].RtpReceivedHandler = packet => list.Add((packet.SequenceNumber, packet.Payload.ToArray()));
        }

        publisher.Frame(keyFrame: true);
        for (var i = 0; i < 9; i++) publisher.Frame(keyFrame: false);

        foreach (var viewer in viewers) await viewer.WaitAsync(peer => peer.RtpReceived >= 30, sfu.Patience);
        foreach (var list in seen)
        {
            Assert.Equal(30, list.Count);
            Assert.Equal(0x67, list[0].Payload[0]);
            for (var i = 1; i < list.Count; i++) Assert.Equal((ushort)(list[i - 1].Number + 1), list[i].Number);
        }
    }

    [Fact]
    public async Task Viewer_JoinsLate_AsksThePublisherForAKeyFrame()
    {
        await using var sfu = new SfuHarness();
        var (peer, publisher) = await sfu.PublishAsync();
        publisher.Frame(keyFrame: true);
        await sfu.WatchAsync();
        publisher.Frame(keyFrame: false);
        await peer.WaitAsync(publishing => publishing.KeyFrameRequests > 0, sfu.Patience);
    }

    [Fact]
    public async Task Viewer_LosesAPacket_GetsItAgainByRtx()
    {
        await using var sfu = new SfuHarness();
        var (_, publisher) = await sfu.PublishAsync();
        publisher.Frame(keyFrame: true);
        var viewer = await sfu.WatchAsync();
        publisher.Frame(keyFrame: true, packets: 5);
        await viewer.WaitAsync(peer => peer.RtpReceived >= 5, sfu.Patience);
        var stream = viewer.Read(session => session.Received.Streams.First(statistics => statistics.Received > 0));

        byte[]? repaired = null;
        viewer.RtpReceivedHandler = packet =>
        {
            if (packet.Ssrc != stream.Ssrc && RtxPacket.TryGetOriginalSequenceNumber(packet.Payload, out _, out var original)) repaired = original.ToArray();
        };
        var lost = (ushort)(viewer.Read(_ => stream.Highest) - 2);
        viewer.Do((session, _) => session.SendNack(stream.Ssrc, [lost]));
        await viewer.WaitAsync(_ => repaired is not null, sfu.Patience);
        Assert.Equal(900, repaired!.Length);
        Assert.Equal(3, repaired[1]);
    }

    [Fact]
    public async Task Publisher_LosesAPacket_IsAskedForItAndTheViewerGetsAll()
    {
        await using var sfu = new SfuHarness();
        var (peer, publisher) = await sfu.PublishAsync();
        publisher.Frame(keyFrame: true);
        var viewer = await sfu.WatchAsync();
        var payloads = new HashSet<int>();
        viewer.RtpReceivedHandler = packet => payloads.Add(packet.SequenceNumber);
        publisher.Frame(keyFrame: true, packets: 1);
        await viewer.WaitAsync(_ => payloads.Count == 1, sfu.Patience);
        publisher.Video().DropNext(2, 1);
        publisher.Frame(keyFrame: true, packets: 6);
        publisher.Frame(keyFrame: false, packets: 2);
        await viewer.WaitAsync(_ => payloads.Count == 9, sfu.Patience);
        Assert.True(peer.Read(_ => publisher.Video().Retransmitted) >= 1);
    }

    [Fact]
    public async Task Publisher_Leaves_NextPublisherFeedsTheSameViewer()
    {
        await using var sfu = new SfuHarness();
        await using var events = sfu.Control.WatchRoomAsync(new WatchRoomRequest { RoomId = SfuHarness.Room }, sfu.Patience).GetAsyncEnumerator();
        var (first, one) = await sfu.PublishAsync();
        one.Frame(keyFrame: true);
        // Watching begins with the first item that is asked for.
        await NextAsync(events, item => item.TrackPublished is not null);
        var viewer = await sfu.WatchAsync();
        ushort last = 0;
        viewer.RtpReceivedHandler = packet => last = packet.SequenceNumber;
        one.Frame(keyFrame: true);
        await viewer.WaitAsync(peer => peer.RtpReceived >= 3, sfu.Patience);
        var before = viewer.Read(_ => last);

        await first.DisposeAsync();
        await NextAsync(events, item => item.TrackUnpublished is not null);
        var (_, two) = await sfu.PublishAsync();
        two.Frame(keyFrame: true);
        await viewer.WaitAsync(peer => peer.RtpReceived >= 6, sfu.Patience);
        Assert.Equal((ushort)(before + 3), viewer.Read(_ => last));
    }

    [Fact]
    public async Task Viewer_MayNotSeeTheRole_GetsNothing()
    {
        await using var sfu = new SfuHarness();
        var (_, publisher) = await sfu.PublishAsync(role: "backstage");
        publisher.Frame(keyFrame: true);
        var viewer = await sfu.WatchAsync(IceTransport.Udp, "broadcaster");
        var (_, visible) = await sfu.PublishAsync(role: "broadcaster");
        publisher.Frame(keyFrame: true, packets: 7);
        visible.Frame(keyFrame: true, packets: 2);
        await viewer.WaitAsync(peer => peer.RtpReceived >= 2, sfu.Patience);
        Assert.Equal(2, viewer.RtpReceived);
    }

    [Fact]
    public async Task Simulcast_TopLayerStops_ViewerGoesOnWithTheNext()
    {
        await using var sfu = new SfuHarness();
        var (_, publisher) = await sfu.PublishAsync(rids: ["q", "h", "f"]);
        var viewer = await sfu.WatchAsync();
        var sizes = new List<int>();
        viewer.RtpReceivedHandler = packet => sizes.Add(packet.Payload.Length);
        using var pump = new Timer(_ =>
        {
            var keyFrame = true;
            publisher.Frame(keyFrame, 1, 200, "q");
            publisher.Frame(keyFrame, 1, 500, "h");
            if (!viewer.Read(_ => sizes.Contains(1000))) publisher.Frame(keyFrame, 1, 1000, "f");
        }, null, 0, 30);
        await viewer.WaitAsync(_ => sizes.Contains(1000), sfu.Patience);
        await viewer.WaitAsync(_ => sizes.Count > 0 && sizes[^1] == 500, sfu.Patience);
    }

    [Fact]
    public async Task Watch_TrackIsPublishedAndEnds_TellsBoth()
    {
        await using var sfu = new SfuHarness();
        await using var events = sfu.Control.WatchRoomAsync(new WatchRoomRequest { RoomId = SfuHarness.Room }, sfu.Patience).GetAsyncEnumerator();
        var (peer, publisher) = await sfu.PublishAsync(video: false);
        publisher.Audio();
        var published = await NextAsync(events, item => item.TrackPublished is not null);
        Assert.Equal("OPUS", published.TrackPublished.Codec.Name);
        Assert.Equal("broadcaster", published.TrackPublished.Role);
        await peer.DisposeAsync();
        var ended = await NextAsync(events, item => item.TrackUnpublished is not null);
        Assert.Equal(published.TrackPublished.TrackId, ended.TrackUnpublished.TrackId);
    }

    [Fact]
    public async Task Publisher_Vanishes_IsClosedAfterTheSilenceTimeout()
    {
        await using var sfu = new SfuHarness(options =>
        {
            options.DisconnectedAfter = TimeSpan.FromSeconds(1);
            options.SilenceTimeout = TimeSpan.FromSeconds(2);
        });
        await using var events = sfu.Control.WatchRoomAsync(new WatchRoomRequest { RoomId = SfuHarness.Room }, sfu.Patience).GetAsyncEnumerator();
        var (peer, publisher) = await sfu.PublishAsync();
        publisher.Frame(keyFrame: true);
        peer.Vanish();
        await NextAsync(events, item => item.TransportChanged?.State == TransportState.Disconnected);
        var closed = await NextAsync(events, item => item.TransportChanged?.State == TransportState.Closed);
        Assert.Equal("The client fell silent.", closed.TransportChanged.Reason);
    }

    [Theory]
    [InlineData("")]
    [InlineData("v=0")]
    [InlineData("v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n")]
    public async Task Open_OfferIsNoUsableSdp_FailsWithInvalidArgument(string offer)
    {
        await using var sfu = new SfuHarness();
        var failure = await Assert.ThrowsAsync<ControlException>(() => sfu.Control.OpenTransportAsync(
            new OpenTransportRequest { RoomId = "r", TransportId = "t", PeerId = "p", Subscribe = new SubscribePolicy(), OfferSdp = offer }, default));
        Assert.Equal(ControlError.InvalidArgument, failure.Error);
    }

    private static async Task<RoomEvent> NextAsync(IAsyncEnumerator<RoomEvent> events, Func<RoomEvent, bool> wanted)
    {
        while (await events.MoveNextAsync())
            if (wanted(events.Current)) return events.Current;
        throw new InvalidOperationException("The events ended.");
    }
}
