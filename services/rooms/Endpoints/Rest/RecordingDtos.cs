using System.Text.Json;
using System.Text.Json.Serialization;

using LiveStream.Objects;
using LiveStream.Rooms.Domain;

namespace LiveStream.Rooms.Endpoints.Rest;

/// <summary>A recording as REST shows it.</summary>
internal sealed record RecordingDto(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("room_id")] string RoomId,
    [property: JsonPropertyName("session_id")] string SessionId,
    [property: JsonPropertyName("status")] string Status,
    [property: JsonPropertyName("destination")] string Destination,
    [property: JsonPropertyName("meeting_url")] string MeetingUrl,
    [property: JsonPropertyName("created_at")] string CreatedAt,
    [property: JsonPropertyName("started_at")] string? StartedAt,
    [property: JsonPropertyName("updated_at")] string UpdatedAt,
    [property: JsonPropertyName("stopped_at")] string? StoppedAt,
    [property: JsonPropertyName("started_by")] string StartedBy,
    [property: JsonPropertyName("stopped_by")] string StoppedBy,
    [property: JsonPropertyName("asset_types")] IReadOnlyList<string>? AssetTypes)
{
    /// <summary>Its files; left out in lists and by calls that change it.</summary>
    [JsonPropertyName("recording_assets")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<JobAssetDto>? RecordingAssets { get; init; }

    public static RecordingDto Of(RecordingRun run) => new(
        run.Id,
        run.RoomId,
        run.SessionId,
        LiveStreamStatuses.NameOf(run.Status),
        run.Destination,
        run.MeetingUrl,
        RestTime.Format(run.CreatedAt),
        RestTime.Format(run.StartedAt),
        RestTime.Format(run.UpdatedAt),
        RestTime.Format(run.StoppedAt),
        run.StartedBy,
        run.StoppedBy,
        run.AssetTypes);
}

/// <summary>A page of recordings.</summary>
internal sealed record RecordingPageDto(
    [property: JsonPropertyName("limit")] int Limit,
    [property: JsonPropertyName("data")] IReadOnlyList<RecordingDto> Data,
    [property: JsonPropertyName("last")] string Last);

/// <summary>Reply of stop for a room.</summary>
internal sealed record StoppedRecordingsDto(
    [property: JsonPropertyName("error")] string Error,
    [property: JsonPropertyName("data")] IReadOnlyList<RecordingDto> Data,
    [property: JsonPropertyName("limit")] int Limit,
    [property: JsonPropertyName("last")] string Last);

/// <summary>A file of a recording or stream, within it.</summary>
internal sealed record JobAssetDto(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("type")] string Type,
    [property: JsonPropertyName("status")] string Status,
    [property: JsonPropertyName("path")] string Path,
    [property: JsonPropertyName("size")] long Size,
    [property: JsonPropertyName("duration")] int Duration,
    [property: JsonPropertyName("thumbnails")] IReadOnlyList<string>? Thumbnails,
    [property: JsonPropertyName("metadata")] JsonElement Metadata,
    [property: JsonPropertyName("created_at")] string CreatedAt)
{
    public static JobAssetDto Of(RecordingAsset asset, IObjectStore store) => new(
        asset.Id,
        asset.Type,
        asset.Status,
        store.PathOf(asset.ObjectKey),
        asset.Size,
        asset.Duration,
        asset.Thumbnails?.Select(store.PathOf).ToArray(),
        asset.Metadata.ToElement(),
        RestTime.Format(asset.CreatedAt));
}

/// <summary>A file of a recording or stream.</summary>
internal sealed record AssetDto(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("job_id")] string JobId,
    [property: JsonPropertyName("room_id")] string RoomId,
    [property: JsonPropertyName("session_id")] string SessionId,
    [property: JsonPropertyName("type")] string Type,
    [property: JsonPropertyName("status")] string Status,
    [property: JsonPropertyName("path")] string Path,
    [property: JsonPropertyName("size")] long Size,
    [property: JsonPropertyName("duration")] int Duration,
    [property: JsonPropertyName("thumbnails")] IReadOnlyList<string>? Thumbnails,
    [property: JsonPropertyName("metadata")] JsonElement Metadata,
    [property: JsonPropertyName("created_at")] string CreatedAt)
{
    public static AssetDto Of(RecordingAsset asset, IObjectStore store) => new(
        asset.Id,
        asset.JobId,
        asset.RoomId,
        asset.SessionId,
        asset.Type,
        asset.Status,
        store.PathOf(asset.ObjectKey),
        asset.Size,
        asset.Duration,
        asset.Thumbnails?.Select(store.PathOf).ToArray(),
        asset.Metadata.ToElement(),
        RestTime.Format(asset.CreatedAt));
}

/// <summary>A page of files.</summary>
internal sealed record AssetPageDto(
    [property: JsonPropertyName("limit")] int Limit,
    [property: JsonPropertyName("data")] IReadOnlyList<AssetDto> Data,
    [property: JsonPropertyName("last")] string Last);

/// <summary>A link to a file.</summary>
/// <param name="Id">The asset.</param>
/// <param name="Path">Where it is in the store.</param>
/// <param name="Url">Opens it for whoever has it.</param>
/// <param name="Expiry">Seconds that it is good for.</param>
internal sealed record PresignedUrlDto(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("path")] string Path,
    [property: JsonPropertyName("url")] string Url,
    [property: JsonPropertyName("expiry")] int Expiry);
