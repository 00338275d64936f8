using System.Reflection;

using LiveStream.Contracts.Events;
using LiveStream.Contracts.Events.V1;

namespace LiveStream.Rooms.Tests.Events;

/// <summary>The wire name, the ordering key and the JSON of each event, as consumers and stored logs know them: these lines never change.</summary>
public sealed class EventContractTests
{
    private const string Customer = "65aa00000000000000000001";
    private const string Room = "65bb00000000000000000002";
    private const string Template = "65cc00000000000000000003";
    private const string Code = "65dd00000000000000000004";

    private const string Session = "65ee00000000000000000005";

    private static readonly DateTimeOffset s_at = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);

    public static TheoryData<object, string, string, string> Golden => new()
    {
        {
            new RoomCreated(Customer, Room, "show", Template, true, s_at), "room.created.v1", Room,
            """{"customer_id":"65aa00000000000000000001","room_id":"65bb00000000000000000002","name":"show","template_id":"65cc00000000000000000003","enabled":true,"created_at":"2026-01-02T03:04:05.678+00:00"}"""
        },
        {
            new RoomUpdated(Customer, Room, "show", Template, false, s_at), "room.updated.v1", Room,
            """{"customer_id":"65aa00000000000000000001","room_id":"65bb00000000000000000002","name":"show","template_id":"65cc00000000000000000003","enabled":false,"updated_at":"2026-01-02T03:04:05.678+00:00"}"""
        },
        {
            new RoomCodeCreated(Customer, Room, Code, "host", s_at), "room_code.created.v1", Room,
            """{"customer_id":"65aa00000000000000000001","room_id":"65bb00000000000000000002","code_id":"65dd00000000000000000004","role":"host","created_at":"2026-01-02T03:04:05.678+00:00"}"""
        },
        {
            new RoomCodeChanged(Customer, Room, Code, "host", false, s_at), "room_code.changed.v1", Room,
            """{"customer_id":"65aa00000000000000000001","room_id":"65bb00000000000000000002","code_id":"65dd00000000000000000004","role":"host","enabled":false,"updated_at":"2026-01-02T03:04:05.678+00:00"}"""
        },
        {
            new TemplateSaved(Customer, Template, "live", s_at), "template.saved.v1", Template,
            """{"customer_id":"65aa00000000000000000001","template_id":"65cc00000000000000000003","name":"live","saved_at":"2026-01-02T03:04:05.678+00:00"}"""
        },
        {
            new RoleChanged(Customer, Template, "host", null, s_at), "role.changed.v1", Template,
            """{"customer_id":"65aa00000000000000000001","template_id":"65cc00000000000000000003","role":"host","previous_name":null,"changed_at":"2026-01-02T03:04:05.678+00:00"}"""
        },
        {
            new RoleDeleted(Customer, Template, "host", s_at), "role.deleted.v1", Template,
            """{"customer_id":"65aa00000000000000000001","template_id":"65cc00000000000000000003","role":"host","deleted_at":"2026-01-02T03:04:05.678+00:00"}"""
        },
        {
            new WorkspaceKeyChanged(Customer, Code, true, s_at), "workspace_key.changed.v1", Customer,
            """{"customer_id":"65aa00000000000000000001","access_key":"65dd00000000000000000004","valid":true,"changed_at":"2026-01-02T03:04:05.678+00:00"}"""
        },
        {
            new SessionOpened(Customer, Room, Session, s_at), "session.opened.v1", Room,
            """{"customer_id":"65aa00000000000000000001","room_id":"65bb00000000000000000002","session_id":"65ee00000000000000000005","opened_at":"2026-01-02T03:04:05.678+00:00"}"""
        },
        {
            new SessionClosed(Customer, Room, Session, s_at, s_at.AddHours(1)), "session.closed.v1", Room,
            """{"customer_id":"65aa00000000000000000001","room_id":"65bb00000000000000000002","session_id":"65ee00000000000000000005","opened_at":"2026-01-02T03:04:05.678+00:00","closed_at":"2026-01-02T04:04:05.678+00:00"}"""
        },
        {
            new PeerJoined(Customer, Room, Session, "p-1", "Asha", "host", "u-7", s_at, "{}", s_at), "peer.joined.v1", Room,
            """{"customer_id":"65aa00000000000000000001","room_id":"65bb00000000000000000002","session_id":"65ee00000000000000000005","peer_id":"p-1","name":"Asha","role":"host","user_id":"u-7","joined_at":"2026-01-02T03:04:05.678+00:00","user_data":"{}","session_started_at":"2026-01-02T03:04:05.678+00:00"}"""
        },
        {
            new PeerLeft(Customer, Room, Session, "p-1", s_at, "Asha", "host", "u-7", "{}", s_at, s_at, "peer kicked", "bye"), "peer.left.v1", Room,
            """{"customer_id":"65aa00000000000000000001","room_id":"65bb00000000000000000002","session_id":"65ee00000000000000000005","peer_id":"p-1","left_at":"2026-01-02T03:04:05.678+00:00","name":"Asha","role":"host","user_id":"u-7","user_data":"{}","joined_at":"2026-01-02T03:04:05.678+00:00","session_started_at":"2026-01-02T03:04:05.678+00:00","reason":"peer kicked","message":"bye"}"""
        },
        {
            new PeerRoleChanged(Customer, Room, Session, "p-1", "Asha", "u-7", "{}", "guest", "host", "p-2", s_at, s_at, s_at), "peer.role_changed.v1", Room,
            """{"customer_id":"65aa00000000000000000001","room_id":"65bb00000000000000000002","session_id":"65ee00000000000000000005","peer_id":"p-1","name":"Asha","user_id":"u-7","user_data":"{}","previous_role":"guest","role":"host","requested_by":"p-2","joined_at":"2026-01-02T03:04:05.678+00:00","session_started_at":"2026-01-02T03:04:05.678+00:00","changed_at":"2026-01-02T03:04:05.678+00:00"}"""
        },
        {
            new RoomEnded(Customer, Room, Session, "p-1", "Asha", "host", "u-7", true, "over", s_at, s_at), "room.ended.v1", Room,
            """{"customer_id":"65aa00000000000000000001","room_id":"65bb00000000000000000002","session_id":"65ee00000000000000000005","peer_id":"p-1","name":"Asha","role":"host","user_id":"u-7","locked":true,"reason":"over","session_started_at":"2026-01-02T03:04:05.678+00:00","ended_at":"2026-01-02T03:04:05.678+00:00"}"""
        },
        {
            new PeerJoinFailed(Customer, Room, "p-1", "u-7", "Asha", "data", "host", "role limit reached", s_at), "peer.join_failed.v1", Room,
            """{"customer_id":"65aa00000000000000000001","room_id":"65bb00000000000000000002","peer_id":"p-1","user_id":"u-7","user_name":"Asha","user_data":"data","role":"host","error_message":"role limit reached","refused_at":"2026-01-02T03:04:05.678+00:00"}"""
        },
        {
            new PeerLeaveFailed(Customer, Room, "p-1", "u-7", "Asha", "data", "host", "peer not joined", s_at), "peer.leave_failed.v1", Room,
            """{"customer_id":"65aa00000000000000000001","room_id":"65bb00000000000000000002","peer_id":"p-1","user_id":"u-7","user_name":"Asha","user_data":"data","role":"host","error_message":"peer not joined","refused_at":"2026-01-02T03:04:05.678+00:00"}"""
        },
        {
            new RoomEndFailed(Customer, Room, "p-1", "Asha", "host", "u-7", true, "over", "session not found", 404, s_at), "room.end_failed.v1", Room,
            """{"customer_id":"65aa00000000000000000001","room_id":"65bb00000000000000000002","peer_id":"p-1","name":"Asha","role":"host","user_id":"u-7","lock":true,"reason":"over","error_message":"session not found","error_code":404,"failed_at":"2026-01-02T03:04:05.678+00:00"}"""
        },
        {
            new RoleChangeFailed(Customer, Room, Session, "p-1", "u-7", "Asha", "data", "guest", "host", s_at, s_at, "p-2", "role limit reached", s_at),
            "peer.role_change_failed.v1", Room,
            """{"customer_id":"65aa00000000000000000001","room_id":"65bb00000000000000000002","session_id":"65ee00000000000000000005","peer_id":"p-1","user_id":"u-7","user_name":"Asha","user_data":"data","role":"guest","wanted_role":"host","joined_at":"2026-01-02T03:04:05.678+00:00","session_started_at":"2026-01-02T03:04:05.678+00:00","requested_by":"p-2","error_message":"role limit reached","refused_at":"2026-01-02T03:04:05.678+00:00"}"""
        },
        {
            new LiveStreamChanged(Customer, Room, Code, Session, "failed", "gone", true, s_at, new("https://m", "https://u", true, false, 1280, 720, "p-1", "", s_at, s_at, null, null)), "live_stream.changed.v1", Room,
            """{"customer_id":"65aa00000000000000000001","room_id":"65bb00000000000000000002","stream_id":"65dd00000000000000000004","session_id":"65ee00000000000000000005","status":"failed","reason":"gone","recording_paused":true,"changed_at":"2026-01-02T03:04:05.678+00:00","details":{"meeting_url":"https://m","url":"https://u","hls_vod":true,"single_file_per_layer":false,"max_width":1280,"max_height":720,"started_by":"p-1","stopped_by":"","created_at":"2026-01-02T03:04:05.678+00:00","started_at":"2026-01-02T03:04:05.678+00:00","stopped_at":null,"session_started_at":null}}"""
        },
        {
            new LiveStreamRecorded(Customer, Room, Code, "c/r/20260102/5", true, s_at), "live_stream.recorded.v1", Room,
            """{"customer_id":"65aa00000000000000000001","room_id":"65bb00000000000000000002","stream_id":"65dd00000000000000000004","path":"c/r/20260102/5","zip":true,"recorded_at":"2026-01-02T03:04:05.678+00:00"}"""
        },
        {
            new HlsRecordingStarted(Customer, Room, Code, Session, true, false, s_at), "hls_recording.started.v1", Room,
            """{"customer_id":"65aa00000000000000000001","room_id":"65bb00000000000000000002","stream_id":"65dd00000000000000000004","session_id":"65ee00000000000000000005","hls_vod":true,"single_file_per_layer":false,"started_at":"2026-01-02T03:04:05.678+00:00"}"""
        },
        {
            new HlsRecordingSucceeded(
                Customer, Room, Code, Session, "t", "a", "m", 12, 1280, 720, "folder://z", "http://z", 34, "folder://p", "http://p", s_at, s_at, s_at, null),
            "hls_recording.succeeded.v1", Room,
            """{"customer_id":"65aa00000000000000000001","room_id":"65bb00000000000000000002","stream_id":"65dd00000000000000000004","session_id":"65ee00000000000000000005","template_id":"t","recording_id":"a","meeting_url":"m","duration":12,"max_width":1280,"max_height":720,"vod_path":"folder://z","vod_presigned_url":"http://z","vod_size":34,"playlist_path":"folder://p","playlist_url":"http://p","created_at":"2026-01-02T03:04:05.678+00:00","started_at":"2026-01-02T03:04:05.678+00:00","stopped_at":"2026-01-02T03:04:05.678+00:00","session_started_at":null}"""
        },
        {
            new HlsRecordingFailed(Customer, Room, Code, Session, "t", "m", true, false, 12, "UPLOAD_ERROR", "no", s_at, s_at), "hls_recording.failed.v1", Room,
            """{"customer_id":"65aa00000000000000000001","room_id":"65bb00000000000000000002","stream_id":"65dd00000000000000000004","session_id":"65ee00000000000000000005","template_id":"t","meeting_url":"m","hls_vod":true,"single_file_per_layer":false,"duration":12,"error_type":"UPLOAD_ERROR","error_message":"no","session_started_at":"2026-01-02T03:04:05.678+00:00","failed_at":"2026-01-02T03:04:05.678+00:00"}"""
        },
        {
            new RecordingChanged(Customer, Room, Code, Session, "running", "", false, s_at), "recording.changed.v1", Room,
            """{"customer_id":"65aa00000000000000000001","room_id":"65bb00000000000000000002","recording_id":"65dd00000000000000000004","session_id":"65ee00000000000000000005","status":"running","reason":"","paused":false,"changed_at":"2026-01-02T03:04:05.678+00:00"}"""
        },
    };

    [Theory]
    [MemberData(nameof(Golden))]
    public void Event_HasItsNameKeyAndJson(object body, string name, string key, string json)
    {
        var type = EventCatalog.Of(body.GetType());

        Assert.Equal(name, type.Name);
        Assert.Equal(key, type.KeyOf(body));
        Assert.Equal(json, type.Write(body));
        Assert.Equal(body, EventCatalog.Find(name)!.Read(json));
    }

    [Fact]
    public void EveryRecordOfTheNamespace_IsInTheCatalogAndHasAGoldenLine()
    {
        var records = typeof(RoomCreated).Assembly.GetExportedTypes()
            .Where(type => type.Namespace!.Contains(".Events.V", StringComparison.Ordinal) && type.GetMethod("<Clone>$", BindingFlags.Instance | BindingFlags.Public) is not null)
            .OrderBy(type => type.Name, StringComparer.Ordinal).ToArray();

        Assert.Equal(records, EventCatalog.All.Select(type => type.ClrType).OrderBy(type => type.Name, StringComparer.Ordinal));
        Assert.Equal(records, Golden.Select(row => ((object[])row)[0].GetType()).OrderBy(type => type.Name, StringComparer.Ordinal));
        Assert.All(records, type => Assert.True(type.IsSealed));
    }

    [Fact]
    public void Read_FieldsOfALaterVersion_AreIgnored()
    {
        var type = EventCatalog.Find("template.saved.v1")!;
        var e = (TemplateSaved)type.Read("""{"customer_id":"c","template_id":"t","name":"n","saved_at":"2026-01-02T03:04:05Z","more":[1]}""");
        Assert.Equal("t", e.TemplateId);
    }

    [Fact]
    public void Of_TypeThatIsNoEvent_IsRefused() => Assert.Throws<ArgumentException>(() => EventCatalog.Of(typeof(string)));
}
