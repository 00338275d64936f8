using LiveStream.Contracts.Sfu.V1;

namespace LiveStream.Sfu.Tests.Node;

/// <summary>What a watcher of a room is told first.</summary>
public sealed class WatchTests
{
    [Fact]
    public async Task Watch_RoomHasTransportsAndTracks_TheirStateIsToldBeforeAnyChange()
    {
        await using var sfu = new SfuHarness();
        var (_, publisher) = await sfu.PublishAsync();
        await sfu.Control.OpenSubscriberAsync(new OpenSubscriberRequest { RoomId = SfuHarness.Room, TransportId = "v", PeerId = "viewer", Role = "viewer" }, sfu.Patience);
        await sfu.Control.OpenSubscriberAsync(new OpenSubscriberRequest { RoomId = "another", TransportId = "w", PeerId = "viewer", Role = "viewer" }, sfu.Patience);
        await using (var events = Watch(sfu))
        {
            while (await events.MoveNextAsync() && events.Current.TrackPublished is null) publisher.Audio();
        }

        await using var late = Watch(sfu);
        var told = new List<RoomEvent>();
        while (await late.MoveNextAsync() && late.Current.EventCase != RoomEvent.EventOneofCase.None) told.Add(late.Current);
        Assert.Equal(RoomEvent.EventOneofCase.None, late.Current.EventCase);
        Assert.Equal(3, told.Count);
        Assert.Equal(
            [("t1", "peer-t1", TransportState.Connected, false), ("v", "viewer", TransportState.Connecting, true)],
            told.Select(item => item.TransportChanged).OfType<TransportChanged>().Select(change => (change.TransportId, change.PeerId, change.State, change.OfPeer)));
        Assert.Equal("t1:0", told[2].TrackPublished.TrackId);

        await sfu.Control.CloseTransportAsync(new CloseTransportRequest { TransportId = "v" }, sfu.Patience);
        // Who speaks is told in between.
        while (await late.MoveNextAsync() && late.Current.TransportChanged is null)
        {
        }

        var closed = Assert.IsType<TransportChanged>(late.Current.TransportChanged);
        Assert.Equal((TransportState.Closed, true), (closed.State, closed.OfPeer));
    }

    [Fact]
    public async Task Watch_EmptyRoom_IsToldThatThisIsAll()
    {
        await using var sfu = new SfuHarness();
        await using var events = Watch(sfu);
        Assert.True(await events.MoveNextAsync());
        Assert.Equal((SfuHarness.Room, RoomEvent.EventOneofCase.None), (events.Current.RoomId, events.Current.EventCase));
    }

    private static IAsyncEnumerator<RoomEvent> Watch(SfuHarness sfu) =>
        sfu.Control.WatchRoomAsync(new WatchRoomRequest { RoomId = SfuHarness.Room }, sfu.Patience).GetAsyncEnumerator(sfu.Patience);
}
