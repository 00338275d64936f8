using System.Text.Json.Serialization;

namespace LiveStream.Signalling.Protocol.Notifications;

/// <summary>Somebody else joined.</summary>
internal sealed record OnPeerJoin(PeerEntry Peer) : Notification
{
    internal override string Method => "on-peer-join";

    internal override object Params => Peer;
}

/// <summary>Somebody else is gone, and their tracks.</summary>
internal sealed record OnPeerLeave(PeerEntry Peer) : Notification
{
    internal override string Method => "on-peer-leave";

    internal override object Params => Peer;
}

/// <summary>Role, groups, name or metadata of a peer changed; the full state each time.</summary>
internal sealed record OnPeerUpdate(PeerEntry Peer) : Notification
{
    internal override string Method => "on-peer-update";

    internal override object Params => Peer;
}

/// <summary>Tracks of another peer came.</summary>
internal sealed record OnTrackAdd(
    [property: JsonPropertyName("tracks")] IReadOnlyDictionary<string, TrackInfo> Tracks,
    [property: JsonPropertyName("peer")] PeerInfo Peer) : Notification
{
    internal override string Method => "on-track-add";
}

/// <summary>Tracks of another peer were muted, unmuted or described anew.</summary>
internal sealed record OnTrackUpdate(
    [property: JsonPropertyName("tracks")] IReadOnlyDictionary<string, TrackInfo> Tracks,
    [property: JsonPropertyName("peer")] PeerInfo Peer) : Notification
{
    internal override string Method => "on-track-update";
}

/// <summary>Tracks of another peer are gone.</summary>
internal sealed record OnTrackRemove(
    [property: JsonPropertyName("tracks")] IReadOnlyDictionary<string, TrackInfo> Tracks,
    [property: JsonPropertyName("peer")] PeerInfo Peer) : Notification
{
    internal override string Method => "on-track-remove";
}

/// <summary>The receiver is invited to another role.</summary>
internal sealed record OnRoleChangeRequest(
    [property: JsonPropertyName("requested_by")] string? RequestedBy,
    [property: JsonPropertyName("role")] string Role,
    [property: JsonPropertyName("token")] string Token) : Notification
{
    internal override string Method => "on-role-change-request";
}

/// <summary>A track of the receiver shall be muted, which happens at once, or unmuted, which is asked.</summary>
internal sealed record OnTrackUpdateRequest(
    [property: JsonPropertyName("requested_by")] string? RequestedBy,
    [property: JsonPropertyName("track_id")] string TrackId,
    [property: JsonPropertyName("stream_id")] string StreamId,
    [property: JsonPropertyName("mute")] bool Mute) : Notification
{
    internal override string Method => "on-track-update-request";
}

/// <summary>The same for all tracks of a kind.</summary>
internal sealed record OnMuteStateRequest(
    [property: JsonPropertyName("requested_by")] string? RequestedBy,
    [property: JsonPropertyName("roles")] IReadOnlyList<string>? Roles,
    [property: JsonPropertyName("type")] string? Type,
    [property: JsonPropertyName("source")] string? Source,
    [property: JsonPropertyName("value")] bool Value) : Notification
{
    internal override string Method => "on-change-track-mute-state-request";
}

/// <summary>The receiver is removed, or the room ends; the client leaves at once and says nothing more.</summary>
internal sealed record OnPeerLeaveRequest(
    [property: JsonPropertyName("requested_by")] string? RequestedBy,
    [property: JsonPropertyName("reason")] string Reason,
    [property: JsonPropertyName("room_end")] bool RoomEnd) : Notification
{
    internal override string Method => "on-peer-leave-request";
}
