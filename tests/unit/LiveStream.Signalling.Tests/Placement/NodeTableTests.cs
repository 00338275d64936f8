using LiveStream.Contracts.Sfu.V1;
using LiveStream.Signalling.Placement;

namespace LiveStream.Signalling.Tests.Placement;

/// <summary>Where rooms are placed, and when they move.</summary>
public sealed class NodeTableTests
{
    private static readonly DateTimeOffset s_start = new(2026, 11, 26, 12, 0, 0, TimeSpan.Zero);

    private readonly NodeTable _nodes = new();

    [Fact]
    public void NodeOf_WithoutANode_IsNull() => Assert.Null(_nodes.NodeOf("room", s_start));

    [Fact]
    public void NodeOf_ANewRoom_GoesToTheLeastLoadedNode()
    {
        // 50 of 100 is more than 90 of 1000.
        Announce("small", 50, capacity: 100);
        Announce("large", 90, capacity: 1000);
        Assert.Equal("large", _nodes.NodeOf("room", s_start)!.Id);
    }

    [Fact]
    public void NodeOf_ManyNewRooms_AreSpread()
    {
        Announce("a", 0);
        Announce("b", 0);
        var placed = Enumerable.Range(0, 100).Select(i => _nodes.NodeOf($"room-{i}", s_start)!.Id).CountBy(id => id).ToDictionary();
        Assert.Equal((50, 50), (placed["a"], placed["b"]));
    }

    [Fact]
    public void NodeOf_AKnownRoom_StaysWhateverTheLoad()
    {
        Announce("a", 0);
        Assert.Equal("a", _nodes.NodeOf("room", s_start)!.Id);
        Announce("b", 0);
        Announce("a", 99);
        Assert.Equal("a", _nodes.NodeOf("room", s_start)!.Id);
    }

    [Fact]
    public void NodeOf_ARoomThatAnotherProcessPlaced_StaysWhereItIs()
    {
        _nodes.Announce(new NodeAnnouncement { NodeId = "full", ControlAddress = "http://full:1", Transports = 100, Capacity = 100, RoomIds = { "room" } }, s_start);
        Announce("free", 0);
        Assert.Equal("full", _nodes.NodeOf("room", s_start)!.Id);
        Assert.Equal("free", _nodes.NodeOf("other", s_start)!.Id);
    }

    [Fact]
    public void NodeOf_FullNodes_TakeNoRoom()
    {
        Announce("a", 100);
        Assert.Null(_nodes.NodeOf("room", s_start));
    }

    [Fact]
    public void Sweep_ASilentNode_IsLostAndItsRoomsMove()
    {
        Announce("a", 0);
        var room = _nodes.NodeOf("room", s_start)!;
        Announce("b", 50, at: s_start + TimeSpan.FromSeconds(3));
        Assert.Empty(_nodes.Sweep(s_start + NodeTable.Silence - TimeSpan.FromMilliseconds(1)));
        Assert.False(room.Lost.IsCancellationRequested);
        Assert.Equal(["a"], _nodes.Sweep(s_start + NodeTable.Silence).Select(node => node.Id));
        Assert.True(room.Lost.IsCancellationRequested);
        Assert.Equal("b", _nodes.NodeOf("room", s_start + NodeTable.Silence)!.Id);
    }

    [Fact]
    public void Sweep_ASuspectedNode_IsLostSooner_AndItsVerdictIsKnown()
    {
        Announce("a", 0);
        var room = _nodes.NodeOf("room", s_start)!;
        var broke = s_start + TimeSpan.FromMilliseconds(500);
        var verdict = _nodes.Suspect(room, broke);
        Assert.Same(verdict, _nodes.Suspect(room, broke + TimeSpan.FromSeconds(1)));
        Assert.Empty(_nodes.Sweep(broke + NodeTable.SuspectSilence - TimeSpan.FromMilliseconds(1)));
        Assert.False(verdict.IsCompleted);
        Assert.Equal(["a"], _nodes.Sweep(broke + NodeTable.SuspectSilence).Select(node => node.Id));
        Assert.True(room.Lost.IsCancellationRequested);
        Assert.True(verdict.IsCompletedSuccessfully);
        Assert.True(_nodes.Suspect(room, broke + NodeTable.SuspectSilence).IsCompleted);
    }

    [Fact]
    public void Announce_OfASuspectedNode_ClearsIt()
    {
        Announce("a", 0);
        var room = _nodes.NodeOf("room", s_start)!;
        var verdict = _nodes.Suspect(room, s_start);
        Announce("a", 0, at: s_start + TimeSpan.FromSeconds(1));
        Assert.True(verdict.IsCompletedSuccessfully);
        Assert.Empty(_nodes.Sweep(s_start + TimeSpan.FromSeconds(1) + NodeTable.SuspectSilence));
        Assert.False(room.Lost.IsCancellationRequested);
        Assert.False(_nodes.Suspect(room, s_start + TimeSpan.FromSeconds(4)).IsCompleted);
    }

    [Fact]
    public void Announce_ThatItLeaves_MovesItsRoomsAtOnce()
    {
        Announce("a", 0);
        var room = _nodes.NodeOf("room", s_start)!;
        Announce("b", 50);
        Assert.False(_nodes.Announce(Of("a", 1, 100, leaving: true), s_start));
        Assert.True(room.Lost.IsCancellationRequested);
        Assert.Equal("b", _nodes.NodeOf("room", s_start)!.Id);
        Assert.Equal(1, _nodes.Count);
    }

    [Fact]
    public void Announce_TheSameNodeElsewhere_IsAnotherNode()
    {
        Assert.True(Announce("a", 0));
        Assert.False(Announce("a", 1));
        var room = _nodes.NodeOf("room", s_start)!;
        Assert.True(_nodes.Announce(new NodeAnnouncement { NodeId = "a", ControlAddress = "http://elsewhere", Capacity = 100 }, s_start));
        Assert.True(room.Lost.IsCancellationRequested);
        Assert.Equal("http://elsewhere", _nodes.NodeOf("room", s_start)!.Address);
    }

    [Fact]
    public void Sweep_ARoomThatNobodyUses_IsForgotten_AndAWatchedOneIsNot()
    {
        Announce("a", 0);
        _nodes.NodeOf("idle", s_start);
        _nodes.NodeOf("watched", s_start);
        _nodes.Watch("watched", 1, s_start);
        var later = s_start + NodeTable.Idle;
        Announce("a", 90, at: later);
        Announce("b", 0, at: later);
        _nodes.Sweep(later);
        Assert.Equal("b", _nodes.NodeOf("idle", later)!.Id);
        Assert.Equal("a", _nodes.NodeOf("watched", later)!.Id);
        _nodes.Watch("watched", -1, later);
        Announce("a", 90, at: later + NodeTable.Idle);
        Announce("b", 0, at: later + NodeTable.Idle);
        _nodes.Sweep(later + NodeTable.Idle);
        Assert.Equal("b", _nodes.NodeOf("watched", later + NodeTable.Idle)!.Id);
    }

    private bool Announce(string id, uint transports, uint capacity = 100, DateTimeOffset? at = null) =>
        _nodes.Announce(Of(id, transports, capacity), at ?? s_start);

    private static NodeAnnouncement Of(string id, uint transports, uint capacity, bool leaving = false) =>
        new() { NodeId = id, ControlAddress = $"http://{id}", Transports = transports, Capacity = capacity, Leaving = leaving };
}
