using LiveStream.Contracts.Rooms.V1;
using LiveStream.Signalling.Media;
using LiveStream.Signalling.Protocol;
using LiveStream.Signalling.Protocol.Notifications;
using LiveStream.Signalling.Room.State;

namespace LiveStream.Signalling.Room.Methods;

/// <summary>One message at work: who sent it, and how to answer.</summary>
/// <param name="room">Where.</param>
/// <param name="peer">Who.</param>
/// <param name="socket">The socket it came by, which may be gone when the answer is there.</param>
/// <param name="id">Null for a notification.</param>
internal sealed class Call(RoomState room, Peer peer, long socket, RequestId? id)
{
    public RoomState Room => room;

    public Peer Peer => peer;

    public RolePermissions Permissions => room.Rules.PermissionsOf(peer.Role);

    public MediaPeer MediaPeer => new(room.Rules.RoomId, peer.Id, room.Rules.Find(peer.Role)!);

    /// <summary>Done. Comes before what follows from it, so that the client knows its own act first.</summary>
    public void Answer(object result)
    {
        if (id is { } request) room.Emit(new Send([socket], new ReplyMessage(request, result)));
    }

    /// <summary>Done, and nothing more to say.</summary>
    public void Answer() => Answer(EmptyResult.Value);

    /// <summary>Not done. There is nothing to reply to in a notification, so its sender gets a warning.</summary>
    public void Refuse(int code, string message) => Refuse(new ProtocolError(code, message));

    /// <summary>Not done.</summary>
    public void Refuse(ProtocolError error) => room.Emit(new Send(
        [socket], id is { } request ? new ErrorMessage(request, error) : new OnWarning(error.Code, error.Message)));

    /// <summary>Whether the role has a right; if not, the call is refused.</summary>
    public bool Requires(bool permission, string what)
    {
        if (!permission) Refuse(ErrorCode.Forbidden, $"the role {peer.Role} may not {what}");
        return permission;
    }
}
