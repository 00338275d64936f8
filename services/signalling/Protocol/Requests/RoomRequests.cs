using System.Text.Json;
using System.Text.Json.Serialization;

namespace LiveStream.Signalling.Protocol.Requests;

/// <summary><c>broadcast</c>: a chat message or custom event to one peer, to roles, or to everybody.</summary>
internal sealed record BroadcastParams
{
    [JsonPropertyName("info")]
    public MessageParams? Info { get; init; }

    [JsonPropertyName("roles")]
    public List<string>? Roles { get; init; }

    [JsonPropertyName("peer_id")]
    public string? PeerId { get; init; }
}

/// <summary>Text and kind of a message.</summary>
internal sealed record MessageParams
{
    [JsonPropertyName("message")]
    public string? Message { get; init; }

    /// <summary><c>chat</c> when absent.</summary>
    [JsonPropertyName("type")]
    public string? Type { get; init; }
}

/// <summary><c>listen-metadata-change</c>: the full set of keys, each time.</summary>
internal sealed record ListenMetadataParams
{
    [JsonPropertyName("keys")]
    public List<string>? Keys { get; init; }
}

/// <summary><c>set-metadata</c>.</summary>
internal sealed record SetMetadataParams
{
    [JsonPropertyName("key")]
    public string? Key { get; init; }

    /// <summary>Any JSON; absent is null.</summary>
    [JsonPropertyName("data")]
    public JsonElement? Data { get; init; }

    /// <summary>Set only if the value has this version.</summary>
    [JsonPropertyName("if_change_version")]
    public long? IfChangeVersion { get; init; }
}

/// <summary><c>get-metadata</c>: one key, or all.</summary>
internal sealed record GetMetadataParams
{
    [JsonPropertyName("key")]
    public string? Key { get; init; }
}

/// <summary><c>hls-start</c>; without variants the template decides.</summary>
internal sealed record HlsStartParams
{
    [JsonPropertyName("variants")]
    public List<HlsVariantParams?>? Variants { get; init; }

    [JsonPropertyName("hls_recording")]
    public HlsRecordingParams? Recording { get; init; }
}

internal sealed record HlsVariantParams
{
    [JsonPropertyName("meeting_url")]
    public string? MeetingUrl { get; init; }
}

internal sealed record HlsRecordingParams
{
    [JsonPropertyName("single_file_per_layer")]
    public bool? SingleFilePerLayer { get; init; }

    [JsonPropertyName("hls_vod")]
    public bool? HlsVod { get; init; }
}

/// <summary><c>hls-timed-metadata</c>.</summary>
internal sealed record HlsMetadataParams
{
    [JsonPropertyName("metadata_objs")]
    public List<TimedPayloadParams?>? Objects { get; init; }
}

internal sealed record TimedPayloadParams
{
    [JsonPropertyName("payload")]
    public string? Payload { get; init; }

    /// <summary>Seconds; a part of one is passed over.</summary>
    [JsonPropertyName("duration")]
    public double? Duration { get; init; }
}

/// <summary><c>hls-stop</c>.</summary>
internal sealed record HlsStopParams
{
    [JsonPropertyName("stop_reason")]
    public string? Reason { get; init; }
}
