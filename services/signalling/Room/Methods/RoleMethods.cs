using LiveStream.Signalling.Media;
using LiveStream.Signalling.Protocol;
using LiveStream.Signalling.Protocol.Notifications;
using LiveStream.Signalling.Protocol.Requests;
using LiveStream.Signalling.Room.State;

namespace LiveStream.Signalling.Room.Methods;

/// <summary>Roles move people between the stage and the two audiences: forced, by invitation, or many at once.</summary>
internal static class RoleMethods
{
    /// <summary>Clients know this text.</summary>
    public const string LimitReached = "role limit reached";

    public static void Request(Call call, RoleChangeRequestParams request)
    {
        if (!call.Requires(call.Permissions.ChangeRole, "change roles")) return;
        if (call.Room.Rules.Find(request.Role) is null) call.Refuse(ErrorCode.BadRequest, "role not found");
        else if (request.RequestedFor is not null) RequestOne(call, request.RequestedFor, request.Role!, request.Force);
        else if (request.Roles is { Count: > 0 }) RequestMany(call, request);
        else call.Refuse(ErrorCode.BadRequest, "requested_for or roles is required");
    }

    public static void Accept(Call call, RoleChangeParams accept)
    {
        var (room, peer) = (call.Room, call.Peer);
        var invite = room.Invites.Find(peer.Id, accept.Role, accept.Token, room.Now);
        // Said again, as the answer was lost with a socket: it has what it asks for.
        if (invite is null && peer.Role == accept.Role) call.Answer();
        else if (invite is null) call.Refuse(ErrorCode.Forbidden, "no such invitation");
        else if (!HasPlace(room, invite.Role, peer.Role == invite.Role ? 0 : 1))
        {
            call.Refuse(ErrorCode.Forbidden, LimitReached);
            TellRefusal(room, peer, invite.Role, invite.RequestedBy);
        }
        else
        {
            room.Invites.Remove(peer.Id);
            call.Answer();
            Apply(room, peer, invite.Role, invite.RequestedBy);
        }
    }

    /// <summary>Whether so many more peers may have the role.</summary>
    public static bool HasPlace(RoomState room, string role, int more)
    {
        var most = room.Rules.Find(role)?.MaxPeerCount ?? -1;
        return more == 0 || most == 0 || (most > 0 && room.Peers.TakenBy(role) + more <= most);
    }

    /// <summary>Gives a peer another role, at once.</summary>
    public static void Apply(RoomState room, Peer peer, string role, string? requestedBy)
    {
        if (peer.Role == role) return;
        var before = peer.Role;
        room.Invites.Remove(peer.Id);
        room.Peers.SetRole(peer, role);
        // The peer itself learns it as a policy, and by nothing else: an update would change the label and not the media.
        room.SendTo(peer, room.Rules.PolicyFor(role));
        // By the update clients may forget the peer: then its tracks go before it.
        if (!room.IsOfInterest(peer)) TrackMethods.RemoveForbidden(room, peer);
        room.TellUpdated(peer, toItself: false);
        TrackMethods.RemoveForbidden(room, peer);
        room.Emit(new ChangeMediaRole(new MediaPeer(room.Rules.RoomId, peer.Id, room.Rules.Find(role)!)));
        room.Emit(new RoleChanged(room.Session!.Value.Id, peer.Info, before, requestedBy, room.Now));
    }

    /// <summary>The role is full: the peer keeps its own, and the record hears of it.</summary>
    public static void TellRefusal(RoomState room, Peer peer, string wanted, string? requestedBy) => room.TellRefusal(
        new RoleRefused(room.Session!.Value, peer.Info, wanted, peer.JoinedAt, requestedBy, room.Now, LimitReached));

    private static void RequestOne(Call call, string peerId, string role, bool force)
    {
        var room = call.Room;
        if (room.Peers.FindJoined(peerId) is not { } target) call.Refuse(ErrorCode.NotFound, "peer not found");
        else if (target.Role == role) call.Answer();
        else if (!HasPlace(room, role, 1))
        {
            call.Refuse(ErrorCode.Forbidden, LimitReached);
            TellRefusal(room, target, role, call.Peer.Id);
        }
        else if (force)
        {
            call.Answer();
            Apply(room, target, role, call.Peer.Id);
        }
        else
        {
            var invite = room.Invites.Add(room.NewId(), target.Id, role, call.Peer.Id, room.Now);
            call.Answer();
            room.SendTo(target, new OnRoleChangeRequest(call.Peer.Id, role, invite.Token));
        }
    }

    // All or none: who would be left behind could not be told.
    private static void RequestMany(Call call, RoleChangeRequestParams request)
    {
        var (room, role) = (call.Room, request.Role!);
        if (!request.Force || !Texts.AreNames(request.Roles))
        {
            call.Refuse(ErrorCode.BadRequest, "many roles are changed by force only");
            return;
        }

        var targets = room.Peers.Joined.Where(peer => peer.Role != role && request.Roles!.Contains(peer.Role)).ToArray();
        if (!HasPlace(room, role, targets.Length))
        {
            call.Refuse(ErrorCode.Forbidden, LimitReached);
            foreach (var target in targets) TellRefusal(room, target, role, call.Peer.Id);
            return;
        }

        call.Answer();
        foreach (var target in targets) Apply(room, target, role, call.Peer.Id);
    }
}
