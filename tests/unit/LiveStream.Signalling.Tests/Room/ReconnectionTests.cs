using LiveStream.Signalling.Room.State;

namespace LiveStream.Signalling.Tests.Room;

public sealed class ReconnectionTests
{
    private readonly RoomRig _room = new();

    [Fact]
    public void LostSocket_KeepsThePeerForAMinute()
    {
        _room.Join("A").Join("B");
        _room.Drop("B");
        Assert.Empty(_room.Read("A"));
        _room.Wait(TimeSpan.FromSeconds(59));
        Assert.Empty(_room.Read("A"));
        _room.Wait(TimeSpan.FromSeconds(1));

        Assert.Equal("on-peer-leave session-info", _room.Methods("A"));
        Assert.Equal(LeaveCause.Lost, Assert.Single(_room.Effects.OfType<PeerGone>()).Cause);
    }

    [Fact]
    public void NewSocket_GetsPolicyAndPeerListWithoutJoining()
    {
        _room.Join("A").Join("B");
        _room.Drop("B");
        _room.Wait(TimeSpan.FromSeconds(20));
        _room.Open("B");

        Assert.Equal("on-policy-change peer-list session-info on-peer-update", _room.Methods("B"));
        Assert.Contains(_room.Effects, effect => effect is ResumeMedia { PeerId: "B" });
        _room.Wait(TimeSpan.FromSeconds(120));
        Assert.Equal(2, _room.State.Peers.JoinedCount);
        Assert.Empty(_room.Read("A"));
    }

    [Fact]
    public void PreviewThatComesBack_SaysSoAndIsNotSentAway()
    {
        _room.Open("A");
        _room.Drop("A");
        _room.Wait(TimeSpan.FromSeconds(20));
        _room.Open("A");
        _room.Read("A");
        _room.Notify("A", "track-update", """{"tracks":{}}""");
        Assert.Empty(_room.Read("A"));
        _room.Result("A", "join");

        _room.Open("B");
        _room.Drop("B");
        _room.Wait(TimeSpan.FromSeconds(61));
        _room.Open("B");
        _room.Read("B");
        _room.Notify("B", "track-update", """{"tracks":{}}""");
        Assert.Equal(404, (int)_room.Notified("B", "on-error")["code"]!);
    }

    [Fact]
    public void WhoStayedAwayTooLong_IsToldAtOnceThatItHasToJoinAnew()
    {
        _room.Join("A").Join("B");
        _room.Drop("B");
        _room.Wait(TimeSpan.FromSeconds(61));
        _room.Open("B");
        _room.Read("B");
        _room.Notify("B", "track-update", """{"tracks":{}}""");
        Assert.Equal(404, (int)_room.Notified("B", "on-error")["code"]!);
    }

    [Fact]
    public void NewSocket_OffersWithoutJoining_AndTheSameTracksAreNoNews()
    {
        _room.Join("A", "host").Join("B");
        var offer = $$"""{"method":"offer","params":{{RoomRig.Offer(RoomRig.Track("T1"))}},"id":"1"}""";
        _room.Frame("A", offer);
        _room.AnswerOffer();
        _room.Read("B");
        _room.Drop("A");
        _room.Open("A", "host");
        _room.Read("A");
        _room.Frame("A", offer);
        _room.AnswerOffer();
        Assert.Equal("answer", (string?)_room.Read("A")[0]["result"]!["type"]);
        Assert.Empty(_room.Read("B"));
    }

    [Fact]
    public void NewSocket_GetsTheRoleOfNow_NotTheTokens()
    {
        _room.Join("A", "host").Join("B", "hls");
        _room.Result("A", "role-change-request", """{"requested_for":"B","role":"viewer","force":true}""");
        _room.Drop("B");
        _room.Open("B", "hls");
        Assert.Equal("viewer", (string?)_room.Notified("B", "on-policy-change")["name"]);
    }

    [Fact]
    public void PeerListAfterReconnection_IsWithoutTheSelf_AndEveryPeerHasTracks()
    {
        _room.Join("A", "host").Join("B");
        _room.Open("B");
        var peers = _room.Notified("B", "peer-list")["peers"]!.AsObject();
        Assert.Equal("A", Assert.Single(peers).Key);
        Assert.NotNull(peers["A"]!["tracks"]);
        Assert.True((bool)peers["A"]!["realtime"]!);
    }

    [Fact]
    public void NewestSocketWins_AndTheOldOneIsNotHeard()
    {
        _room.Join("A").Join("B");
        var old = _room.State.Peers.Find("B")!.Socket!.Value;
        _room.Open("B");
        Assert.Contains(_room.Effects, effect => effect is CloseSocket { Code: 1000 } close && close.Socket == old);

        // The end of the half-open socket comes later and means nothing.
        _room.Apply(new SocketClosed(old, Deliberate: true));
        Assert.NotNull(_room.State.Peers.FindJoined("B"));
        Assert.Empty(_room.Read("A"));
    }

