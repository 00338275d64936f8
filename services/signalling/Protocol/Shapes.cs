using System.Text.Json.Serialization;

namespace LiveStream.Signalling.Protocol;

/// <summary>A published track as clients describe it to each other.</summary>
internal sealed record TrackInfo
{
    [JsonPropertyName("mute")]
    public bool Mute { get; init; }

    /// <summary><c>audio</c> or <c>video</c>.</summary>
    [JsonPropertyName("type")]
    public string Type { get; init; } = "";

    /// <summary><c>regular</c>, <c>screen</c>, or the name of a plugin.</summary>
    [JsonPropertyName("source")]
    public string Source { get; init; } = "regular";

    [JsonPropertyName("description")]
    public string Description { get; init; } = "";

    [JsonPropertyName("track_id")]
    public string TrackId { get; init; } = "";

    /// <summary>Camera and microphone share one, the screen has its own.</summary>
    [JsonPropertyName("stream_id")]
    public string StreamId { get; init; } = "";
}

/// <summary>Who somebody is.</summary>
internal sealed record PeerDetails(
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("data")] string Data,
    [property: JsonPropertyName("user_id")] string UserId,
    [property: JsonPropertyName("type")] string Type = "regular");

/// <summary>A peer without its tracks: sender of a message, owner of a track.</summary>
internal sealed record PeerInfo(
    [property: JsonPropertyName("peer_id")] string PeerId,
    [property: JsonPropertyName("role")] string Role,
    [property: JsonPropertyName("groups")] IReadOnlyList<string> Groups,
    [property: JsonPropertyName("info")] PeerDetails Info);

/// <summary>A peer with all that others know of it. Clients replace what they knew, so it is always complete.</summary>
internal sealed record PeerEntry(
    [property: JsonPropertyName("peer_id")] string PeerId,
    [property: JsonPropertyName("role")] string Role,
    [property: JsonPropertyName("groups")] IReadOnlyList<string> Groups,
    [property: JsonPropertyName("info")] PeerDetails Info,
    [property: JsonPropertyName("joined_at")] long JoinedAt,
    [property: JsonPropertyName("tracks")] IReadOnlyDictionary<string, TrackInfo> Tracks)
{
    /// <summary>Whether others list the peer: clients drop a remote peer of which an update says that they do not.</summary>
    [JsonPropertyName("realtime")]
    public bool Realtime { get; init; } = true;
}

/// <summary>A role as clients read it; every object is there, whatever the role may do.</summary>
internal sealed record RoleShape(
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("priority")] int Priority,
    [property: JsonPropertyName("publishParams")] PublishShape PublishParams,
    [property: JsonPropertyName("subscribeParams")] SubscribeShape SubscribeParams,
    [property: JsonPropertyName("permissions")] PermissionsShape Permissions);

/// <summary>What a role may send; bit rates in kilobits per second.</summary>
internal sealed record PublishShape(
    [property: JsonPropertyName("allowed")] IReadOnlyList<string> Allowed,
    [property: JsonPropertyName("audio")] AudioShape Audio,
    [property: JsonPropertyName("video")] VideoShape Video,
    [property: JsonPropertyName("screen")] VideoShape Screen,
    [property: JsonPropertyName("simulcast")] SimulcastShape? Simulcast);

internal sealed record AudioShape(
    [property: JsonPropertyName("bitRate")] uint BitRate,
    [property: JsonPropertyName("codec")] string Codec);

internal sealed record VideoShape(
    [property: JsonPropertyName("bitRate")] uint BitRate,
    [property: JsonPropertyName("codec")] string Codec,
    [property: JsonPropertyName("frameRate")] uint FrameRate,
    [property: JsonPropertyName("width")] uint Width,
    [property: JsonPropertyName("height")] uint Height);

internal sealed record SimulcastShape(
    [property: JsonPropertyName("video")] LayersShape Video,
    [property: JsonPropertyName("screen")] LayersShape Screen);

internal sealed record LayersShape([property: JsonPropertyName("layers")] IReadOnlyList<LayerShape> Layers);

internal sealed record LayerShape(
    [property: JsonPropertyName("rid")] string Rid,
    [property: JsonPropertyName("scaleResolutionDownBy")] double ScaleResolutionDownBy,
    [property: JsonPropertyName("maxBitrate")] uint? MaxBitrate,
    [property: JsonPropertyName("maxFramerate")] uint MaxFramerate);

