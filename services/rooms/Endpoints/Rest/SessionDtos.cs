using System.Text.Json.Serialization;

using LiveStream.Rooms.Domain;
using LiveStream.Rooms.Sessions;

namespace LiveStream.Rooms.Endpoints.Rest;

/// <summary>A session as REST shows it.</summary>
internal sealed record SessionDto(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("room_id")] string RoomId,
    [property: JsonPropertyName("customer_id")] string CustomerId,
    [property: JsonPropertyName("app_id")] string AppId,
    [property: JsonPropertyName("active")] bool Active,
    [property: JsonPropertyName("peers")] IReadOnlyDictionary<string, SessionPeerDto> Peers,
    [property: JsonPropertyName("created_at")] string CreatedAt,
    [property: JsonPropertyName("updated_at")] string UpdatedAt)
{
    public static SessionDto Of(SessionView view, Workspace workspace) => new(
        view.Session.Id,
        view.Session.RoomId,
        view.Session.CustomerId,
        workspace.AppId,
        view.Session.Active,
        view.Peers.ToDictionary(peer => peer.Id, SessionPeerDto.Of, StringComparer.Ordinal),
        RestTime.Format(view.Session.CreatedAt),
        RestTime.Format(view.Session.UpdatedAt));
}

/// <summary>Somebody who was in a session.</summary>
internal sealed record SessionPeerDto(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("session_id")] string SessionId,
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("role")] string Role,
    [property: JsonPropertyName("user_id")] string UserId,
    [property: JsonPropertyName("user")] string User,
    [property: JsonPropertyName("joined_at")] string JoinedAt,
    [property: JsonPropertyName("left_at")] string? LeftAt)
{
    // The deprecated field once held an id of the platform's own users; it repeats the customer's.
    public static SessionPeerDto Of(SessionPeer peer) => new(
        peer.Id, peer.SessionId, peer.Name, peer.Role, peer.UserId, peer.UserId, RestTime.Format(peer.JoinedAt), RestTime.Format(peer.LeftAt));
}

/// <summary>A page of sessions.</summary>
internal sealed record SessionPageDto(
    [property: JsonPropertyName("limit")] int Limit,
    [property: JsonPropertyName("data")] IReadOnlyList<SessionDto> Data,
    [property: JsonPropertyName("last")] string Last);

/// <summary>Generated JSON of sessions, active rooms, recordings and their files.</summary>
[JsonSerializable(typeof(SessionDto))]
[JsonSerializable(typeof(SessionPageDto))]
[JsonSerializable(typeof(ActiveRoomDto))]
[JsonSerializable(typeof(ActivePeersDto))]
[JsonSerializable(typeof(PeerWithTracksDto))]
[JsonSerializable(typeof(MessageDto))]
[JsonSerializable(typeof(RecordingDto))]
[JsonSerializable(typeof(RecordingPageDto))]
[JsonSerializable(typeof(StoppedRecordingsDto))]
[JsonSerializable(typeof(AssetDto))]
[JsonSerializable(typeof(AssetPageDto))]
[JsonSerializable(typeof(PresignedUrlDto))]
internal sealed partial class HistoryRestJson : JsonSerializerContext;