    [Fact]
    public void SamePeerIdWithAnotherToken_IsRefused_AndThePeerNoticesNothing()
    {
        _room.Join("A");
        var socket = _room.State.Peers.Find("A")!.Socket;
        var stolen = _room.Open("A", token: "another token");

        Assert.Equal(409, (int)_room.ReadSocket(stolen)[0]["params"]!["code"]!);
        Assert.Equal(socket, _room.State.Peers.Find("A")!.Socket);
    }

    [Fact]
    public void SubscriptionToTheStore_BelongsToThePeer()
    {
        _room.Join("A").Join("B");
        _room.Result("B", "listen-metadata-change", """{"keys":["spotlight"]}""");
        _room.Drop("B");
        _room.Result("A", "set-metadata", """{"key":"spotlight","data":"A"}""");
        _room.Open("B");

        Assert.Equal("A", (string?)_room.Notified("B", "on-metadata-change")["values"]![0]!["data"]);
        _room.Result("A", "set-metadata", """{"key":"spotlight","data":"B"}""");
        Assert.Equal("B", (string?)_room.Notified("B", "on-metadata-change")["values"]![0]!["data"]);
    }

    [Fact]
    public void LostPreview_IsForgottenAtOnce()
    {
        _room.Open("A");
        _room.Drop("A");
        Assert.True(_room.State.IsIdle);
        Assert.Contains(_room.Effects, effect => effect is PeerForgotten);
    }

    [Fact]
    public void LostPeer_CountsForTheLimitOfItsRole()
    {
        _room.Join("A", "stage").Join("B", "stage");
        _room.Drop("B");
        _room.Open("C", "stage");
        Assert.Equal(403, _room.Refused("C", "join"));
        _room.Wait(TimeSpan.FromSeconds(60));
        _room.Result("C", "join");
    }

    [Fact]
    public void PersonOfAnotherProcess_ComesBackWithoutJoining_InTheRoleOfTheRecord()
    {
        _room.Join("B");
        _room.TakeOver("A", "stage", "Ann");
        Assert.Empty(_room.Read("B"));
        _room.Open("A", "viewer");
        Assert.Equal("Ann", Assert.Single(_room.Effects.OfType<PeerEntered>()).Peer.Info.Name);
        Assert.Equal("A", Assert.Single(_room.Effects.OfType<ExpectMedia>()).PeerId);
        var told = _room.Read("A");
        Assert.Equal(["on-policy-change", "peer-list", "session-info", "on-peer-update"], told.Select(frame => (string?)frame["method"]).Distinct());
        Assert.Equal("stage", (string?)told[0]["params"]!["name"]);
        Assert.Equal("A", (string?)_room.Notified("B", "on-peer-join")["peer_id"]);
        // What a client says first, and what the record does not have: which keys it listens to.
        _room.Notify("A", "track-update", """{"tracks":{}}""");
        Assert.Empty(_room.Read("A"));
        _room.Result("B", "set-metadata", """{"key":"spotlight","data":"A"}""");
        Assert.Equal("spotlight", (string?)_room.Notified("A", "on-metadata-change")["values"]![0]!["key"]);
    }

    [Fact]
    public void PersonOfAnotherProcess_IsTheFirst_ASessionBegins()
    {
        _room.TakeOver("A", "hls");
        Assert.True(_room.State.IsIdle);
        _room.Open("A", "hls");
        Assert.Single(_room.Effects.OfType<SessionBegan>());
        Assert.Empty(_room.Effects.OfType<ExpectMedia>());
        Assert.NotNull(_room.State.Peers.FindJoined("A"));
    }

    [Fact]
    public void PersonOfAnotherProcess_WithAnotherToken_IsRefused_AndTheRightOneIsNot()
    {
        _room.TakeOver("A", "host");
        var stolen = _room.Open("A", "viewer", token: "another token");
        Assert.Equal(409, (int)_room.ReadSocket(stolen)[0]["params"]!["code"]!);
        Assert.Empty(_room.State.Peers.All);
        _room.Open("A", "host");
        Assert.Equal("host", _room.State.Peers.FindJoined("A")!.Role);
    }

    [Fact]
    public void PersonOfAnotherProcess_WhoComesTooLate_OrWhoseRoleIsGone_JoinsLikeAnybody()
    {
        _room.TakeOver("A", "host");
        _room.TakeOver("B", "king");
        _room.Open("B", "viewer");
        Assert.False(_room.State.Peers.Find("B")!.IsJoined);
        _room.Wait(TimeSpan.FromSeconds(60));
        _room.Open("A", "viewer");
        Assert.False(_room.State.Peers.Find("A")!.IsJoined);
        _room.Result("A", "join");
        Assert.Equal("viewer", _room.State.Peers.FindJoined("A")!.Role);
    }

    [Fact]
    public void TrackUpdateOfAReturnedViewerWithoutTracks_IsTolerated()
    {
        _room.Join("A", "hls");
        _room.Open("A", "hls");
        _room.Read("A");
        _room.Notify("A", "track-update", """{"tracks":{}}""");
        Assert.Empty(_room.Read("A"));
    }
}
