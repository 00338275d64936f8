using System.Text.Json.Nodes;

using LiveStream.Signalling.Protocol;
using LiveStream.Signalling.Room.State;

namespace LiveStream.Signalling.Tests.Room;

/// <summary>A room that was made for many: who is told of whom.</summary>
public sealed class LargeRoomTests
{
    private static readonly TimeSpan s_tick = TimeSpan.FromSeconds(1);

    // A is on stage, V and W watch. Everything is told at once, so that what is not told is not merely late.
    private readonly RoomRig _room = new RoomRig(policy => policy.LargeRoom = true).Join("A", "stage").Join("V", "hls").Join("W", "viewer");

    [Fact]
    public void Audience_IsCounted_AndNotToldOfOneByOne()
    {
        _room.Open("X", "hls");
        _room.Result("X", "join");
        Assert.Equal("session-info", _room.Methods("A"));
        Assert.Equal(4, (int)_room.Read("X").Last(frame => (string?)frame["method"] == "session-info")["params"]!["peer_count"]!);
        _room.Drop("X", deliberate: true);
        Assert.Equal("session-info", _room.Methods("A"));
    }

    [Fact]
    public void Stage_IsToldToEverybody_AndListed()
    {
        _room.Open("B", "host");
        _room.Result("B", "join");
        Assert.Equal(["A"], ListedTo("B"));
        Assert.Equal("on-peer-join session-info", _room.Methods("V"));
        _room.Open("X", "hls");
        _room.Result("X", "join");
        Assert.Equal(["A", "B"], ListedTo("X"));
        _room.Drop("B", deliberate: true);
        Assert.Contains("on-peer-leave", _room.Methods("X"), StringComparison.Ordinal);
    }

    [Fact]
    public void RaisedHand_ShowsThePeer_AndItsEndHidesIt()
    {
        _room.Result("V", "group-join", """{"name":"_handraise"}""");
        var raised = _room.Notified("A", "on-peer-update");
        Assert.Equal(("V", true), ((string?)raised["peer_id"], (bool)raised["realtime"]!));
        Assert.Equal(["_handraise"], raised["groups"]!.AsArray().Select(group => (string?)group));
        Assert.Equal(["A", "V"], ListedToNewcomer());

        _room.Result("V", "group-leave", """{"name":"_handraise"}""");
        Assert.False((bool)_room.Notified("W", "on-peer-update")["realtime"]!);
        // For itself it is there all the time: clients would else take it for a peer that is gone.
        Assert.All(_room.Read("V").Where(IsUpdate), update => Assert.True((bool)update["params"]!["realtime"]!));
        Assert.Equal(["A"], ListedToNewcomer());
    }

    [Fact]
    public void OtherChangesOfTheAudience_AreToldToThePeerAlone()
    {
        _room.Result("V", "peer-update", """{"name":"Vera"}""");
        _room.Result("V", "group-join", """{"name":"fans"}""");
        Assert.Equal("on-peer-update on-peer-update", _room.Methods("V"));
        Assert.Empty(_room.Read("A"));
    }

    [Fact]
    public void ChangeOfRole_BringsOnStage_AndBack()
    {
        _room.Join("H", "host");
        _room.Result("H", "role-change-request", """{"requested_for":"V","role":"stage","force":true}""");
        Assert.True((bool)_room.Notified("W", "on-peer-update")["realtime"]!);
        _room.Frame("V", $$"""{"method":"offer","params":{{RoomRig.Offer(RoomRig.Track("t1"))}},"id":"o"}""");
        _room.AnswerOffer();
        Assert.Equal("on-track-add session-info", _room.Methods("W"));

        _room.Result("H", "role-change-request", """{"requested_for":"V","role":"hls","force":true}""");
        // The tracks go while clients still know whose they are.
        var frames = _room.Read("W").Where(frame => (string?)frame["method"] != "session-info").ToArray();
        Assert.Equal(["on-track-remove", "on-peer-update"], frames.Select(frame => (string?)frame["method"]));
        Assert.False((bool)frames[1]["params"]!["realtime"]!);
    }

    [Fact]
    public void Audience_IsFoundByRole_AndItsMessagesNameIt()
    {
        _room.Result("V", "peer-update", """{"name":"Vera"}""");
        var found = _room.Result("A", "find-peer", """{"role":"hls","limit":10}""");
        Assert.Equal("V", (string?)Assert.Single(found["peers"]!.AsArray())!["peer_id"]);
        Assert.Equal("Vera", (string?)_room.Result("A", "get-peer", """{"peer_id":"V"}""")["info"]!["name"]);
        _room.Result("V", "broadcast", """{"info":{"message":"hello","type":"chat"}}""");
        Assert.Equal("Vera", (string?)_room.Notified("A", "on-broadcast")["peer"]!["info"]!["name"]);
    }

    [Fact]
    public void Hands_AreTakenUpToALimit()
    {
        for (var i = 0; i <= ProtocolLimits.MaxRaisedHands; i++) _room.Join($"P{i}", "hls");
        for (var i = 0; i < ProtocolLimits.MaxRaisedHands; i++) _room.Result($"P{i}", "group-join", """{"name":"_handraise"}""");
        var last = $"P{ProtocolLimits.MaxRaisedHands}";
        Assert.Equal(403, _room.Refused(last, "group-join", """{"name":"_handraise"}"""));
        // Who has one up already may say so again.
        _room.Result("P0", "group-join", """{"name":"_handraise"}""");
        _room.Result("P0", "group-leave", """{"name":"_handraise"}""");
        _room.Result(last, "group-join", """{"name":"_handraise"}""");
    }

    [Fact]
    public void ComingBack_IsListedWhoIsShown_AndGivenNoNoticeTwice()
    {
        var room = new RoomRig(policy => policy.LargeRoom = true, new RoomLimits { PromptCountsUpTo = 1 }).Join("A", "stage").Join("V", "hls").Join("W", "hls");
        room.Wait(s_tick);
        foreach (var peer in new[] { "A", "V", "W" }) room.Read(peer);
        room.Open("B", "host");
        room.Result("B", "join");
        room.Drop("V");
        room.Open("V", "hls");
        room.Wait(s_tick);
        Assert.Equal(1, room.Read("V").Count(frame => (string?)frame["method"] == "peer-list"));
        Assert.Equal("on-peer-join session-info", room.Methods("W"));
        Assert.DoesNotContain("on-peer-join", room.Methods("B"), StringComparison.Ordinal);
    }

    private static bool IsUpdate(JsonObject frame) => (string?)frame["method"] == "on-peer-update";

    private string[] ListedToNewcomer()
    {
        _room.Open("N", "hls");
        _room.Result("N", "join");
        var listed = ListedTo("N");
        _room.Drop("N", deliberate: true);
        foreach (var peer in new[] { "A", "W" }) _room.Read(peer);
        return listed;
    }

    private string[] ListedTo(string peer) =>
        [.. _room.Read(peer).Last(frame => (string?)frame["method"] == "peer-list")["params"]!["peers"]!.AsObject().Select(pair => pair.Key).Order(StringComparer.Ordinal)];
}
