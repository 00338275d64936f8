using System.Text.Json.Nodes;

using LiveStream.Signalling.Room.State;

namespace LiveStream.Signalling.Tests.Room;

public sealed class JoiningTests
{
    private readonly RoomRig _room = new();

    [Fact]
    public void Open_TellsThePolicyFirstAndUnasked()
    {
        _room.Open("A", "host");
        var first = _room.Read("A")[0];

        Assert.Equal("on-policy-change", (string?)first["method"]);
        Assert.Equal("host", (string?)first["params"]!["name"]);
        Assert.Equal(["hls", "host", "nobody", "stage", "viewer"], first["params"]!["known_roles"]!.AsObject().Select(role => role.Key).Order());
    }

    [Fact]
    public void Policy_HasEveryObjectOfEveryRole()
    {
        _room.Open("A", "host");
        foreach (var (_, role) in _room.Notified("A", "on-policy-change")["known_roles"]!.AsObject())
        {
            Assert.IsType<JsonArray>(role!["publishParams"]!["allowed"]);
            Assert.IsType<JsonArray>(role["subscribeParams"]!["subscribeToRoles"]);
            Assert.IsType<JsonObject>(role["permissions"]);
            Assert.Equal("opus", (string?)role["publishParams"]!["audio"]!["codec"]);
        }
    }

    [Fact]
    public void Text_ThatNoDatabaseTakes_IsRefused()
    {
        _room.Open("A");
        Assert.Equal(400, _room.Refused("A", "join", """{"name":"a\u0000","data":""}"""));
        Assert.Equal(400, _room.Refused("A", "join", """{"name":"a","data":"\u0000"}"""));
        _room.Result("A", "join", """{"name":"a","data":""}""");
        Assert.Equal(400, _room.Refused("A", "peer-update", """{"name":"a\u0000"}"""));
    }

    [Fact]
    public void Metadata_OfAllTogether_IsBounded()
    {
        string Join(int length) => $$"""{"name":"n","data":"{{new string('x', length)}}"}""";
        for (var i = 0; i < 128; i++)
        {
            _room.Open($"P{i}");
            _room.Result($"P{i}", "join", Join(16 * 1024));
        }

        _room.Open("A");
        Assert.Equal(413, _room.Refused("A", "join", Join(1)));
        _room.Result("A", "join", Join(0));
        Assert.Equal(413, _room.Refused("A", "peer-update", """{"data":"x"}"""));
        // Less is always possible, and makes room.
        _room.Result("P0", "peer-update", """{"data":""}""");
        _room.Result("A", "peer-update", """{"data":"x"}""");
    }

    [Fact]
    public void Open_IsNotToldToOthers()
    {
        _room.Join("A");
        _room.Open("B");
        Assert.Empty(_room.Read("A"));
    }

    [Fact]
    public void Notifications_CarryNoId()
    {
        _room.Open("A");
        Assert.All(_room.Read("A"), frame => Assert.False(frame.ContainsKey("id")));
    }

    [Fact]
    public void Join_IsAnsweredBeforeAnythingElse()
    {
        _room.Open("A");
        _room.Read("A");
        _room.Frame("A", """{"method":"join","params":{"name":"Ann","data":""},"id":"1","jsonrpc":"2.0"}""");

        Assert.Equal("reply peer-list session-info", _room.Methods("A"));
    }

    [Fact]
    public void Join_Alone_ListHasAnEmptyObjectOfPeersAndARoom()
    {
        _room.Open("A");
        _room.Result("A", "join", """{"name":"Ann"}""");
        var list = _room.Notified("A", "peer-list");
        Assert.Equal("{}", list["peers"]!.ToJsonString());
        Assert.Equal("show", (string?)list["room"]!["name"]);
    }

