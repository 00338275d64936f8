namespace LiveStream.Signalling.Tests.Room;

public sealed class PeerQueryTests
{
    private readonly RoomRig _room = new();

    public PeerQueryTests()
    {
        _room.Join("A", "host", "Ann");
        for (var i = 0; i < 25; i++) _room.Join($"v{i}", "hls", $"Viewer {i}");
        _room.Result("v3", "group-join", """{"name":"_handraise"}""");
    }

    [Fact]
    public void GetPeer_AnswersItsInfo()
    {
        Assert.Equal("Viewer 7", (string?)_room.Result("A", "get-peer", """{"peer_id":"v7"}""")["info"]!["name"]);
        Assert.Equal(404, _room.Refused("A", "get-peer", """{"peer_id":"x"}"""));
        _room.Open("P");
        Assert.Equal(404, _room.Refused("A", "get-peer", """{"peer_id":"P"}"""));
    }

    [Fact]
    public void FindPeer_PagesLoseNobodyWhilePeopleComeAndGo()
    {
        var page = _room.Result("A", "find-peer", """{"limit":10,"role":"hls"}""");
        Assert.Equal((25, false, 10), ((int)page["total"]!, (bool)page["eof"]!, page["peers"]!.AsArray().Count));
        _room.Notify("v0", "leave");
        _room.Join("late", "hls");
        var next = $$"""{"iterator":"{{page["iterator"]}}","limit":10}""";
        var second = _room.Result("A", "peer-iter-next", next);
        Assert.Equal("v10", (string?)second["peers"]![0]!["peer_id"]);
        var third = _room.Result("A", "peer-iter-next", next);
        Assert.True((bool)third["eof"]!);
        Assert.Equal("late", (string?)third["peers"]!.AsArray()[^1]!["peer_id"]);
        Assert.Empty(_room.Result("A", "peer-iter-next", next)["peers"]!.AsArray());
    }

    [Fact]
    public void FindPeer_ByGroupAndIds()
    {
        Assert.Equal("v3", (string?)_room.Result("A", "find-peer", """{"limit":10,"group":"_handraise"}""")["peers"]![0]!["peer_id"]);
        var found = _room.Result("A", "find-peer", """{"limit":10,"peerIds":["v1","v2","x"]}""");
        Assert.Equal((2, true), ((int)found["total"]!, (bool)found["eof"]!));
    }

    [Fact]
    public void Iterators_AreOfTheirPeer_AndOnlyAFew()
    {
        var iterator = (string)_room.Result("A", "find-peer", """{"limit":1}""")["iterator"]!;
        Assert.Equal(404, _room.Refused("v1", "peer-iter-next", $$"""{"iterator":"{{iterator}}","limit":1}"""));
        for (var i = 0; i < 8; i++) _room.Result("A", "find-peer", """{"limit":1}""");
        Assert.Equal(404, _room.Refused("A", "peer-iter-next", $$"""{"iterator":"{{iterator}}","limit":1}"""));
        Assert.Equal(400, _room.Refused("A", "find-peer", """{"limit":0}"""));
        Assert.Equal(400, _room.Refused("A", "find-peer", """{"limit":1000}"""));
    }

    [Fact]
    public void NameSearch_IgnoresCase()
    {
        var found = _room.Result("A", "peer-name-search", """{"query":"vIEWER 1","limit":5,"offset":0}""");
        Assert.Equal((5, false), ((int)found["count"]!, (bool)found["eof"]!));
        var rest = _room.Result("A", "peer-name-search", """{"query":"viewer 1","limit":20,"offset":5}""");
        Assert.Equal((6, true), ((int)rest["count"]!, (bool)rest["eof"]!));
        Assert.Equal("regular", (string?)rest["peers"]![0]!["type"]);
    }
}
