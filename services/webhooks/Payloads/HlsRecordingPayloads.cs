using LiveStream.Contracts.Events.V1;
using LiveStream.Hosting.Bus;

namespace LiveStream.Webhooks.Payloads;

/// <summary><c>hls.recording.success</c>, and <c>hls.failure</c> of a recording. <c>beam_id</c> is the stream's id.</summary>
internal static class HlsRecordingPayloads
{
    public static WebhookPayload Succeeded(HlsRecordingSucceeded e, LoggedEvent logged) =>
        new(e.CustomerId, e.RoomId, "hls.recording.success", (json, room) =>
        {
            json.WriteString("beam_id", e.StreamId);
            json.WriteString("room_id", e.RoomId);
            json.WriteString("room_name", room.Name);
            json.WriteString("session_id", e.SessionId);
            json.WriteString("template_id", e.TemplateId);
            json.WriteString("recording_id", e.RecordingId);
            json.WriteString("meeting_url", e.MeetingUrl);
            json.WriteNumber("duration", e.Duration);
            json.WriteNumber("max_width", e.MaxWidth);
            json.WriteNumber("max_height", e.MaxHeight);
            json.WriteString("hls_vod_recording_path", e.VodPath);
            json.WriteString("hls_vod_recording_presigned_url", e.VodPresignedUrl);
            json.WriteNumber("hls_vod_recording_size", e.VodSize);
            json.WriteString("hls_vod_playlist_url", e.PlaylistUrl);
            json.WriteString("recording_hls_vod_playlist_location", e.PlaylistPath);
            json.WriteString("chat_recording_path", "");
            json.WriteString("chat_recording_presigned_url", "");
            json.WriteStartArray("recording_single_files");
            json.WriteEndArray();
            json.WriteStartArray("recording_thumbnails");
            json.WriteEndArray();
            json.WriteTime("recording_created_at", e.CreatedAt);
            json.WriteTime("started_at", e.StartedAt);
            json.WriteTime("stopped_at", e.StoppedAt);
            json.WriteTime("session_started_at", e.SessionStartedAt);
            json.WriteString("metadata_id", logged.MessageId.ToString("D"));
            json.WriteTime("metadata_timestamp", logged.At);
        });

    public static WebhookPayload Failed(HlsRecordingFailed e, LoggedEvent logged) =>
        new(e.CustomerId, e.RoomId, "hls.failure", (json, room) =>
        {
            json.WriteString("beam_id", e.StreamId);
            json.WriteString("job_id", e.StreamId);
            json.WriteString("room_id", e.RoomId);
            json.WriteString("room_name", room.Name);
            json.WriteString("session_id", e.SessionId);
            json.WriteString("template_id", e.TemplateId);
            json.WriteString("peer_id", "");
            json.WriteString("meeting_url", e.MeetingUrl);
            json.WriteBoolean("recording_single_file_per_layer_enabled", e.SingleFilePerLayer);
            json.WriteBoolean("recording_vod_playlist_enabled", e.HlsVod);
            // A recording that could not be made has no picture of its own.
            json.WriteNumber("max_width", 0);
            json.WriteNumber("max_height", 0);
            json.WriteNumber("duration", e.Duration);
            json.WriteTime("session_started_at", e.SessionStartedAt);
            json.WriteString("metadata_id", logged.MessageId.ToString("D"));
            json.WriteTime("metadata_timestamp", logged.At);
            json.WriteString("error_type", e.ErrorType);
            json.WriteString("error_message", e.ErrorMessage);
            json.WriteNumber("error_code", 1);
            json.WriteString("state_name", "HLSFailed");
            json.WriteTime("state_timestamp", e.FailedAt);
        });
}
