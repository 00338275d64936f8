using System.Text.Json;

using LiveStream.Contracts.Events.V1;

namespace LiveStream.Webhooks.Payloads;

/// <summary><c>peer.*</c> and <c>role.change.*</c>.</summary>
internal static class PeerPayloads
{
    // The other kind comes by telephone, which this platform does not have.
    private const string Regular = "regular";

    public static WebhookPayload Joined(PeerJoined e) => new(e.CustomerId, e.RoomId, "peer.join.success", (json, room) =>
    {
        json.WriteRoom(room, e.SessionId);
        WritePeer(json, e.PeerId, e.UserId, e.Name, e.UserData, e.Role);
        json.WriteTime("joined_at", e.JoinedAt);
        json.WriteString("type", Regular);
        json.WriteTime("session_started_at", e.SessionStartedAt);
    });

    public static WebhookPayload Left(PeerLeft e) => new(e.CustomerId, e.RoomId, "peer.leave.success", (json, room) =>
    {
        json.WriteRoom(room, e.SessionId);
        WritePeer(json, e.PeerId, e.UserId, e.Name, e.UserData, e.Role);
        json.WriteTime("joined_at", e.JoinedAt);
        json.WriteString("type", Regular);
        json.WriteTime("left_at", e.LeftAt);
        json.WriteDuration("duration", e.JoinedAt, e.LeftAt);
        json.WriteString("reason", e.Reason);
        json.WriteString("message", e.Message);
        json.WriteTime("session_started_at", e.SessionStartedAt);
    });

    public static WebhookPayload RoleChanged(PeerRoleChanged e) => new(e.CustomerId, e.RoomId, "role.change.success", (json, room) =>
    {
        json.WriteRoom(room, e.SessionId);
        json.WriteString("peer_id", e.PeerId);
        json.WriteString("user_id", e.UserId);
        json.WriteString("user_name", e.Name);
        json.WriteString("user_data", e.UserData);
        json.WriteString("previous_role", e.PreviousRole);
        json.WriteString("role", e.Role);
        json.WriteTime("joined_at", e.JoinedAt);
        json.WriteTime("session_started_at", e.SessionStartedAt);
        json.WriteTime("role_changed_at", e.ChangedAt);
        // A server is nobody.
        if (e.RequestedBy.Length > 0) json.WriteString("role_change_requested_by", e.RequestedBy);
    });

    public static WebhookPayload JoinFailed(PeerJoinFailed e) => new(e.CustomerId, e.RoomId, "peer.join.failure", (json, room) =>
    {
        json.WriteRoom(room, null);
        WritePeer(json, e.PeerId, e.UserId, e.UserName, e.UserData, e.Role);
        json.WriteTime("joined_at", null);
        json.WriteString("type", Regular);
        json.WriteString("error_message", e.ErrorMessage);
    });

    public static WebhookPayload LeaveFailed(PeerLeaveFailed e) => new(e.CustomerId, e.RoomId, "peer.leave.failure", (json, room) =>
    {
        json.WriteRoom(room, null);
        WritePeer(json, e.PeerId, e.UserId, e.UserName, e.UserData, e.Role);
        json.WriteTime("joined_at", null);
        json.WriteString("type", Regular);
        json.WriteTime("left_at", null);
        json.WriteNumber("duration", 0);
        json.WriteString("error_message", e.ErrorMessage);
    });

    public static WebhookPayload RoleChangeFailed(RoleChangeFailed e) => new(e.CustomerId, e.RoomId, "role.change.failure", (json, room) =>
    {
        json.WriteRoom(room, e.SessionId);
        json.WriteString("peer_id", e.PeerId);
        json.WriteString("user_id", e.UserId);
        json.WriteString("user_name", e.UserName);
        json.WriteString("user_data", e.UserData);
        json.WriteString("role", e.Role);
        json.WriteTime("joined_at", e.JoinedAt);
        json.WriteTime("session_started_at", e.SessionStartedAt);
        json.WriteString("error_message", e.ErrorMessage);
        if (e.RequestedBy.Length > 0) json.WriteString("role_change_requested_by", e.RequestedBy);
    });

    private static void WritePeer(Utf8JsonWriter json, string peerId, string userId, string name, string data, string role)
    {
        json.WriteString("peer_id", peerId);
        json.WriteString("user_id", userId);
        json.WriteString("user_name", name);
        json.WriteString("user_data", data);
        json.WriteString("role", role);
    }
}
