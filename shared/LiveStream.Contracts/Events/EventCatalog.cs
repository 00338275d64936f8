using LiveStream.Contracts.Events.V1;

namespace LiveStream.Contracts.Events;

/// <summary>All events there are. A new one is a sealed record in a versioned namespace, a line in its JSON context, and one here.</summary>
public static class EventCatalog
{
    /// <summary>Every event, in no particular order.</summary>
    public static IReadOnlyList<EventType> All { get; } =
    [
        new EventType<RoomCreated>("room.created.v1", EventsJson.Default.RoomCreated, e => e.RoomId),
        new EventType<RoomUpdated>("room.updated.v1", EventsJson.Default.RoomUpdated, e => e.RoomId),
        new EventType<RoomCodeCreated>("room_code.created.v1", EventsJson.Default.RoomCodeCreated, e => e.RoomId),
        new EventType<RoomCodeChanged>("room_code.changed.v1", EventsJson.Default.RoomCodeChanged, e => e.RoomId),
        new EventType<TemplateSaved>("template.saved.v1", EventsJson.Default.TemplateSaved, e => e.TemplateId),
        new EventType<RoleChanged>("role.changed.v1", EventsJson.Default.RoleChanged, e => e.TemplateId),
        new EventType<RoleDeleted>("role.deleted.v1", EventsJson.Default.RoleDeleted, e => e.TemplateId),
        new EventType<WorkspaceKeyChanged>("workspace_key.changed.v1", EventsJson.Default.WorkspaceKeyChanged, e => e.CustomerId),
        new EventType<SessionOpened>("session.opened.v1", EventsJson.Default.SessionOpened, e => e.RoomId),
        new EventType<SessionClosed>("session.closed.v1", EventsJson.Default.SessionClosed, e => e.RoomId),
        new EventType<PeerJoined>("peer.joined.v1", EventsJson.Default.PeerJoined, e => e.RoomId),
        new EventType<PeerLeft>("peer.left.v1", EventsJson.Default.PeerLeft, e => e.RoomId),
        new EventType<PeerRoleChanged>("peer.role_changed.v1", EventsJson.Default.PeerRoleChanged, e => e.RoomId),
        new EventType<RoomEnded>("room.ended.v1", EventsJson.Default.RoomEnded, e => e.RoomId),
        new EventType<PeerJoinFailed>("peer.join_failed.v1", EventsJson.Default.PeerJoinFailed, e => e.RoomId),
        new EventType<PeerLeaveFailed>("peer.leave_failed.v1", EventsJson.Default.PeerLeaveFailed, e => e.RoomId),
        new EventType<RoomEndFailed>("room.end_failed.v1", EventsJson.Default.RoomEndFailed, e => e.RoomId),
        new EventType<RoleChangeFailed>("peer.role_change_failed.v1", EventsJson.Default.RoleChangeFailed, e => e.RoomId),
        new EventType<LiveStreamChanged>("live_stream.changed.v1", EventsJson.Default.LiveStreamChanged, e => e.RoomId),
        new EventType<RecordingChanged>("recording.changed.v1", EventsJson.Default.RecordingChanged, e => e.RoomId),
        new EventType<LiveStreamRecorded>("live_stream.recorded.v1", EventsJson.Default.LiveStreamRecorded, e => e.RoomId),
        new EventType<HlsRecordingStarted>("hls_recording.started.v1", EventsJson.Default.HlsRecordingStarted, e => e.RoomId),
        new EventType<HlsRecordingSucceeded>("hls_recording.succeeded.v1", EventsJson.Default.HlsRecordingSucceeded, e => e.RoomId),
        new EventType<HlsRecordingFailed>("hls_recording.failed.v1", EventsJson.Default.HlsRecordingFailed, e => e.RoomId),
    ];

    private static readonly Dictionary<Type, EventType> s_byType = All.ToDictionary(type => type.ClrType);
    private static readonly Dictionary<string, EventType> s_byName = All.ToDictionary(type => type.Name, StringComparer.Ordinal);

    /// <summary>The entry of a record's type. Fails with <see cref="ArgumentException"/> for a type that is no event.</summary>
    public static EventType Of(Type type) => s_byType.GetValueOrDefault(type) ?? throw new ArgumentException($"{type} is not in the catalog of events.", nameof(type));

    /// <summary>The entry of that name; null for one that this version does not know.</summary>
    public static EventType? Find(string name) => s_byName.GetValueOrDefault(name);
}
