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

    [Fact]
    public async Task Close_UnlessWatched_LeavesTransportsWhoseOpenerLooksAfterThem()
    {
        await using var sfu = new SfuHarness();
        var open = new OpenSubscriberRequest { RoomId = SfuHarness.Room, TransportId = "v", PeerId = "viewer", Role = "viewer", Opener = "one" };
        await sfu.Control.OpenSubscriberAsync(open, sfu.Patience);
        var close = new CloseTransportRequest { TransportId = "v", RoomId = SfuHarness.Room, UnlessWatched = true };
        var opener = Watch(sfu, "one");
        await using (opener)
        {
            while (await opener.MoveNextAsync() && opener.Current.EventCase != RoomEvent.EventOneofCase.None) Assert.Equal("v", opener.Current.TransportChanged.TransportId);
            await sfu.Control.CloseTransportAsync(close, sfu.Patience);
            Assert.Equal(["v"], await PresentAsync(sfu));
        }

        await sfu.Control.CloseTransportAsync(close, sfu.Patience);
        Assert.Empty(await PresentAsync(sfu));
    }

    private static async Task<string[]> PresentAsync(SfuHarness sfu)
    {
        await using var other = Watch(sfu, "another");
        var present = new List<string>();
        while (await other.MoveNextAsync() && other.Current.EventCase != RoomEvent.EventOneofCase.None) present.Add(other.Current.TransportChanged.TransportId);
        return [.. present];
    }

    private static IAsyncEnumerator<RoomEvent> Watch(SfuHarness sfu, string watcher = "") =>
        sfu.Control.WatchRoomAsync(new WatchRoomRequest { RoomId = SfuHarness.Room, Watcher = watcher }, sfu.Patience).GetAsyncEnumerator(sfu.Patience);
}