    [Fact]
    public void Join_ListsOthersWithTheirTracksAndNotTheSelf()
    {
        _room.Join("A", "host");
        _room.Open("B");
        _room.Result("B", "join", """{"name":"Bob","data":"d"}""");
        var list = _room.Notified("B", "peer-list");

        var (id, peer) = Assert.Single(list["peers"]!.AsObject());
        Assert.Equal("A", id);
        Assert.True((bool)peer!["realtime"]!);
        Assert.Empty(peer["tracks"]!.AsObject());
        Assert.Equal("show", (string?)list["room"]!["name"]);
        Assert.False((bool)list["room"]!["streaming"]!["hls"]!["enabled"]!);
    }

    [Fact]
    public void Join_IsToldToOthersWithTheCounts()
    {
        _room.Join("A");
        _room.Open("B", "host", user: "bob");
        _room.Result("B", "join", """{"name":"Bob","data":"x"}""");
        var frames = _room.Read("A");

        Assert.Equal("on-peer-join", (string?)frames[0]["method"]);
        Assert.Equal("Bob", (string?)frames[0]["params"]!["info"]!["name"]);
        Assert.Equal("bob", (string?)frames[0]["params"]!["info"]!["user_id"]);
        Assert.True((bool)frames[0]["params"]!["realtime"]!);
        Assert.Equal("session-info", (string?)frames[1]["method"]);
        Assert.Equal(2, (int)frames[1]["params"]!["peer_count"]!);
    }

    [Fact]
    public void Join_First_BeginsTheSession_AndLastLeave_EndsIt()
    {
        _room.Open("A");
        _room.Result("A", "join", """{"name":"a"}""");
        var began = Assert.Single(_room.Effects.OfType<SessionBegan>());
        _room.Join("B");
        _room.Notify("A", "leave", """{"client_reason":"user request"}""");
        Assert.NotNull(_room.State.Session);
        _room.Notify("B", "leave");

        Assert.Null(_room.State.Session);
        Assert.Equal(began.SessionId, Assert.Single(_room.Effects.OfType<SessionOver>()).SessionId);
    }

    [Fact]
    public void Join_RoleWithoutPlace_IsRefusedWithTheTextThatClientsKnow()
    {
        _room.Join("A", "stage").Join("B", "stage");
        _room.Open("C", "stage");
        var reply = _room.Request("C", "join", """{"name":"c"}""")!;

        Assert.Equal(403, (int)reply["error"]!["code"]!);
        Assert.Equal("role limit reached", (string?)reply["error"]!["message"]);
        _room.Open("D", "nobody");
        Assert.Equal(403, _room.Refused("D", "join"));
    }

    [Fact]
    public void Join_RoomWithoutPlace_IsRefused()
    {
        var room = new RoomRig(policy => policy.MaxPeers = 1);
        room.Join("A");
        room.Open("B");
        Assert.Equal(403, room.Refused("B", "join"));
    }

    [Fact]
    public void Join_WithAnOffer_WaitsForTheMedia_AndIsNotAnnouncedBefore()
    {
        _room.Join("A");
        _room.Open("B", "host");
        _room.Read("B");
        _room.Frame("B", """{"method":"join","params":{"name":"b","offer":{"type":"offer","sdp":"v=0\r\n"}},"id":"1"}""");
        Assert.Empty(_room.Read("A"));
        Assert.Empty(_room.Read("B"));

        _room.AnswerOffer();
        var reply = _room.Read("B")[0];
        Assert.Equal("answer", (string?)reply["result"]!["type"]);
        Assert.Equal("node-1", (string?)reply["result"]!["sfu_node_id"]);
        Assert.Equal("on-peer-join session-info", _room.Methods("A"));
    }

    [Fact]
    public void Join_MediaRefuses_GivesThePlaceBack()
    {
        _room.Join("A", "stage");
        _room.Open("B", "stage");
        _room.Frame("B", """{"method":"join","params":{"offer":{"type":"offer","sdp":"v=0\r\n"}},"id":"1"}""");
        _room.Finish<OfferMedia>(error: new(409, "no media"));

        Assert.Equal(409, (int)_room.Read("B")[^1]["error"]!["code"]!);
        _room.Join("C", "stage");
        Assert.Equal(2, _room.State.Peers.JoinedCount);
    }