internal sealed record SubscribeShape(
    [property: JsonPropertyName("subscribeToRoles")] IReadOnlyList<string> SubscribeToRoles,
    [property: JsonPropertyName("maxSubsBitRate")] uint MaxSubsBitRate);

internal sealed record PermissionsShape(
    [property: JsonPropertyName("endRoom")] bool EndRoom,
    [property: JsonPropertyName("removeOthers")] bool RemoveOthers,
    [property: JsonPropertyName("unmute")] bool Unmute,
    [property: JsonPropertyName("mute")] bool Mute,
    [property: JsonPropertyName("changeRole")] bool ChangeRole,
    [property: JsonPropertyName("hlsStreaming")] bool HlsStreaming,
    [property: JsonPropertyName("rtmpStreaming")] bool RtmpStreaming,
    [property: JsonPropertyName("browserRecording")] bool BrowserRecording,
    [property: JsonPropertyName("pollRead")] bool PollRead,
    [property: JsonPropertyName("pollWrite")] bool PollWrite);

/// <summary>What runs in the room.</summary>
internal sealed record RoomShape(
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("session_id")] string SessionId,
    [property: JsonPropertyName("started_at")] long StartedAt,
    [property: JsonPropertyName("recording")] RecordingShape Recording,
    [property: JsonPropertyName("streaming")] StreamingShape Streaming);

/// <summary>Recordings of each kind.</summary>
internal sealed record RecordingShape(
    [property: JsonPropertyName("sfu")] RunShape Sfu,
    [property: JsonPropertyName("browser")] RunShape Browser,
    [property: JsonPropertyName("hls")] HlsRecordingShape Hls);

/// <summary>What is recorded of the HLS stream. Times in milliseconds since 1970.</summary>
internal sealed record HlsRecordingShape(
    [property: JsonPropertyName("enabled")] bool Enabled,
    [property: JsonPropertyName("state")] string State,
    [property: JsonPropertyName("started_at")] long? StartedAt = null,
    [property: JsonPropertyName("initialised_at")] long? InitialisedAt = null,
    [property: JsonPropertyName("config")] HlsRecordingConfig? Config = null)
{
    public static HlsRecordingShape None { get; } = new(false, "none");
}

/// <summary>What is made of it.</summary>
internal sealed record HlsRecordingConfig(
    [property: JsonPropertyName("hls_vod")] bool HlsVod,
    [property: JsonPropertyName("single_file_per_layer")] bool SingleFilePerLayer);

internal sealed record StreamingShape(
    [property: JsonPropertyName("enabled")] bool Enabled,
    [property: JsonPropertyName("rtmp")] RunShape Rtmp,
    [property: JsonPropertyName("hls")] HlsShape Hls);

internal sealed record RunShape(
    [property: JsonPropertyName("enabled")] bool Enabled,
    [property: JsonPropertyName("state")] string State)
{
    public static RunShape None { get; } = new(false, "none");
}

/// <summary>The room's HLS stream; also the params of <c>on-hls-update</c>.</summary>
internal sealed record HlsShape(
    [property: JsonPropertyName("enabled")] bool Enabled,
    [property: JsonPropertyName("variants")] IReadOnlyList<HlsVariantShape> Variants,
    [property: JsonPropertyName("error")] HlsErrorShape? Error = null);

/// <summary>One output. Times in milliseconds since 1970.</summary>
internal sealed record HlsVariantShape(
    [property: JsonPropertyName("url")] string Url,
    [property: JsonPropertyName("meeting_url")] string MeetingUrl,
    [property: JsonPropertyName("metadata")] string Metadata,
    [property: JsonPropertyName("state")] string State,
    [property: JsonPropertyName("initialised_at")] long? InitialisedAt,
    [property: JsonPropertyName("started_at")] long? StartedAt,
    [property: JsonPropertyName("playlist_type")] string PlaylistType,
    [property: JsonPropertyName("stream_type")] string StreamType = "composite");

/// <summary>Why a stream failed; the code is never zero.</summary>
internal sealed record HlsErrorShape(
    [property: JsonPropertyName("code")] int Code,
    [property: JsonPropertyName("message")] string Message);

/// <summary>A map without entries, which clients want to be there all the same.</summary>
internal static class NothingByName<T>
{
    public static IReadOnlyDictionary<string, T> Value { get; } = new Dictionary<string, T>();
}
