using LiveStream.Signalling.Protocol;
using LiveStream.Signalling.Protocol.Notifications;
using LiveStream.Signalling.Protocol.Requests;
using LiveStream.Signalling.Room.State;

namespace LiveStream.Signalling.Room.Methods;

/// <summary>Groups of peers; a raised hand is one of them. Of others only those may decide who may change their role.</summary>
internal static class GroupMethods
{
    public static void Join(Call call, GroupParams group) => Change(call, group, call.Peer, joins: true);

    public static void Leave(Call call, GroupParams group) => Change(call, group, call.Peer, joins: false);

    public static void Add(Call call, GroupParams group) => ChangeOther(call, group, joins: true);

    public static void Remove(Call call, GroupParams group) => ChangeOther(call, group, joins: false);

    private static void ChangeOther(Call call, GroupParams group, bool joins)
    {
        if (group.PeerId != call.Peer.Id && !call.Requires(call.Permissions.ChangeRole, "change the groups of others")) return;
        if (call.Room.Peers.FindJoined(group.PeerId) is { } target) Change(call, group, target, joins);
        else call.Refuse(ErrorCode.NotFound, "peer not found");
    }

    private static void Change(Call call, GroupParams group, Peer target, bool joins)
    {
        if (!Texts.IsName(group.Name))
        {
            call.Refuse(ErrorCode.BadRequest, "no name like that");
            return;
        }

        if (joins && target.Groups.Count >= ProtocolLimits.MaxGroups && !target.Groups.Contains(group.Name))
        {
            call.Refuse(ErrorCode.Forbidden, $"the peer is in {ProtocolLimits.MaxGroups} groups already");
            return;
        }

        if (joins && group.Name == RoomState.RaisedHand && !target.Groups.Contains(group.Name) && call.Room.HasAllHands)
        {
            call.Refuse(ErrorCode.Forbidden, $"{ProtocolLimits.MaxRaisedHands} hands are raised already");
            return;
        }

        var changed = joins ? target.JoinGroup(group.Name) : target.LeaveGroup(group.Name);
        call.Answer(new GroupsResult(target.Info.Groups));
        // To the peer itself too: clients show a hand only when the server says so.
        if (changed) call.Room.TellUpdated(target, toItself: true);
        // What it shows is not so: it was not told of an earlier change.
        else call.Room.SendTo(target, new OnPeerUpdate(target.Entry));
    }
}