    [Fact]
    public void Join_SocketLostWhileTheMediaAnswers_DoesNotJoin()
    {
        _room.Join("A");
        _room.Open("B", "host");
        _room.Frame("B", """{"method":"join","params":{"offer":{"type":"offer","sdp":"v=0\r\n"}},"id":"1"}""");
        _room.Drop("B");
        Assert.Contains(_room.Effects, effect => effect is CloseMedia { PeerId: "B" });
        _room.AnswerOffer();

        Assert.Equal(1, _room.State.Peers.JoinedCount);
        Assert.Empty(_room.Read("A"));
    }

    [Fact]
    public void Join_Twice_IsAnsweredTwiceAndAnnouncedOnce()
    {
        _room.Join("A").Join("B");
        _room.Result("B", "join", """{"name":"other"}""");
        Assert.Equal("on-peer-update", _room.Methods("A"));
        Assert.Equal(2, _room.State.Peers.JoinedCount);
    }

    [Fact]
    public void SeveralTabsOfOneUser_AreSeveralPeers()
    {
        _room.Open("A", user: "ann");
        _room.Result("A", "join");
        _room.Open("B", user: "ann");
        _room.Result("B", "join");
        _room.Notify("A", "leave");

        Assert.Equal(1, _room.State.Peers.JoinedCount);
        Assert.NotNull(_room.State.Peers.FindJoined("B"));
    }

    [Fact]
    public void Leave_IsToldAtOnce()
    {
        _room.Join("A").Join("B");
        _room.Notify("B", "leave", """{"client_reason":"user request"}""");

        Assert.Equal("on-peer-leave session-info", _room.Methods("A"));
        Assert.Equal(LeaveCause.Left, Assert.Single(_room.Effects.OfType<PeerGone>()).Cause);
    }

    [Fact]
    public void ProperClose_IsLikeLeaving()
    {
        _room.Join("A").Join("B");
        _room.Drop("B", deliberate: true);
        Assert.Equal("on-peer-leave session-info", _room.Methods("A"));
    }

    [Fact]
    public void BeforeJoining_RequestsAreRefused_AndMediaIsFatal()
    {
        _room.Open("A");
        _room.Read("A");
        Assert.Equal(404, _room.Refused("A", "broadcast", """{"info":{"message":"x"}}"""));
        Assert.Empty(_room.Read("A"));

        // What a client does that comes back to a server that has forgotten it.
        _room.Notify("A", "track-update", """{"tracks":{}}""");
        Assert.Equal(404, (int)_room.Notified("A", "on-error")["code"]!);
    }

    [Fact]
    public void Counts_OfALargeRoom_AreToldOnceATick()
    {
        var room = new RoomRig(limits: new RoomLimits { PromptCountsUpTo = 1 });
        room.Join("A").Join("B");
        room.Open("C");
        room.Result("C", "join");
        Assert.Empty(room.Read("A"));
        Assert.EndsWith("session-info", room.Methods("C"), StringComparison.Ordinal);
        room.Wait(TimeSpan.FromSeconds(1));
        Assert.Equal(3, (int)room.Notified("A", "session-info")["peer_count"]!);
        room.Wait(TimeSpan.FromSeconds(1));
        Assert.Empty(room.Read("A"));
    }

    [Fact]
    public void ComingAndGoing_InALargeRoom_IsToldInOrderWithTheTick()
    {
        var room = LargeRoom("C", "D");
        room.Notify("C", "leave");
        Assert.Empty(room.Read("A"));
        room.Wait(TimeSpan.FromSeconds(1));
        Assert.Equal("on-peer-join on-peer-join on-peer-leave session-info", room.Methods("A"));
        // D came after C, and found it in its list.
        Assert.Equal("on-peer-leave session-info", room.Methods("D"));
        room.Wait(TimeSpan.FromSeconds(1));
        Assert.Empty(room.Read("A"));
    }

