using LiveStream.Signalling.Protocol;
using LiveStream.Signalling.Protocol.Notifications;
using LiveStream.Signalling.Protocol.Requests;
using LiveStream.Signalling.Room.State;

namespace LiveStream.Signalling.Room.Methods;

/// <summary>Chat messages and custom events.</summary>
internal static class MessageMethods
{
    private const string Chat = "chat";

    public static void Broadcast(Call call, BroadcastParams broadcast)
    {
        var (room, sender) = (call.Room, call.Peer);
        if (broadcast.Info?.Message is not { } text || !Texts.Fits(broadcast.Info.Type, ProtocolLimits.MaxNameLength) || !Texts.AreNames(broadcast.Roles))
        {
            call.Refuse(ErrorCode.BadRequest, "no message, type or roles like that");
            return;
        }

        if (text.Length > room.Limits.MaxMessageLength)
        {
            call.Refuse(ErrorCode.TooLarge, $"the message is longer than {room.Limits.MaxMessageLength} characters");
            return;
        }

        Peer? receiver = null;
        if (broadcast.PeerId is not null && (receiver = room.Peers.FindJoined(broadcast.PeerId)) is null)
        {
            call.Refuse(ErrorCode.NotFound, "peer not found");
            return;
        }

        Deliver(room, sender, text, broadcast.Info.Type, receiver is null ? broadcast.Roles ?? [] : [], receiver, call);
    }

    /// <summary>Gives a message to whom it is for.</summary>
    /// <param name="room">Where.</param>
    /// <param name="sender">Who; null for a server.</param>
    /// <param name="text">What.</param>
    /// <param name="type"><c>chat</c> when there is none.</param>
    /// <param name="roles">Receiving roles; none for everybody.</param>
    /// <param name="receiver">The one receiver; null for many.</param>
    /// <param name="call">Answered first, if there is one.</param>
    public static void Deliver(RoomState room, Peer? sender, string text, string? type, IReadOnlyList<string> roles, Peer? receiver, Call? call = null)
    {
        var body = new MessageBody(text, string.IsNullOrEmpty(type) ? Chat : type);
        var message = new OnBroadcast(sender?.Info, roles, receiver is not null, room.NewId(), room.Now.ToUnixTimeMilliseconds(), body);

        // The sender shows its own message by this reply, and would show it twice if it also came as a notification.
        call?.Answer(new BroadcastResult(message.MessageId, message.Timestamp));
        room.SendTo(ReceiversOf(room, roles, receiver).Where(peer => peer != sender), message);
    }

    private static IEnumerable<Peer> ReceiversOf(RoomState room, IReadOnlyList<string> roles, Peer? receiver)
    {
        if (receiver is not null) return [receiver];
        return roles.Count == 0 ? room.Peers.Joined : room.Peers.Joined.Where(peer => roles.Contains(peer.Role));
    }
}
