using LiveStream.Signalling.Media;
using LiveStream.Signalling.Protocol.Notifications;
using LiveStream.Signalling.Room.State;

namespace LiveStream.Signalling.Tests.Room;

public sealed class TrackTests
{
    private readonly RoomRig _room = new RoomRig().Join("A", "host").Join("B").Join("C", "stage");

    [Fact]
    public void Offer_IsAnsweredBeforeTheTracksAreTold_AndTheyAreTheDifference()
    {
        Publish("A", RoomRig.Track("T1"));
        Assert.Equal("T1", Assert.Single(_room.Notified("B", "on-track-add")["tracks"]!.AsObject()).Key);
        Publish("A", RoomRig.Track("T1")[..^1] + "," + RoomRig.Track("T2", "video")[1..]);

        var add = _room.Notified("B", "on-track-add");
        Assert.Equal("T2", Assert.Single(add["tracks"]!.AsObject()).Key);
        Assert.Equal("A", (string?)add["peer"]!["peer_id"]);
        Assert.Equal(2, _room.State.Peers.TrackCount);
    }

    [Fact]
    public void MissingTrack_IsRemoved_AndThePeerIsNamed()
    {
        Publish("A", RoomRig.Track("T1"));
        _room.Read("B");
        Publish("A", "{}");
        var remove = _room.Notified("B", "on-track-remove");
        Assert.Equal("T1", Assert.Single(remove["tracks"]!.AsObject()).Key);
        Assert.Equal("A", (string?)remove["peer"]!["peer_id"]);
    }

    [Fact]
    public void RefusedOffer_ChangesNothing()
    {
        _room.Frame("A", $$"""{"method":"offer","params":{{RoomRig.Offer(RoomRig.Track("T1"))}},"id":"1"}""");
        _room.Finish<OfferMedia>(error: new(503, "away"));
        Assert.Equal(503, (int)_room.Read("A")[0]["error"]!["code"]!);
        Assert.Equal(0, _room.State.Peers.TrackCount);
        Assert.Empty(_room.Read("B"));
    }

    [Fact]
    public void TrackUpdate_WhileAnOfferWaits_IsNewerThanTheOffer()
    {
        Publish("A", RoomRig.Track("T1"));
        _room.Read("B");
        var both = RoomRig.Track("T1")[..^1] + "," + RoomRig.Track("T2", "video")[1..];
        _room.Frame("A", $$"""{"method":"offer","params":{{RoomRig.Offer(both)}},"id":"1"}""");
        _room.Notify("A", "track-update", $$"""{"tracks":{{RoomRig.Track("T1", mute: true)}}}""");
        _room.Notify("A", "track-update", $$"""{"tracks":{{RoomRig.Track("T2", "video", mute: true)}}}""");
        Assert.True((bool)_room.Notified("B", "on-track-update")["tracks"]!["T1"]!["mute"]!);

        _room.AnswerOffer();
        var told = _room.Read("B");
        Assert.DoesNotContain(told, frame => (string?)frame["method"] == "on-track-update");
        var added = Assert.Single(told, frame => (string?)frame["method"] == "on-track-add");
        Assert.True((bool)added["params"]!["tracks"]!["T2"]!["mute"]!);
        // The next offer is newer again.
        Publish("A", RoomRig.Track("T1"));
        Assert.False((bool)_room.Notified("B", "on-track-update")["tracks"]!["T1"]!["mute"]!);
    }

    [Fact]
    public void TrackUpdate_TellsMute_AndNothingThatMayNotChange()
    {
        Publish("A", RoomRig.Track("T1"));
        _room.Read("B");
        _room.Notify("A", "track-update", $$"""{"tracks":{{RoomRig.Track("T1", "video", mute: true, source: "screen")}}}""");
        var track = _room.Notified("B", "on-track-update")["tracks"]!["T1"]!;
        Assert.True((bool)track["mute"]!);
        Assert.Equal(("audio", "regular"), ((string?)track["type"], (string?)track["source"]));
        Assert.DoesNotContain(_room.Read("A"), frame => (string?)frame["method"] == "on-track-update");
    }

    [Fact]
    public void TrackOfAnotherPeer_IsNotTouched()
    {
        Publish("A", RoomRig.Track("T1"));
        _room.Read("B");
        Assert.Equal(409, _room.Refused("C", "offer", RoomRig.Offer(RoomRig.Track("T1"))));
        _room.Notify("C", "track-update", $$"""{"tracks":{{RoomRig.Track("T1", mute: true)}}}""");
        Assert.Equal("on-warning", (string?)_room.Read("C")[^1]["method"]);
        Assert.False(_room.State.Peers.Find("A")!.Tracks["T1"].Mute);
        Assert.Empty(_room.Read("B"));
    }

    [Fact]
    public void TrackOfARoleThatMayNot_IsPassedOver()
    {
        Publish("C", RoomRig.Track("S", "video", source: "screen"));
        Assert.Equal(0, _room.State.Peers.TrackCount);
        Assert.Empty(_room.Read("B"));
    }

    [Theory]
    [InlineData("""{"T":null}""")]
    [InlineData("""{"T":{"track_id":"U","type":"audio","stream_id":"s"}}""")]
    [InlineData("""{"T":{"track_id":"T","type":"smell","stream_id":"s"}}""")]
    [InlineData("""{"T":{"track_id":"T","type":"audio"}}""")]
    public void BrokenTracks_AreRefused(string tracks) => Assert.Equal(400, _room.Refused("A", "offer", RoomRig.Offer(tracks)));

