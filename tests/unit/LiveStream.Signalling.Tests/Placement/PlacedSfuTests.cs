using LiveStream.Contracts;
using LiveStream.Contracts.Sfu.V1;
using LiveStream.Signalling.Placement;
using LiveStream.Signalling.Tests.Fakes;
using LiveStream.Testing;

using Microsoft.Extensions.Logging.Abstractions;

namespace LiveStream.Signalling.Tests.Placement;

/// <summary>Calls reach the node of their room; a lost node is nobody's.</summary>
public sealed class PlacedSfuTests : IDisposable
{
    private readonly TestClock _clock = new();
    private readonly NodeTable _nodes = new();
    private readonly Dictionary<string, FakeSfu> _sfus = new() { ["http://a"] = new FakeSfu(), ["http://b"] = new FakeSfu() };
    private readonly PlacedSfu _placed;
    private readonly MediaNodes _directory;

    public PlacedSfuTests()
    {
        _placed = new PlacedSfu(_nodes, address => _sfus[address], _clock);
        _directory = new MediaNodes(_nodes, _clock, NullLogger<MediaNodes>.Instance);
    }

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Calls_OfARoom_ReachItsNode()
    {
        await AnnounceAsync("a", 0);
        await _placed.OpenTransportAsync(new OpenTransportRequest { RoomId = "room", TransportId = "t1" }, default);
        await AnnounceAsync("a", 90);
        await AnnounceAsync("b", 0);
        await _placed.MakeOfferAsync(new MakeOfferRequest { RoomId = "room", TransportId = "t1" }, default);
        await _placed.UpdateTransportAsync(new UpdateTransportRequest { TransportId = "t1" }, default);
        await _placed.CloseTransportAsync(new CloseTransportRequest { TransportId = "t1" }, default);
        await _placed.OpenTransportAsync(new OpenTransportRequest { RoomId = "other", TransportId = "t2" }, default);
        var (a, b) = (_sfus["http://a"], _sfus["http://b"]);
        Assert.Equal((1, 1, 1, 1), (a.Opened.Count, a.Offers.Count, a.Updated.Count, a.Closed.Count));
        Assert.Equal("t2", Assert.Single(b.Opened).TransportId);
        Assert.Equal("a", (await _directory.LocateAsync(new LocateRequest { RoomId = "room" }, default)).NodeId);
    }

    [Fact]
    public async Task Calls_WithoutANode_AreUnavailable()
    {
        var failure = await Assert.ThrowsAsync<ControlException>(() => _placed.OpenTransportAsync(new OpenTransportRequest { RoomId = "room" }, default));
        Assert.Equal(ControlError.Unavailable, failure.Error);
        failure = await Assert.ThrowsAsync<ControlException>(() => _directory.LocateAsync(new LocateRequest { RoomId = "room" }, default));
        Assert.Equal(ControlError.Unavailable, failure.Error);
    }

