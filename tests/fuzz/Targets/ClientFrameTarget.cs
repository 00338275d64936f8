using System.Text.Json;

using LiveStream.Contracts.Rooms.V1;
using LiveStream.Signalling.Protocol;
using LiveStream.Signalling.Room.Methods;
using LiveStream.Signalling.Room.State;

namespace LiveStream.Fuzz.Targets;

/// <summary>
/// A frame of a client: it is read or refused, and a room in which its sender may do everything reacts without failing. A
/// request is answered at once or by a command, and whatever the room says can be written.
/// </summary>
public sealed class ClientFrameTarget : IFuzzTarget
{
    private const long Sender = 1, Other = 2;

    private static readonly DateTimeOffset s_now = DateTimeOffset.UnixEpoch.AddDays(20_000);

    private static readonly RoomRules s_rules = new(Policy());

    public string Name => "ClientFrame";

    public void Run(ReadOnlySpan<byte> input)
    {
        var error = FrameReader.TryRead(input.ToArray(), out var frame);
        Oracle.Same(frame is null, error != FrameError.None, "a frame or an error");
        if (frame is null) return;
        Oracle.Holds(frame.Method.Length is > 0 and <= ProtocolLimits.MaxMethodLength, "the method's length");
        var (message, refusal) = ClientMessage.Read(frame);
        Oracle.Same(message is null, refusal is not null, "a message or a refusal");
        if (frame.Id is { } id) Oracle.Same(Written(new ErrorMessage(id, refusal ?? new(500, ""))).GetProperty("id").GetRawText(), id.Json, "the id comes back");
        if (message is not null) InARoom(message);
    }

    private static void InARoom(ClientMessage message)
    {
        var ids = 0;
        var room = new RoomState(s_rules, new RoomLimits(), () => $"id{++ids}", _ => $"session{++ids}", new LostPreviews());
        Enter(room, Sender, "host");
        Enter(room, Other, "guest");
        // Twice: the second one finds what the first one left.
        for (var i = 0; i < 2; i++)
        {
            var effects = room.Apply(new MessageReceived(Sender, message), s_now).ToList();
            foreach (var command in effects.OfType<RoomCommand>().Where(command => command.Ticket != 0).ToArray())
                effects.AddRange(room.Apply(new CommandFinished(command.Ticket, null, new ProtocolError(ErrorCode.Unavailable, "away")), s_now));

            var replies = 0;
            foreach (var send in effects.OfType<Send>())
            {
                Written(send.Message);
                if (send.Message is ReplyMessage or ErrorMessage && send.Sockets.Contains(Sender)) replies++;
            }

            // Who has left is told nothing any more, but for that.
            if (message.Id is not null) Oracle.Same(replies, 1, "one reply");
        }
    }

    private static void Enter(RoomState room, long socket, string role)
    {
        room.Apply(new SocketOpened(socket, new PeerIdentity($"p{socket}", "", role, $"token {socket}")), s_now);
        FrameReader.TryRead("""{"method":"join","params":{"name":"x","data":""},"id":"0"}"""u8.ToArray(), out var join);
        room.Apply(new MessageReceived(socket, ClientMessage.Read(join!).Message!), s_now);
    }

    private static JsonElement Written(ServerMessage message) => JsonElement.Parse(FrameWriter.Write(message).Text.Span);

    private static RoomPolicy Policy()
    {
        var policy = new RoomPolicy { CustomerId = "c1", RoomId = "r1", Name = "room", TemplateId = "t1" };
        foreach (var name in new[] { "host", "guest" })
        {
            var role = new RolePolicy
            {
                Name = name,
                Permissions = new RolePermissions
                {
                    EndRoom = true, RemoveOthers = true, Mute = true, Unmute = true, ChangeRole = true,
                    HlsStreaming = true, RtmpStreaming = true, BrowserRecording = true,
                },
            };
            role.Publish.AddRange(["audio", "video"]);
            role.SubscribeToRoles.AddRange(["host", "guest"]);
            policy.Roles.Add(name, role);
        }

        return policy;
    }
}
