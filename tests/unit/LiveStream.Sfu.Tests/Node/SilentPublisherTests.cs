using LiveStream.Contracts.Sfu.V1;
using LiveStream.Testing.Rtc;

namespace LiveStream.Sfu.Tests.Node;

public sealed class SilentPublisherTests
{
    [Fact]
    public async Task Subscriber_NeverAnswersItsOffer_IsClosedAndItsRoomForgotten()
    {
        await using var sfu = new SfuHarness(options => options.ReconnectTimeout = TimeSpan.FromSeconds(1));
        await using var events = sfu.Control.WatchRoomAsync(new WatchRoomRequest { RoomId = SfuHarness.Room }, sfu.Patience).GetAsyncEnumerator();
        var next = events.MoveNextAsync();
        await sfu.Control.OpenSubscriberAsync(new OpenSubscriberRequest { RoomId = SfuHarness.Room, TransportId = "v", PeerId = "peer", Role = "viewer" }, sfu.Patience);
        for (; ; next = events.MoveNextAsync())
        {
            Assert.True(await next);
            if (events.Current.TransportChanged is { State: TransportState.Closed }) break;
        }

        Assert.Equal("The client did not answer in time.", events.Current.TransportChanged.Reason);
        var worker = sfu.Node.WorkerOf(SfuHarness.Room);
        Assert.Equal(0, await worker.InvokeAsync(() => worker.Rooms.Count));
    }

    [Fact]
    public async Task NamedPublisher_FallsSilent_ItsTracksEndAndItsTransportStaysForItToComeBack()
    {
        await using var sfu = new SfuHarness(options =>
        {
            options.DisconnectedAfter = TimeSpan.FromSeconds(1);
            options.SilenceTimeout = TimeSpan.FromSeconds(2);
        });
        var events = sfu.Control.WatchRoomAsync(new WatchRoomRequest { RoomId = SfuHarness.Room }, sfu.Patience).GetAsyncEnumerator();
        await using var peer = new RtcPeer(new RtcSessionOptions { Offer = new RtcOfferOptions { Sending = true } }, seed: 5);
        var request = new OpenTransportRequest
        {
            RoomId = SfuHarness.Room, TransportId = "p", PeerId = "peer", Role = "broadcaster", Publish = new PublishPolicy { Audio = true },
            OfferSdp = ClientSide.Offer(peer, "p", "audio"), Named = ClientSide.Names("p-audio"),
        };
        peer.Start((await sfu.Control.OpenTransportAsync(request, sfu.Patience)).AnswerSdp);
        await peer.WaitConnectedAsync(sfu.Patience);
        new SfuHarness.Publisher(peer, []).Audio();
        peer.Vanish();

        var closed = false;
        while (await events.MoveNextAsync() && events.Current.TrackUnpublished is null) closed |= events.Current.TransportChanged?.State == TransportState.Closed;
        Assert.False(closed);
        var worker = sfu.Node.WorkerOf(SfuHarness.Room);
        Assert.True(await worker.InvokeAsync(() => worker.Transports.TryGetById("p", out _)));
    }
}