    [Fact]
    public void ComingAndGoing_InALargeRoom_IsToldBeforeAnythingThatSpeaksOfThePeer()
    {
        var room = LargeRoom("C", "D");
        room.Result("D", "broadcast", """{"info":{"message":"hello","type":"chat"}}""");
        Assert.Equal("on-peer-join on-peer-join on-broadcast", room.Methods("A"));
        Assert.Equal("on-peer-join on-broadcast", room.Methods("C"));
    }

    [Fact]
    public void ComingAndGoing_InALargeRoom_IsToldBeforeAMessageToOne()
    {
        var room = LargeRoom("C", "D");
        room.Result("D", "broadcast", """{"info":{"message":"hello","type":"chat"},"peer_id":"A"}""");
        Assert.Equal("on-peer-join on-peer-join on-broadcast", room.Methods("A"));
        Assert.Equal("on-peer-join", room.Methods("B").Split(' ').Distinct().Single());
    }

    [Fact]
    public void ComingBack_InALargeRoom_IsToldByTheListAlone()
    {
        var room = LargeRoom("C", "D");
        room.Open("A");
        Assert.Equal("on-policy-change peer-list session-info on-peer-update", room.Methods("A"));
        room.Wait(TimeSpan.FromSeconds(1));
        Assert.Equal("session-info", room.Methods("A"));
    }

    [Fact]
    public void Preview_HearsOfTheRoomAgainWhenItChanged()
    {
        _room.Open("P");
        _room.Read("P");
        _room.Join("A");
        _room.Wait(TimeSpan.FromSeconds(1));
        // Clients show the count of the second.
        var frames = _room.Read("P");
        Assert.Equal(["room-state", "session-info"], frames.Select(frame => (string?)frame["method"]));
        Assert.All(frames, frame => Assert.Equal(1, (int)frame["params"]!["peer_count"]!));
    }

    [Fact]
    public void LongestDuration_EndsTheSession()
    {
        var room = new RoomRig(policy => policy.MaxDurationSeconds = 120);
        room.Join("A");
        room.Wait(TimeSpan.FromSeconds(119));
        Assert.NotNull(room.State.Session);
        room.Wait(TimeSpan.FromSeconds(1));

        Assert.True((bool)room.Notified("A", "on-peer-leave-request")["room_end"]!);
        Assert.Null(room.State.Session);
    }

    [Fact]
    public void UnknownRole_IsToldAndClosed()
    {
        _room.Open("A", "king");
        Assert.Equal("role is invalid", (string?)_room.Notified("A", "on-error")["message"]);
        Assert.IsType<CloseSocket>(Assert.Single(_room.Effects));
        Assert.True(_room.State.IsIdle);
    }

    [Fact]
    public void Analytics_AreAcceptedAndDropped()
    {
        _room.Join("A").Join("B");
        _room.Notify("A", "analytics", """{"name":"x","info":{"timestamp":1},"timestamp":1}""");
        Assert.Empty(_room.Read("A"));
        Assert.Empty(_room.Read("B"));
    }

    // A and B are settled; the others have just come.
    private static RoomRig LargeRoom(params string[] newcomers)
    {
        var room = new RoomRig(limits: new RoomLimits { PromptCountsUpTo = 1 });
        room.Join("A").Join("B");
        room.Wait(TimeSpan.FromSeconds(1));
        foreach (var peer in new[] { "A", "B" }) room.Read(peer);
        foreach (var peer in newcomers)
        {
            room.Open(peer);
            room.Result(peer, "join");
            room.Read(peer);
        }

        return room;
    }
}
