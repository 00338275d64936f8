using System.Text.Json.Serialization;

using Google.Protobuf.WellKnownTypes;

using LiveStream.Contracts.RoomControl.V1;
using LiveStream.Rooms.Domain;

namespace LiveStream.Rooms.Endpoints.Rest;

/// <summary>A room that somebody is in.</summary>
internal sealed record ActiveRoomDto(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("customer_id")] string CustomerId,
    [property: JsonPropertyName("session")] ActiveSessionDto Session)
{
    public static ActiveRoomDto Of(ActiveRoom active, Room room) => new(
        room.Id, room.Name, room.CustomerId, new ActiveSessionDto(active.SessionId, PeerTimes.Format(active.SessionCreatedAt), active.PeerIds));
}

/// <summary>Its session.</summary>
internal sealed record ActiveSessionDto(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("created_at")] string? CreatedAt,
    [property: JsonPropertyName("peers")] IReadOnlyList<string> Peers);

/// <summary>People in a room, by their ids.</summary>
internal sealed record ActivePeersDto([property: JsonPropertyName("peers")] IReadOnlyDictionary<string, PeerDto> Peers)
{
    public static ActivePeersDto Of(PeerList list)
    {
        var peers = new Dictionary<string, PeerDto>(StringComparer.Ordinal);
        foreach (var peer in list.Peers) peers[peer.Id] = PeerDto.Of(peer);
        return new ActivePeersDto(peers);
    }
}

/// <summary>A person in a room.</summary>
internal sealed record PeerDto(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("user_id")] string UserId,
    [property: JsonPropertyName("metadata")] string Metadata,
    [property: JsonPropertyName("role")] string Role,
    [property: JsonPropertyName("joined_at")] string? JoinedAt)
{
    public static PeerDto Of(Peer peer) => new(peer.Id, peer.Name, peer.UserId, peer.Metadata, peer.Role, PeerTimes.Format(peer.JoinedAt));
}

/// <summary>A person with what it publishes.</summary>
internal sealed record PeerWithTracksDto(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("user_id")] string UserId,
    [property: JsonPropertyName("metadata")] string Metadata,
    [property: JsonPropertyName("role")] string Role,
    [property: JsonPropertyName("joined_at")] string? JoinedAt,
    [property: JsonPropertyName("tracks")] IReadOnlyDictionary<string, TrackDto> Tracks)
{
    public static PeerWithTracksDto Of(Peer peer)
    {
        var tracks = new Dictionary<string, TrackDto>(StringComparer.Ordinal);
        foreach (var track in peer.Tracks) tracks[track.Id] = TrackDto.Of(track);
        return new PeerWithTracksDto(peer.Id, peer.Name, peer.UserId, peer.Metadata, peer.Role, PeerTimes.Format(peer.JoinedAt), tracks);
    }
}

/// <summary>Something that a person publishes.</summary>
internal sealed record TrackDto(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("stream_id")] string StreamId,
    [property: JsonPropertyName("mute")] bool Mute,
    [property: JsonPropertyName("type")] string Type,
    [property: JsonPropertyName("source")] string Source,
    [property: JsonPropertyName("started_at")] string? StartedAt,
    [property: JsonPropertyName("description")] string Description)
{
    public static TrackDto Of(Track track) => new(
        track.Id,
        track.StreamId,
        track.Mute,
        track.Type == TrackType.Audio ? "audio" : "video",
        track.Source,
        PeerTimes.Format(track.StartedAt),
        track.Description);
}

/// <summary>What was done, in words.</summary>
internal sealed record MessageDto([property: JsonPropertyName("message")] string Message);

internal static class PeerTimes
{
    public static string? Format(Timestamp? time) => time is null ? null : RestTime.Format(time.ToDateTimeOffset());
}
