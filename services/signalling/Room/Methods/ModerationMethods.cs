using LiveStream.Signalling.Protocol;
using LiveStream.Signalling.Protocol.Notifications;
using LiveStream.Signalling.Protocol.Requests;
using LiveStream.Signalling.Room.State;

namespace LiveStream.Signalling.Room.Methods;

/// <summary>Removing one peer, or everybody.</summary>
internal static class ModerationMethods
{
    public static void RemovePeer(Call call, PeerLeaveRequestParams request)
    {
        if (!call.Requires(call.Permissions.RemoveOthers, "remove others")) return;
        if (!Texts.Fits(request.Reason, ProtocolLimits.MaxTextLength)) call.Refuse(ErrorCode.BadRequest, "the reason is too long");
        else if (call.Room.Peers.FindJoined(request.RequestedFor) is not { } target) call.Refuse(ErrorCode.NotFound, "peer not found");
        else
        {
            call.Answer();
            call.Room.Dismiss(target, new OnPeerLeaveRequest(call.Peer.Id, request.Reason ?? "", RoomEnd: false), LeaveCause.Removed);
        }
    }

    public static void EndRoom(Call call, EndRoomParams end)
    {
        if (!call.Requires(call.Permissions.EndRoom, "end the room")) return;
        if (!Texts.Fits(end.Reason, ProtocolLimits.MaxTextLength))
        {
            call.Refuse(ErrorCode.BadRequest, "the reason is too long");
            return;
        }

        call.Answer();
        call.Room.End(call.Peer, end.Reason ?? "", end.Lock);
    }
}