    [Theory]
    [InlineData("""{"tracks":{}}""")]
    [InlineData("""{"desc":{"type":"answer","sdp":"v=0"},"tracks":{}}""")]
    [InlineData("""{"desc":{"type":"offer","sdp":"hello"},"tracks":{}}""")]
    public void BrokenDescriptions_AreRefused(string offer) => Assert.Equal(400, _room.Refused("A", "offer", offer));

    [Fact]
    public void OffersWithoutEnd_AreRefused()
    {
        for (var i = 0; i < 8; i++) _room.Frame("A", $$"""{"method":"offer","params":{{RoomRig.Offer("{}")}},"id":"{{i}}"}""");
        Assert.Equal(429, _room.Refused("A", "offer", RoomRig.Offer("{}")));
    }

    [Fact]
    public void MuteRequest_ReachesTheOwner_IfTheRoleMay()
    {
        Publish("C", RoomRig.Track("T1"));
        _room.Read("C");
        _room.Result("A", "track-update-request", """{"requested_for":"C","track_id":"T1","stream_id":"s-T1","mute":true}""");
        var request = _room.Notified("C", "on-track-update-request");
        Assert.Equal(("A", "T1", true), ((string?)request["requested_by"], (string?)request["track_id"], (bool)request["mute"]!));
        Assert.Equal(403, _room.Refused("B", "track-update-request", """{"requested_for":"C","track_id":"T1","mute":true}"""));
        Assert.Equal(404, _room.Refused("A", "track-update-request", """{"requested_for":"C","track_id":"T2","mute":true}"""));
    }

    [Fact]
    public void MuteRequestOfMany_IsFilteredByTheServer()
    {
        _room.Result("A", "change-track-mute-state-request", """{"roles":["stage"],"type":"audio","value":true}""");
        var request = _room.Notified("C", "on-change-track-mute-state-request");
        Assert.Equal(("audio", true), ((string?)request["type"], (bool)request["value"]!));
        Assert.Empty(_room.Read("B"));
        _room.Result("A", "change-track-mute-state-request", """{"value":false}""");
        Assert.Equal("on-change-track-mute-state-request", _room.Methods("B"));
        Assert.Empty(_room.Read("A"));
        Assert.Equal(403, _room.Refused("B", "change-track-mute-state-request", """{"value":true}"""));
        Assert.Equal(400, _room.Refused("A", "change-track-mute-state-request", """{"value":true,"type":"smell"}"""));
    }

    [Fact]
    public void MediaEvents_ReachWhomTheyAreFor()
    {
        _room.Apply(new MediaReported(new SubscribeOffered("B", "v=0 offer", "node-1")));
        Assert.Equal("offer", (string?)_room.Notified("B", "offer")["type"]);
        _room.Apply(new MediaReported(new SpeakersChanged([])));
        Assert.Empty(_room.Notified("A", "active-speakers")["speaker-list"]!.AsArray());
        _room.Apply(new MediaReported(new QualityChanged([new QualityShape("A", 4)])));
        Assert.Equal(4, (int)_room.Notified("B", "on-connection-quality-update")["peers"]![0]!["downlink_score"]!);
        _room.Apply(new MediaReported(new NodeChanged("B", "node-2")));
        Assert.Equal("node-2", (string?)_room.Notified("B", "node-info")["sfu_node_id"]);
        _room.Apply(new MediaReported(new NodeChanged("gone", "node-2")));
    }

    [Fact]
    public void WhoMovesToAnotherNode_IsToldTheTracksOfOthersAgain()
    {
        Publish("A", RoomRig.Track("a1"));
        _room.Read("B");
        _room.Apply(new MediaReported(new NodeChanged("B", "node-2")));
        var frames = _room.Read("B");
        Assert.Equal(["node-info", "on-track-add"], frames.Select(frame => (string?)frame["method"]));
        Assert.Equal("A", (string?)frames[1]["params"]!["peer"]!["peer_id"]);
        Assert.NotNull(frames[1]["params"]!["tracks"]!["a1"]);

        // Nothing of its own.
        _room.Apply(new MediaReported(new NodeChanged("A", "node-2")));
        Assert.EndsWith("node-info", _room.Methods("A"), StringComparison.Ordinal);
    }

    [Fact]
    public void AnswerAndTrickle_AreCheckedAndPassedOn()
    {
        _room.Notify("B", "answer", """{"desc":{"type":"answer","sdp":"v=0\r\n"}}""");
        Assert.Equal("B", _room.Finish<AnswerMedia>().Peer.PeerId);
        _room.Notify("B", "trickle", """{"target":1,"candidate":{"candidate":"candidate:1","sdpMid":"0","sdpMLineIndex":0}}""");
        Assert.Equal(1, _room.Finish<TrickleMedia>().Target);
        Assert.Empty(_room.Read("B"));
        _room.Notify("B", "trickle", """{"target":2,"candidate":{"candidate":"x"}}""");
        Assert.Equal(400, (int)_room.Notified("B", "on-warning")["code"]!);
    }

    private void Publish(string peer, string tracks)
    {
        _room.Read(peer);
        _room.Frame(peer, $$"""{"method":"offer","params":{{RoomRig.Offer(tracks)}},"id":"1"}""");
        _room.AnswerOffer();
        Assert.Equal("answer", (string?)_room.Read(peer)[0]["result"]!["type"]);
    }
}
