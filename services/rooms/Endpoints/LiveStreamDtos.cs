using System.Globalization;
using System.Text.Json.Serialization;

using LiveStream.Rooms.Domain;
using LiveStream.Rooms.Endpoints.Rest;

namespace LiveStream.Rooms.Endpoints;

/// <summary>A live stream as REST shows it.</summary>
internal sealed record LiveStreamDto(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("room_id")] string RoomId,
    [property: JsonPropertyName("session_id")] string SessionId,
    [property: JsonPropertyName("status")] string Status,
    [property: JsonPropertyName("destination")] string Destination,
    [property: JsonPropertyName("playback")] PlaybackDto Playback,
    [property: JsonPropertyName("meeting_url")] string MeetingUrl,
    [property: JsonPropertyName("recording")] LiveStreamRecordingDto Recording,
    [property: JsonPropertyName("created_at")] string CreatedAt,
    [property: JsonPropertyName("started_at")] string? StartedAt,
    [property: JsonPropertyName("updated_at")] string UpdatedAt,
    [property: JsonPropertyName("stopped_at")] string? StoppedAt,
    [property: JsonPropertyName("started_by")] string StartedBy,
    [property: JsonPropertyName("stopped_by")] string StoppedBy,
    [property: JsonPropertyName("recording_assets")] IReadOnlyList<JobAssetDto>? RecordingAssets)
{
    /// <summary>The stream; <paramref name="assets"/> are shown where there are any.</summary>
    public static LiveStreamDto Of(LiveStreamRun run, string publicUrl, IReadOnlyList<JobAssetDto>? assets = null) => new(
        run.Id,
        run.RoomId,
        run.SessionId,
        LiveStreamStatuses.NameOf(run.Status),
        run.Destination,
        new PlaybackDto(PlaybackUrls.Run(publicUrl, run)),
        run.MeetingUrl,
        new LiveStreamRecordingDto(run.HlsVod, run.SingleFilePerLayer),
        RestTime.Format(run.CreatedAt),
        RestTime.Format(run.StartedAt),
        RestTime.Format(run.UpdatedAt),
        RestTime.Format(run.StoppedAt),
        run.StartedBy,
        run.StoppedBy,
        assets is { Count: > 0 } ? assets : null);
}

/// <summary>Where it is played.</summary>
internal sealed record PlaybackDto([property: JsonPropertyName("url")] string Url);

/// <summary>What is kept.</summary>
internal sealed record LiveStreamRecordingDto(
    [property: JsonPropertyName("hls_vod")] bool HlsVod,
    [property: JsonPropertyName("single_file_per_layer")] bool SingleFilePerLayer);

/// <summary>Reply of stop for a room.</summary>
internal sealed record StoppedStreamsDto(
    [property: JsonPropertyName("error")] string Error,
    [property: JsonPropertyName("data")] IReadOnlyList<LiveStreamDto> Data,
    [property: JsonPropertyName("limit")] int Limit,
    [property: JsonPropertyName("last")] string Last);

/// <summary>A page of live streams.</summary>
internal sealed record LiveStreamPageDto(
    [property: JsonPropertyName("limit")] int Limit,
    [property: JsonPropertyName("data")] IReadOnlyList<LiveStreamDto> Data,
    [property: JsonPropertyName("last")] string Last);

/// <summary>Times as REST shows them: RFC 3339, UTC, milliseconds.</summary>
internal static class RestTime
{
    public static string Format(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    public static string? Format(DateTimeOffset? time) => time is { } given ? Format(given) : null;
}

/// <summary>Generated JSON of the REST interface.</summary>
[JsonSerializable(typeof(TokenRequest))]
[JsonSerializable(typeof(TokenReply))]
[JsonSerializable(typeof(LiveStreamDto))]
[JsonSerializable(typeof(StoppedStreamsDto))]
[JsonSerializable(typeof(LiveStreamPageDto))]
internal sealed partial class RestJson : JsonSerializerContext;
