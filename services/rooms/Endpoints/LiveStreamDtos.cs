using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

using LiveStream.Rooms.Domain;

namespace LiveStream.Rooms.Endpoints;

/// <summary>Body of start; every field may be absent, others are ignored.</summary>
internal sealed record StartStreamBody(
    [property: JsonPropertyName("meeting_url")] string? MeetingUrl,
    [property: JsonPropertyName("destination")] string? Destination,
    [property: JsonPropertyName("recording")] StartRecordingBody? Recording);

/// <summary>Overrides the template's recording.</summary>
internal sealed record StartRecordingBody(
    [property: JsonPropertyName("hls_vod")] bool? HlsVod,
    [property: JsonPropertyName("single_file_per_layer")] bool? SingleFilePerLayer);

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
    [property: JsonPropertyName("recording_assets")] JsonElement? RecordingAssets)
{
    public static LiveStreamDto Of(LiveStreamRun run, string publicUrl) => new(
        run.Id,
        run.RoomId,
        SessionId: "",
        StatusOf(run.Status),
        run.Destination,
        new PlaybackDto(PlaybackUrls.Run(publicUrl, run)),
        run.MeetingUrl,
        new LiveStreamRecordingDto(run.HlsVod, run.SingleFilePerLayer),
        RestTime.Format(run.CreatedAt),
        run.StartedAt is { } started ? RestTime.Format(started) : null,
        RestTime.Format(run.UpdatedAt),
        run.StoppedAt is { } stopped ? RestTime.Format(stopped) : null,
        StartedBy: "",
        StoppedBy: "",
        RecordingAssets: null);

    private static string StatusOf(LiveStreamStatus status) => status switch
    {
        LiveStreamStatus.Starting => "starting",
        LiveStreamStatus.Running => "running",
        LiveStreamStatus.Stopping => "stopping",
        LiveStreamStatus.PostProcessing => "post_processing",
        LiveStreamStatus.Completed => "completed",
        _ => "failed",
    };

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

/// <summary>Times as REST shows them: RFC 3339, UTC, milliseconds.</summary>
internal static class RestTime
{
    public static string Format(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}

/// <summary>Generated JSON of the REST interface.</summary>
[JsonSerializable(typeof(TokenRequest))]
[JsonSerializable(typeof(TokenReply))]
[JsonSerializable(typeof(StartStreamBody))]
[JsonSerializable(typeof(LiveStreamDto))]
[JsonSerializable(typeof(StoppedStreamsDto))]
internal sealed partial class RestJson : JsonSerializerContext;