    [Fact]
    public async Task Node_ThatFallsSilent_EndsItsWatchesAndItsTransports()
    {
        await AnnounceAsync("a", 0);
        await _placed.OpenTransportAsync(new OpenTransportRequest { RoomId = "room", TransportId = "t1" }, default);
        await using var watch = _placed.WatchRoomAsync(new WatchRoomRequest { RoomId = "room" }, default).GetAsyncEnumerator();
        var next = watch.MoveNextAsync().AsTask();
        Assert.False(next.IsCompleted);
        _clock.Advance(NodeTable.Silence);
        await AnnounceAsync("b", 0);
        Assert.Equal("a", Assert.Single(_nodes.Sweep(_clock.GetUtcNow())).Id);

        Assert.Equal(ControlError.Unavailable, (await Assert.ThrowsAsync<ControlException>(() => next)).Error);
        Assert.Equal(ControlError.NotFound, (await Assert.ThrowsAsync<ControlException>(
            () => _placed.UpdateTransportAsync(new UpdateTransportRequest { TransportId = "t1" }, default))).Error);
        await _placed.CloseTransportAsync(new CloseTransportRequest { TransportId = "t1" }, default);
        Assert.Empty(_sfus["http://a"].Closed);
        await _placed.OpenTransportAsync(new OpenTransportRequest { RoomId = "room", TransportId = "t2" }, default);
        Assert.Equal("t2", Assert.Single(_sfus["http://b"].Opened).TransportId);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Watch_ThatBreaks_EndsWhenItIsKnownWhetherItsNodeLives(bool lives)
    {
        await AnnounceAsync("a", 0);
        await _placed.OpenTransportAsync(new OpenTransportRequest { RoomId = "room", TransportId = "t1" }, default);
        await using var watch = _placed.WatchRoomAsync(new WatchRoomRequest { RoomId = "room" }, default).GetAsyncEnumerator();
        var next = watch.MoveNextAsync().AsTask();
        await BreakAsync();
        Assert.False(next.IsCompleted);
        _clock.Advance(NodeTable.SuspectSilence);
        if (lives) await AnnounceAsync("a", 0);
        Assert.Equal(lives ? 0 : 1, _nodes.Sweep(_clock.GetUtcNow()).Count);

        var failure = await Assert.ThrowsAsync<ControlException>(() => next.WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.Equal(ControlError.Unavailable, failure.Error);
        Assert.Equal(lives ? "a" : null, _nodes.NodeOf("room", _clock.GetUtcNow())?.Id);
    }

    [Fact]
    public async Task Watch_ThatBreaksAndIsLeft_IsCancelled()
    {
        await AnnounceAsync("a", 0);
        using var leave = new CancellationTokenSource();
        await using var watch = _placed.WatchRoomAsync(new WatchRoomRequest { RoomId = "room" }, leave.Token).GetAsyncEnumerator(leave.Token);
        var next = watch.MoveNextAsync().AsTask();
        await BreakAsync();
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next.WaitAsync(TimeSpan.FromSeconds(60)));
    }

    [Fact]
    public async Task Watch_LeftByItsCaller_IsCancelledAndNotLost()
    {
        await AnnounceAsync("a", 0);
        using var leave = new CancellationTokenSource();
        await using var watch = _placed.WatchRoomAsync(new WatchRoomRequest { RoomId = "room" }, leave.Token).GetAsyncEnumerator(leave.Token);
        var next = watch.MoveNextAsync().AsTask();
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
    }

    [Theory]
    [InlineData("", "http://a")]
    [InlineData("a", "")]
    [InlineData("a", "a:8081")]
    [InlineData("a", "ftp://a")]
    public async Task Announce_WithoutANameOrAnAddress_IsRefused(string id, string address)
    {
        var failure = await Assert.ThrowsAsync<ControlException>(
            () => _directory.AnnounceAsync(new NodeAnnouncement { NodeId = id, ControlAddress = address, Capacity = 1 }, default));
        Assert.Equal(ControlError.InvalidArgument, failure.Error);
        Assert.Equal(0, _nodes.Count);
    }

    [Fact]
    public async Task Close_ThatFailed_FindsItsNodeAgain()
    {
        await AnnounceAsync("a", 0);
        await _placed.OpenTransportAsync(new OpenTransportRequest { RoomId = "room", TransportId = "t1" }, default);
        var a = _sfus["http://a"];
        a.Hiccups.Enqueue(new ControlException(ControlError.Unavailable, "away"));
        await Assert.ThrowsAsync<ControlException>(() => _placed.CloseTransportAsync(new CloseTransportRequest { TransportId = "t1" }, default));
        await _placed.CloseTransportAsync(new CloseTransportRequest { TransportId = "t1" }, default);
        await _placed.CloseTransportAsync(new CloseTransportRequest { TransportId = "t1" }, default);
        Assert.Equal("t1", Assert.Single(a.Closed).TransportId);
    }

    [Fact]
    public async Task Transports_ThatEndByThemselvesOrWithTheirNode_AreForgotten()
    {
        await AnnounceAsync("a", 0);
        foreach (var id in new[] { "t1", "t2" }) await _placed.OpenTransportAsync(new OpenTransportRequest { RoomId = "room", TransportId = id }, default);
        await using var watch = _placed.WatchRoomAsync(new WatchRoomRequest { RoomId = "room" }, default).GetAsyncEnumerator();
        var next = watch.MoveNextAsync().AsTask();
        _sfus["http://a"].Report(_sfus["http://a"].Opened.First(), TransportState.Closed);
        Assert.True(await next);
        Assert.Equal(1, _placed.TransportCount);

        next = watch.MoveNextAsync().AsTask();
        _clock.Advance(NodeTable.Silence);
        _nodes.Sweep(_clock.GetUtcNow());
        await Assert.ThrowsAsync<ControlException>(() => next);
        Assert.Equal(0, _placed.TransportCount);
    }

    [Fact]
    public async Task Close_OfATransportThatAnotherProcessOpened_ReachesTheRoomsNode()
    {
        await AnnounceAsync("a", 0);
        await _placed.CloseTransportAsync(new CloseTransportRequest { TransportId = "t1", RoomId = "room" }, default);
        await _placed.CloseTransportAsync(new CloseTransportRequest { TransportId = "t2" }, default);
        Assert.Empty(_sfus["http://a"].Closed);
        // Nobody has the room, and it is not given to a node for that.
        Assert.Empty(_nodes.RoomIds);

        await AnnounceAsync("a", 0, "room");
        await _placed.CloseTransportAsync(new CloseTransportRequest { TransportId = "t1", RoomId = "room" }, default);
        Assert.Equal("t1", Assert.Single(_sfus["http://a"].Closed).TransportId);
    }

    [Fact]
    public async Task NodeThatWasAway_IsFoundByTheRoomOfItsTransports()
    {
        await AnnounceAsync("a", 0);
        await _placed.OpenTransportAsync(new OpenTransportRequest { RoomId = "room", TransportId = "t1" }, default);
        _clock.Advance(NodeTable.Silence);
        Assert.Single(_nodes.Sweep(_clock.GetUtcNow()));
        // It was only cut off: media goes on, and so do its transports.
        await AnnounceAsync("a", 1, "room");
        await _placed.UpdateTransportAsync(new UpdateTransportRequest { TransportId = "t1", RoomId = "room" }, default);
        await _placed.CloseTransportAsync(new CloseTransportRequest { TransportId = "t1", RoomId = "room" }, default);
        Assert.Equal((1, 1), (_sfus["http://a"].Updated.Count, _sfus["http://a"].Closed.Count));
        Assert.Equal(0, _placed.TransportCount);
    }

    [Fact]
    public async Task Open_WhoseAnswerWasLost_CanBeClosed()
    {
        await AnnounceAsync("a", 0);
        var a = _sfus["http://a"];
        a.OnOpen = _ => throw new ControlException(ControlError.Unavailable, "on its way back");
        await Assert.ThrowsAsync<ControlException>(() => _placed.OpenTransportAsync(new OpenTransportRequest { RoomId = "room", TransportId = "t1" }, default));
        await _placed.CloseTransportAsync(new CloseTransportRequest { TransportId = "t1" }, default);
        Assert.Equal("t1", Assert.Single(a.Closed).TransportId);
    }

    private Task<AnnounceReply> AnnounceAsync(string id, uint transports, params string[] rooms) => _directory.AnnounceAsync(
        new NodeAnnouncement { NodeId = id, ControlAddress = $"http://{id}", Transports = transports, Capacity = 100, RoomIds = { rooms } }, default);

    // Returns when the node is suspected.
    private async Task BreakAsync()
    {
        var node = _nodes.NodeOf("room", _clock.GetUtcNow())!;
        _sfus["http://a"].Break("room");
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (node.SuspectedAt is null) await Task.Delay(1, limit.Token);
    }
}
