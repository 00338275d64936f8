using LiveStream.Contracts.Events.V1;

namespace LiveStream.Webhooks.Payloads;

/// <summary><c>session.*</c> and <c>room.end.*</c>.</summary>
internal static class SessionPayloads
{
    public static WebhookPayload Opened(SessionOpened e) => new(e.CustomerId, e.RoomId, "session.open.success", (json, room) =>
    {
        json.WriteRoom(room, e.SessionId);
        json.WriteTime("session_started_at", e.OpenedAt);
    });

    public static WebhookPayload Closed(SessionClosed e) => new(e.CustomerId, e.RoomId, "session.close.success", (json, room) =>
    {
        json.WriteRoom(room, e.SessionId);
        json.WriteTime("session_started_at", e.OpenedAt);
        json.WriteTime("session_stopped_at", e.ClosedAt);
        json.WriteDuration("session_duration", e.OpenedAt, e.ClosedAt);
    });

    public static WebhookPayload RoomEnded(RoomEnded e) => new(e.CustomerId, e.RoomId, "room.end.success", (json, room) =>
    {
        json.WriteRoom(room, e.SessionId);
        json.WriteString("peer_id", e.PeerId);
        json.WriteString("user_id", e.UserId);
        json.WriteString("user_name", e.Name);
        json.WriteString("role", e.Role);
        json.WriteBoolean("lock_room", e.Locked);
        json.WriteString("reason", e.Reason);
        json.WriteString("source", e.PeerId.Length > 0 ? "peer" : "api");
        json.WriteTime("session_started_at", e.SessionStartedAt);
    });

    public static WebhookPayload RoomEndFailed(RoomEndFailed e) => new(e.CustomerId, e.RoomId, "room.end.failure", (json, room) =>
    {
        json.WriteRoom(room, null);
        json.WriteString("peer_id", e.PeerId);
        json.WriteString("user_id", e.UserId);
        json.WriteString("user_name", e.Name);
        json.WriteString("role", e.Role);
        json.WriteBoolean("lock_room", e.Lock);
        json.WriteString("reason", e.Reason);
        json.WriteString("source", e.PeerId.Length > 0 ? "peer" : "api");
        // There was none.
        json.WriteTime("session_started_at", null);
        json.WriteString("error_message", e.ErrorMessage);
        json.WriteNumber("error_code", e.ErrorCode);
    });
}
