using System.Text.Json;

using LiveStream.Contracts.Events;
using LiveStream.Contracts.Events.V1;
using LiveStream.Contracts.Rooms.V1;
using LiveStream.Hosting.Bus;

namespace LiveStream.Webhooks.Payloads;

/// <summary><c>hls.*</c> of live streams. <c>beam_id</c> and <c>job_id</c> are the stream's id.</summary>
internal static class HlsPayloads
{
    private const string PostProcessing = "post_processing", Completed = "completed", Running = "running", Failed = "failed";

    /// <summary>What the stream's new state is called outside; null for nothing.</summary>
    public static WebhookPayload? Changed(LiveStreamChanged e, LoggedEvent logged)
    {
        // Events of a version that did not say more, and a recording that was paused or resumed, are not told.
        if (e.Details is not { } details) return null;
        return e.Status switch
        {
            Running when details.StartedAt == e.ChangedAt => Started(e, details, logged),
            // Ended before there was anything to play.
            PostProcessing or Completed when details.StartedAt is null && details.StoppedAt == e.ChangedAt => Failure(e, details, logged),
            // A stream that is recorded passes both; the recording has its own webhook.
            PostProcessing => Stopped(e, details, logged),
            Completed when details.StoppedAt == e.ChangedAt => Stopped(e, details, logged),
            Failed => Failure(e, details, logged),
            _ => null,
        };
    }

    private static WebhookPayload Started(LiveStreamChanged e, LiveStreamDetails details, LoggedEvent logged) =>
        new(e.CustomerId, e.RoomId, "hls.started.success", (json, room) =>
        {
            WriteStream(json, e, details, room);
            json.WriteString("url", details.Url);
            json.WriteDuration("start_delay", details.CreatedAt, details.StartedAt);
            json.WriteTime("started_at", details.StartedAt);
            WriteMessage(json, details, logged);
        });

    private static WebhookPayload Stopped(LiveStreamChanged e, LiveStreamDetails details, LoggedEvent logged) =>
        new(e.CustomerId, e.RoomId, "hls.stopped.success", (json, room) =>
        {
            WriteStream(json, e, details, room);
            json.WriteString("url", details.Url);
            json.WriteTime("started_at", details.StartedAt);
            json.WriteTime("stopped_at", details.StoppedAt ?? e.ChangedAt);
            json.WriteDuration("duration", details.StartedAt, details.StoppedAt ?? e.ChangedAt);
            json.WriteString("reason", ReasonOf(e.Reason));
            json.WriteBoolean("live_transcription_enabled", false);
            WriteMessage(json, details, logged);
        });

    private static WebhookPayload Failure(LiveStreamChanged e, LiveStreamDetails details, LoggedEvent logged) =>
        new(e.CustomerId, e.RoomId, "hls.failure", (json, room) =>
        {
            WriteStream(json, e, details, room);
            json.WriteDuration("duration", details.StartedAt, details.StoppedAt ?? e.ChangedAt);
            WriteMessage(json, details, logged);
            // Stopped before there was anything to play, or broken.
            var early = details.StartedAt is null && (e.Status != Failed || e.Reason == "stopped by request");
            json.WriteString("error_type", early ? "BEAM_STOPPED" : "INTERNAL_ERROR");
            json.WriteString("error_message", early ? "Beam stopped too early" : "Internal error");
            json.WriteNumber("error_code", 1);
            json.WriteString("state_name", "HLSFailed");
            json.WriteTime("state_timestamp", e.ChangedAt);
        });

    /// <summary>The documented reason that is nearest.</summary>
    internal static string ReasonOf(string reason) => reason switch
    {
        "" or "stopped by request" => "client request",
        "room ended" or "max duration reached" or "last peer left" => reason,
        _ when reason.Contains("publisher", StringComparison.OrdinalIgnoreCase) => "last peer left",
        _ when reason.Contains("duration", StringComparison.OrdinalIgnoreCase) => "max duration reached",
        _ => "failure: INTERNAL_ERROR",
    };

    private static void WriteStream(Utf8JsonWriter json, LiveStreamChanged e, LiveStreamDetails details, RoomDescription room)
    {
        json.WriteString("beam_id", e.StreamId);
        json.WriteString("job_id", e.StreamId);
        json.WriteRoom(room, e.SessionId);
        json.WriteString("peer_id", details.StartedBy);
        json.WriteString("meeting_url", details.MeetingUrl);
        json.WriteBoolean("recording_single_file_per_layer_enabled", details.SingleFilePerLayer);
        json.WriteBoolean("recording_vod_playlist_enabled", details.HlsVod);
        json.WriteNumber("max_width", details.MaxWidth);
        json.WriteNumber("max_height", details.MaxHeight);
    }

    private static void WriteMessage(Utf8JsonWriter json, LiveStreamDetails details, LoggedEvent logged)
    {
        json.WriteTime("session_started_at", details.SessionStartedAt);
        json.WriteString("metadata_id", logged.MessageId.ToString("D"));
        json.WriteTime("metadata_timestamp", logged.At);
    }
}
