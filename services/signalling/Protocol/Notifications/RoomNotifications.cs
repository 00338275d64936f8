using System.Text.Json;
using System.Text.Json.Serialization;

namespace LiveStream.Signalling.Protocol.Notifications;

/// <summary>The peer's role and all roles there are. Unblocks joining, and moves the peer when the role is another one than before.</summary>
internal sealed record OnPolicyChange(
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("known_roles")] IReadOnlyDictionary<string, RoleShape> KnownRoles,
    [property: JsonPropertyName("template_id")] string TemplateId) : Notification
{
    internal override string Method => "on-policy-change";

    [JsonPropertyName("plugins")]
    public IReadOnlyDictionary<string, string> Plugins { get; } = NothingByName<string>.Value;
}

/// <summary>All other peers, and what runs in the room. After a reconnection clients diff it with what they knew.</summary>
internal sealed record PeerList(
    [property: JsonPropertyName("peers")] IReadOnlyDictionary<string, PeerEntry> Peers,
    [property: JsonPropertyName("room")] RoomShape Room) : Notification
{
    internal override string Method => "peer-list";
}

/// <summary>What runs in the room, for sockets that have not joined.</summary>
internal sealed record RoomStateInfo(
    [property: JsonPropertyName("peer_count")] int PeerCount,
    [property: JsonPropertyName("room")] RoomShape Room) : Notification
{
    internal override string Method => "room-state";

    [JsonPropertyName("peers")]
    public IReadOnlyDictionary<string, PeerEntry> Peers { get; } = NothingByName<PeerEntry>.Value;
}

/// <summary>Counts; clients prefer them over the number of peers that they know.</summary>
internal sealed record SessionInfo(
    [property: JsonPropertyName("session_id")] string SessionId,
    [property: JsonPropertyName("room_id")] string RoomId,
    [property: JsonPropertyName("peer_count")] int PeerCount,
    [property: JsonPropertyName("track_count")] int TrackCount) : Notification
{
    internal override string Method => "session-info";
}

/// <summary>Facts of the room that do not change.</summary>
internal sealed record RoomInfo(
    [property: JsonPropertyName("room_id")] string RoomId,
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("description")] string Description,
    [property: JsonPropertyName("max_size")] uint MaxSize,
    [property: JsonPropertyName("large_room_optimization")] bool LargeRoom) : Notification
{
    internal override string Method => "room-info";
}

/// <summary>The HLS stream changed.</summary>
internal sealed record OnHlsUpdate(HlsShape Hls) : Notification
{
    internal override string Method => "on-hls-update";

    internal override object Params => Hls;
}

/// <summary>A recording changed: here, that of the HLS stream.</summary>
internal sealed record OnRecordUpdate(
    [property: JsonPropertyName("type")] string Type,
    [property: JsonPropertyName("state")] string State,
    [property: JsonPropertyName("started_at")] long? StartedAt,
    [property: JsonPropertyName("initialised_at")] long? InitialisedAt,
    [property: JsonPropertyName("hls_recording")] HlsRecordingConfig? Config) : Notification
{
    internal override string Method => "on-record-update";

    public static OnRecordUpdate Of(HlsRecordingShape hls) => new("HLS", hls.State, hls.StartedAt, hls.InitialisedAt, hls.Config);
}

/// <summary>Values of the session store.</summary>
internal sealed record OnMetadataChange([property: JsonPropertyName("values")] IReadOnlyList<StoredValue> Values) : Notification
{
    internal override string Method => "on-metadata-change";
}

/// <summary>A value of the session store; also the result of <c>set-metadata</c> and <c>get-metadata</c>.</summary>
internal sealed record StoredValue(
    [property: JsonPropertyName("key")] string Key,
    [property: JsonPropertyName("data")][property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] JsonElement? Data,
    [property: JsonPropertyName("updated_at")] long? UpdatedAt,
    [property: JsonPropertyName("updated_by")] string? UpdatedBy,
    [property: JsonPropertyName("change_version")] long ChangeVersion);

/// <summary>A message of another peer, or of a server when there is none.</summary>
internal sealed record OnBroadcast(
    [property: JsonPropertyName("peer")] PeerInfo? Peer,
    [property: JsonPropertyName("roles")] IReadOnlyList<string> Roles,
    [property: JsonPropertyName("private")] bool Private,
    [property: JsonPropertyName("message_id")] string MessageId,
    [property: JsonPropertyName("timestamp")] long Timestamp,
    [property: JsonPropertyName("info")] MessageBody Info) : Notification
{
    internal override string Method => "on-broadcast";
}

/// <summary>Text and kind of a message.</summary>
internal sealed record MessageBody(
    [property: JsonPropertyName("message")] string Message,
    [property: JsonPropertyName("type")] string Type);

/// <summary>Fatal: the client leaves the room.</summary>
internal sealed record OnError(
    [property: JsonPropertyName("code")] int Code,
    [property: JsonPropertyName("message")] string Message) : Notification
{
    internal override string Method => "on-error";
}

/// <summary>Something that the client did was not right, and there was no request to answer. Clients log it.</summary>
internal sealed record OnWarning(
    [property: JsonPropertyName("code")] int Code,
    [property: JsonPropertyName("message")] string Message) : Notification
{
    internal override string Method => "on-warning";
}
