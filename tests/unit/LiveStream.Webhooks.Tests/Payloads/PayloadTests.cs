using System.Text;

using LiveStream.Contracts.Events;
using LiveStream.Contracts.Events.V1;
using LiveStream.Contracts.Rooms.V1;
using LiveStream.Hosting.Bus;
using LiveStream.Webhooks.Payloads;

namespace LiveStream.Webhooks.Tests.Payloads;

/// <summary>Each webhook as it is sent, letter by letter; a change here is a change for everybody's code.</summary>
public sealed class PayloadTests
{
    private const string C = "65aa00000000000000000001", R = "65bb00000000000000000002", S = "65ee00000000000000000005", L = "65dd00000000000000000004";

    private static readonly DateTimeOffset s_at = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);
    private static readonly DateTimeOffset s_began = s_at.AddMinutes(-2);

    private static readonly LiveStreamDetails s_details =
        new("https://m.test/", "https://u.test/master.m3u8", true, false, 1280, 720, "p-1", "", s_at.AddSeconds(-70), s_at.AddSeconds(-60), null, s_began);

    public static TheoryData<object, string, string> Golden => new()
    {
        {
            new SessionOpened(C, R, S, s_at), "session.open.success",
            """{"room_id":"65bb00000000000000000002","room_name":"show","session_id":"65ee00000000000000000005","template_id":"65cc00000000000000000003","session_started_at":"2026-01-02T03:04:05.678Z"}"""
        },
        {
            new SessionClosed(C, R, S, s_began, s_at), "session.close.success",
            """{"room_id":"65bb00000000000000000002","room_name":"show","session_id":"65ee00000000000000000005","template_id":"65cc00000000000000000003","session_started_at":"2026-01-02T03:02:05.678Z","session_stopped_at":"2026-01-02T03:04:05.678Z","session_duration":120}"""
        },
        {
            new RoomEnded(C, R, S, "p-1", "Asha", "host", "u-7", true, "over", s_began, s_at), "room.end.success",
            """{"room_id":"65bb00000000000000000002","room_name":"show","session_id":"65ee00000000000000000005","template_id":"65cc00000000000000000003","peer_id":"p-1","user_id":"u-7","user_name":"Asha","role":"host","lock_room":true,"reason":"over","source":"peer","session_started_at":"2026-01-02T03:02:05.678Z"}"""
        },
        {
            new PeerJoined(C, R, S, "p-1", "Asha", "host", "u-7", s_at, "{\"a\":1}", s_began), "peer.join.success",
            """{"room_id":"65bb00000000000000000002","room_name":"show","session_id":"65ee00000000000000000005","template_id":"65cc00000000000000000003","peer_id":"p-1","user_id":"u-7","user_name":"Asha","user_data":"{\"a\":1}","role":"host","joined_at":"2026-01-02T03:04:05.678Z","type":"regular","session_started_at":"2026-01-02T03:02:05.678Z"}"""
        },
        {
            new PeerLeft(C, R, S, "p-1", s_at, "Asha", "host", "u-7", "{}", s_at.AddSeconds(-61), s_began, "peer kicked", "bye"), "peer.leave.success",
            """{"room_id":"65bb00000000000000000002","room_name":"show","session_id":"65ee00000000000000000005","template_id":"65cc00000000000000000003","peer_id":"p-1","user_id":"u-7","user_name":"Asha","user_data":"{}","role":"host","joined_at":"2026-01-02T03:03:04.678Z","type":"regular","left_at":"2026-01-02T03:04:05.678Z","duration":61,"reason":"peer kicked","message":"bye","session_started_at":"2026-01-02T03:02:05.678Z"}"""
        },
        {
            new PeerRoleChanged(C, R, S, "p-1", "Asha", "u-7", "{}", "guest", "host", "p-2", s_began, s_began, s_at), "role.change.success",
            """{"room_id":"65bb00000000000000000002","room_name":"show","session_id":"65ee00000000000000000005","template_id":"65cc00000000000000000003","peer_id":"p-1","user_id":"u-7","user_name":"Asha","user_data":"{}","previous_role":"guest","role":"host","joined_at":"2026-01-02T03:02:05.678Z","session_started_at":"2026-01-02T03:02:05.678Z","role_changed_at":"2026-01-02T03:04:05.678Z","role_change_requested_by":"p-2"}"""
        },
        {
            new PeerJoinFailed(C, R, "p-1", "u-7", "Asha", "{}", "ghost", "role not allowed", s_at), "peer.join.failure",
            """{"room_id":"65bb00000000000000000002","room_name":"show","template_id":"65cc00000000000000000003","peer_id":"p-1","user_id":"u-7","user_name":"Asha","user_data":"{}","role":"ghost","joined_at":"0001-01-01T00:00:00Z","type":"regular","error_message":"role not allowed"}"""
        },
        {
            new PeerLeaveFailed(C, R, "p-1", "u-7", "Asha", "{}", "host", "peer not joined", s_at), "peer.leave.failure",
            """{"room_id":"65bb00000000000000000002","room_name":"show","template_id":"65cc00000000000000000003","peer_id":"p-1","user_id":"u-7","user_name":"Asha","user_data":"{}","role":"host","joined_at":"0001-01-01T00:00:00Z","type":"regular","left_at":"0001-01-01T00:00:00Z","duration":0,"error_message":"peer not joined"}"""
        },
        {
            new RoomEndFailed(C, R, "", "", "", "", true, "over", "session not found", 404, s_at), "room.end.failure",
            """{"room_id":"65bb00000000000000000002","room_name":"show","template_id":"65cc00000000000000000003","peer_id":"","user_id":"","user_name":"","role":"","lock_room":true,"reason":"over","source":"api","session_started_at":"0001-01-01T00:00:00Z","error_message":"session not found","error_code":404}"""
        },
        {
            new RoleChangeFailed(C, R, S, "p-1", "u-7", "Asha", "{}", "guest", "host", s_began, s_began, "", "role limit reached", s_at), "role.change.failure",
            """{"room_id":"65bb00000000000000000002","room_name":"show","session_id":"65ee00000000000000000005","template_id":"65cc00000000000000000003","peer_id":"p-1","user_id":"u-7","user_name":"Asha","user_data":"{}","role":"guest","joined_at":"2026-01-02T03:02:05.678Z","session_started_at":"2026-01-02T03:02:05.678Z","error_message":"role limit reached"}"""
        },
        {
            new LiveStreamChanged(C, R, L, S, "running", "", false, s_at.AddSeconds(-60), s_details), "hls.started.success",
            """{"beam_id":"65dd00000000000000000004","job_id":"65dd00000000000000000004","room_id":"65bb00000000000000000002","room_name":"show","session_id":"65ee00000000000000000005","template_id":"65cc00000000000000000003","peer_id":"p-1","meeting_url":"https://m.test/","recording_single_file_per_layer_enabled":false,"recording_vod_playlist_enabled":true,"max_width":1280,"max_height":720,"url":"https://u.test/master.m3u8","start_delay":10,"started_at":"2026-01-02T03:03:05.678Z","session_started_at":"2026-01-02T03:02:05.678Z","metadata_id":"11111111-2222-3333-4444-555555555555","metadata_timestamp":"2026-01-02T03:04:05.678Z"}"""
        },
        {
            new LiveStreamChanged(C, R, L, S, "completed", "", false, s_at, s_details with { StoppedAt = s_at }), "hls.stopped.success",
            """{"beam_id":"65dd00000000000000000004","job_id":"65dd00000000000000000004","room_id":"65bb00000000000000000002","room_name":"show","session_id":"65ee00000000000000000005","template_id":"65cc00000000000000000003","peer_id":"p-1","meeting_url":"https://m.test/","recording_single_file_per_layer_enabled":false,"recording_vod_playlist_enabled":true,"max_width":1280,"max_height":720,"url":"https://u.test/master.m3u8","started_at":"2026-01-02T03:03:05.678Z","stopped_at":"2026-01-02T03:04:05.678Z","duration":60,"reason":"client request","live_transcription_enabled":false,"session_started_at":"2026-01-02T03:02:05.678Z","metadata_id":"11111111-2222-3333-4444-555555555555","metadata_timestamp":"2026-01-02T03:04:05.678Z"}"""
        },
        {
            new LiveStreamChanged(C, R, L, S, "failed", "broken", false, s_at, s_details with { StoppedAt = s_at }), "hls.failure",
            """{"beam_id":"65dd00000000000000000004","job_id":"65dd00000000000000000004","room_id":"65bb00000000000000000002","room_name":"show","session_id":"65ee00000000000000000005","template_id":"65cc00000000000000000003","peer_id":"p-1","meeting_url":"https://m.test/","recording_single_file_per_layer_enabled":false,"recording_vod_playlist_enabled":true,"max_width":1280,"max_height":720,"duration":60,"session_started_at":"2026-01-02T03:02:05.678Z","metadata_id":"11111111-2222-3333-4444-555555555555","metadata_timestamp":"2026-01-02T03:04:05.678Z","error_type":"INTERNAL_ERROR","error_message":"Internal error","error_code":1,"state_name":"HLSFailed","state_timestamp":"2026-01-02T03:04:05.678Z"}"""
        },
        {
            new HlsRecordingSucceeded(
                C, R, L, S, "65cc00000000000000000003", "65ab00000000000000000007", "https://m.test/", 60, 1280, 720, "s3://b/a.zip", "https://o.test/a.zip", 1234,
                "s3://b/master.m3u8", "https://o.test/master.m3u8", s_at, s_at.AddSeconds(-61), s_at.AddSeconds(-1), s_began),
            "hls.recording.success",
            """{"beam_id":"65dd00000000000000000004","room_id":"65bb00000000000000000002","room_name":"show","session_id":"65ee00000000000000000005","template_id":"65cc00000000000000000003","recording_id":"65ab00000000000000000007","meeting_url":"https://m.test/","duration":60,"max_width":1280,"max_height":720,"hls_vod_recording_path":"s3://b/a.zip","hls_vod_recording_presigned_url":"https://o.test/a.zip","hls_vod_recording_size":1234,"hls_vod_playlist_url":"https://o.test/master.m3u8","recording_hls_vod_playlist_location":"s3://b/master.m3u8","chat_recording_path":"","chat_recording_presigned_url":"","recording_single_files":[],"recording_thumbnails":[],"recording_created_at":"2026-01-02T03:04:05.678Z","started_at":"2026-01-02T03:03:04.678Z","stopped_at":"2026-01-02T03:04:04.678Z","session_started_at":"2026-01-02T03:02:05.678Z","metadata_id":"11111111-2222-3333-4444-555555555555","metadata_timestamp":"2026-01-02T03:04:05.678Z"}"""
        },
        {
            new HlsRecordingFailed(C, R, L, S, "65cc00000000000000000003", "", true, false, 60, "UPLOAD_ERROR", "store away", s_began, s_at), "hls.failure",
            """{"beam_id":"65dd00000000000000000004","job_id":"65dd00000000000000000004","room_id":"65bb00000000000000000002","room_name":"show","session_id":"65ee00000000000000000005","template_id":"65cc00000000000000000003","peer_id":"","meeting_url":"","recording_single_file_per_layer_enabled":false,"recording_vod_playlist_enabled":true,"max_width":0,"max_height":0,"duration":60,"session_started_at":"2026-01-02T03:02:05.678Z","metadata_id":"11111111-2222-3333-4444-555555555555","metadata_timestamp":"2026-01-02T03:04:05.678Z","error_type":"UPLOAD_ERROR","error_message":"store away","error_code":1,"state_name":"HLSFailed","state_timestamp":"2026-01-02T03:04:05.678Z"}"""
        },
    };

    [Theory]
    [MemberData(nameof(Golden))]
    public void Event_BecomesItsWebhook(object body, string type, string data)
    {
        var (payload, json) = Write(body);
        Assert.Equal(type, payload!.Type);
        Assert.Equal((C, R), (payload.CustomerId, payload.RoomId));
        Assert.Equal(
            $$$"""{"version":"2.0","id":"11111111-2222-3333-4444-555555555555","account_id":"65aa00000000000000000001","app_id":"65ff00000000000000000006","timestamp":"2026-01-02T03:04:05Z","type":"{{{type}}}","data":{{{data}}}}""",
            json);
    }

    [Fact]
    public void EveryEventThatIsMapped_HasAGoldenLine() => Assert.Empty(
        PayloadCatalog.Events.Except(Golden.Select(row => ((object[])row)[0].GetType())));

    [Theory]
    [InlineData("starting", "")]
    [InlineData("stopping", "")]
    [InlineData("running", "paused")]
    public void StateOfAStreamThatNobodyIsToldOf_IsNoWebhook(string status, string reason) =>
        Assert.Null(Write(new LiveStreamChanged(C, R, L, S, status, reason, true, s_at, s_details)).Payload);

    [Fact]
    public void RoleChangedByAServer_NamesNobody() => Assert.DoesNotContain(
        "role_change_requested_by", Write(new PeerRoleChanged(C, R, S, "p-1", "", "", "", "a", "b", "", s_at, s_at, s_at)).Json, StringComparison.Ordinal);

    [Fact]
    public void RecordedStream_IsStoppedOnce()
    {
        var stopped = s_details with { StoppedAt = s_at };
        Assert.Equal("hls.stopped.success", Write(new LiveStreamChanged(C, R, L, S, "post_processing", "", false, s_at, stopped)).Payload!.Type);
        Assert.Null(Write(new LiveStreamChanged(C, R, L, S, "completed", "", false, s_at.AddSeconds(9), stopped)).Payload);
    }

    [Theory]
    [InlineData("completed")]
    [InlineData("post_processing")]
    public void StreamThatEndsBeforeItCouldBePlayed_IsAFailure(string status)
    {
        var stopped = s_details with { StartedAt = null, StoppedAt = s_at };
        var (payload, json) = Write(new LiveStreamChanged(C, R, L, S, status, "stopped by request", false, s_at, stopped));
        Assert.Equal("hls.failure", payload!.Type);
        Assert.Contains("\"error_type\":\"BEAM_STOPPED\"", json, StringComparison.Ordinal);
        Assert.Null(Write(new LiveStreamChanged(C, R, L, S, "completed", "stopped by request", false, s_at.AddSeconds(9), stopped)).Payload);
    }

    [Theory]
    [InlineData("stopped by request", "client request")]
    [InlineData("no publisher for 00:05:00", "last peer left")]
    [InlineData("something else", "failure: INTERNAL_ERROR")]
    public void ReasonOf_Ends_AreTheDocumentedOnes(string reason, string expected) => Assert.Equal(expected, HlsPayloads.ReasonOf(reason));

    [Fact]
    public void MarkReplay_Body_GetsOneFieldMore() =>
        Assert.Equal("""{"a":{},"is_replay":true}""", Encoding.UTF8.GetString(Envelope.MarkReplay("""{"a":{}}"""u8)));

    private static (WebhookPayload? Payload, string Json) Write(object body)
    {
        var type = EventCatalog.Of(body.GetType());
        var id = new Guid("11111111-2222-3333-4444-555555555555");
        // As it comes out of the log.
        if (PayloadCatalog.Of(new LoggedEvent(1, id, type.Name, R, type.Write(body), s_at)) is not { } payload) return (null, "");
        var room = new RoomDescription { RoomId = R, Name = "show", TemplateId = "65cc00000000000000000003", AppId = "65ff00000000000000000006" };
        return (payload, Encoding.UTF8.GetString(Envelope.Write(id, payload.CustomerId, room.AppId, s_at, payload.Type, json => payload.Data(json, room))));
    }
}
