using LiveStream.Signalling.Room.State;

namespace LiveStream.Signalling.Tests.Room;

public sealed class RoleTests
{
    private readonly RoomRig _room = new();

    [Fact]
    public void Forced_TellsTheTargetItsPolicyAndNothingElse_AndTheOthersAnUpdate()
    {
        _room.Join("A", "host").Join("B", "hls").Join("C");
        _room.Frame("A", """{"method":"role-change-request","params":{"requested_for":"B","role":"viewer","force":true},"id":"1"}""");

        Assert.Equal("on-policy-change", _room.Methods("B"));
        Assert.Equal("reply on-peer-update", _room.Methods("A"));
        var update = _room.Notified("C", "on-peer-update");
        Assert.Equal("viewer", (string?)update["role"]);
        Assert.True((bool)update["realtime"]!);
        Assert.Contains(_room.Effects, effect => effect is ChangeMediaRole { Peer.Role.Name: "viewer" });
        Assert.Contains(_room.Effects, effect => effect is RoleChanged { From: "hls", RequestedBy: "A" });
    }

    [Fact]
    public void Invited_ChangesNothingUntilAccepted()
    {
        _room.Join("A", "host").Join("B", "hls");
        _room.Result("A", "role-change-request", """{"requested_for":"B","role":"stage","force":false}""");
        var invite = _room.Notified("B", "on-role-change-request");
        Assert.Equal("A", (string?)invite["requested_by"]);
        Assert.Equal("hls", _room.State.Peers.Find("B")!.Role);

        _room.Frame("B", $$"""{"method":"role-change","params":{"requested_by":"A","role":"stage","token":"{{invite["token"]}}"},"id":"1"}""");
        Assert.Equal("reply on-policy-change", _room.Methods("B"));
        Assert.Equal("on-peer-update", _room.Methods("A"));
    }

    [Fact]
    public void Invitation_IsGoodOnce_ForItsPeerAndRole_AndForAWhile()
    {
        _room.Join("A", "host").Join("B", "hls").Join("C", "hls");
        var token = Invite("B", "stage");
        Assert.Equal(403, _room.Refused("C", "role-change", Accept("stage", token)));
        Assert.Equal(403, _room.Refused("B", "role-change", Accept("host", token)));
        Assert.Equal(403, _room.Refused("B", "role-change", Accept("stage", "guess")));
        Assert.Equal(403, _room.Refused("B", "role-change"));
        _room.Result("B", "role-change", Accept("stage", token));
        // Said again, as a client does whose answer was lost: it has what it asks for, and nothing more happens.
        _room.Result("B", "role-change", Accept("stage", token));
        _room.Result("A", "role-change-request", """{"requested_for":"B","role":"hls","force":true}""");
        Assert.Equal(403, _room.Refused("B", "role-change", Accept("stage", token)));

        token = Invite("C", "stage");
        _room.Wait(TimeSpan.FromMinutes(6));
        Assert.Equal(403, _room.Refused("C", "role-change", Accept("stage", token)));
    }

    [Fact]
    public void FurtherInvitations_LeaveTheFirst_WhichIsTheOneThatClientsShow()
    {
        _room.Join("A", "host").Join("B", "hls");
        var first = Invite("B", "stage");
        Assert.NotEqual(first, Invite("B", "viewer"));
        _room.Wait(TimeSpan.FromMinutes(4));
        Assert.Equal(first, Invite("B", "stage"));
        _room.Wait(TimeSpan.FromMinutes(4));
        _room.Result("B", "role-change", Accept("stage", first));
    }

    [Fact]
    public void Bulk_ChangesEveryPeerOfTheRoles()
    {
        _room.Join("A", "host").Join("B", "hls").Join("C", "hls").Join("D", "stage");
        _room.Result("A", "role-change-request", """{"roles":["hls"],"role":"viewer","force":true}""");

        Assert.Equal(["host", "viewer", "viewer", "stage"], _room.State.Peers.Joined.Select(peer => peer.Role));
        Assert.Equal("on-policy-change", _room.Methods("B").Split(' ')[0]);
        Assert.Equal(400, _room.Refused("A", "role-change-request", """{"roles":["hls"],"role":"viewer","force":false}"""));
    }

    [Fact]
    public void Limits_HoldForEveryWay()
    {
        _room.Join("A", "host").Join("B", "hls").Join("C", "hls").Join("D", "hls");
        Assert.Equal(403, _room.Refused("A", "role-change-request", """{"roles":["hls"],"role":"stage","force":true}"""));
        Assert.Equal(3, _room.State.Peers.TakenBy("hls"));
        var token = Invite("B", "stage");
        Force("C", "stage");
        Force("D", "stage");
        Assert.Equal(403, _room.Refused("A", "role-change-request", """{"requested_for":"B","role":"stage","force":true}"""));
        Assert.Equal(403, _room.Refused("B", "role-change", Accept("stage", token)));
        // Whoever goes makes room.
        Force("C", "hls");
        _room.Result("B", "role-change", Accept("stage", token));
    }

    [Fact]
    public void WithoutTheRight_NothingChanges()
    {
        _room.Join("A").Join("B", "hls");
        Assert.Equal(403, _room.Refused("A", "role-change-request", """{"requested_for":"B","role":"host","force":true}"""));
        Assert.Equal(403, _room.Refused("A", "role-change-request", """{"requested_for":"A","role":"host","force":true}"""));
        Assert.Equal(403, _room.Refused("A", "role-change-request", """{"roles":["hls"],"role":"host","force":true}"""));
        Assert.Empty(_room.Read("B"));
    }

    [Fact]
    public void UnknownRoleOrPeer_IsRefused()
    {
        _room.Join("A", "host").Join("B");
        Assert.Equal(400, _room.Refused("A", "role-change-request", """{"requested_for":"B","role":"king","force":true}"""));
        Assert.Equal(404, _room.Refused("A", "role-change-request", """{"requested_for":"X","role":"host","force":true}"""));
        Assert.Equal(400, _room.Refused("A", "role-change-request", """{"role":"host","force":true}"""));
    }

    [Fact]
    public void SameRole_IsDoneAlready()
    {
        _room.Join("A", "host").Join("B");
        Force("B", "viewer");
        Assert.Empty(_room.Read("B"));
    }

    [Fact]
    public void TracksThatTheNewRoleMayNotPublish_AreTakenAway()
    {
        _room.Join("A", "host").Join("B", "stage").Join("C");
        _room.Frame("B", $$"""{"method":"offer","params":{{RoomRig.Offer(RoomRig.Track("T"))}},"id":"1"}""");
        _room.AnswerOffer();
        _room.Read("C");
        Force("B", "hls");

        Assert.Equal("on-peer-update on-track-remove session-info", _room.Methods("C"));
        Assert.Empty(_room.State.Peers.Find("B")!.Tracks);
    }

    private void Force(string peer, string role) =>
        _room.Result("A", "role-change-request", $$"""{"requested_for":"{{peer}}","role":"{{role}}","force":true}""");

    private string Invite(string peer, string role)
    {
        _room.Read(peer);
        _room.Result("A", "role-change-request", $$"""{"requested_for":"{{peer}}","role":"{{role}}","force":false}""");
        return (string)_room.Notified(peer, "on-role-change-request")["token"]!;
    }

    private static string Accept(string role, string token) => $$"""{"requested_by":"A","role":"{{role}}","token":"{{token}}"}""";
}
