namespace LiveStream.Contracts.Events.V1;

/// <summary>Somebody is in a room that was empty. Owner: rooms. Ordering key: the room.</summary>
/// <param name="CustomerId">Workspace, 24 hex digits.</param>
/// <param name="RoomId">24 hex digits.</param>
/// <param name="SessionId">24 hex digits.</param>
/// <param name="OpenedAt">When.</param>
public sealed record SessionOpened(string CustomerId, string RoomId, string SessionId, DateTimeOffset OpenedAt);

/// <summary>A session is over. Owner: rooms. Ordering key: the room.</summary>
/// <param name="CustomerId">Workspace, 24 hex digits.</param>
/// <param name="RoomId">24 hex digits.</param>
/// <param name="SessionId">24 hex digits.</param>
/// <param name="OpenedAt">When it began.</param>
/// <param name="ClosedAt">When it ended.</param>
public sealed record SessionClosed(string CustomerId, string RoomId, string SessionId, DateTimeOffset OpenedAt, DateTimeOffset ClosedAt);

/// <summary>A person came into a session. Owner: rooms. Ordering key: the room.</summary>
/// <param name="CustomerId">Workspace, 24 hex digits.</param>
/// <param name="RoomId">24 hex digits.</param>
/// <param name="SessionId">24 hex digits.</param>
/// <param name="PeerId">Of this stay.</param>
/// <param name="Name">As shown to others; may be empty.</param>
/// <param name="Role">The role that it joined with.</param>
/// <param name="UserId">The customer's own id of the person; may be empty.</param>
/// <param name="JoinedAt">When.</param>
/// <param name="UserData">What the person's client said of itself (metadata); may be empty.</param>
/// <param name="SessionStartedAt">When the session began; null where that is not known.</param>
public sealed record PeerJoined(
    string CustomerId, string RoomId, string SessionId, string PeerId, string Name, string Role, string UserId, DateTimeOffset JoinedAt,
    string UserData = "", DateTimeOffset? SessionStartedAt = null);

/// <summary>A person left a session. Owner: rooms. Ordering key: the room.</summary>
/// <param name="CustomerId">Workspace, 24 hex digits.</param>
/// <param name="RoomId">24 hex digits.</param>
/// <param name="SessionId">24 hex digits.</param>
/// <param name="PeerId">Of this stay.</param>
/// <param name="LeftAt">When.</param>
/// <param name="Name">As shown to others last.</param>
/// <param name="Role">The role held last.</param>
/// <param name="UserId">The customer's own id of the person; may be empty.</param>
/// <param name="UserData">What the person's client said of itself last (metadata); may be empty.</param>
/// <param name="JoinedAt">When the person came; null where that is not known.</param>
/// <param name="SessionStartedAt">When the session began; null where that is not known.</param>
/// <param name="Reason">How: <c>client request</c>, <c>peer kicked</c>, <c>websocket closed</c> or <c>server removed peer</c>.</param>
/// <param name="Message">What whoever removed the person said; may be empty.</param>
public sealed record PeerLeft(
    string CustomerId, string RoomId, string SessionId, string PeerId, DateTimeOffset LeftAt,
    string Name = "", string Role = "", string UserId = "", string UserData = "", DateTimeOffset? JoinedAt = null, DateTimeOffset? SessionStartedAt = null,
    string Reason = "", string Message = "");

/// <summary>A person in a session has another role. Owner: rooms. Ordering key: the room.</summary>
/// <param name="CustomerId">Workspace, 24 hex digits.</param>
/// <param name="RoomId">24 hex digits.</param>
/// <param name="SessionId">24 hex digits.</param>
/// <param name="PeerId">Of this stay.</param>
/// <param name="Name">As shown to others; may be empty.</param>
/// <param name="UserId">The customer's own id of the person; may be empty.</param>
/// <param name="UserData">What the person's client said of itself (metadata); may be empty.</param>
/// <param name="PreviousRole">The role before.</param>
/// <param name="Role">The role now.</param>
/// <param name="RequestedBy">Peer that asked for it; empty for a server.</param>
/// <param name="JoinedAt">When the person came.</param>
/// <param name="SessionStartedAt">When the session began.</param>
/// <param name="ChangedAt">When.</param>
public sealed record PeerRoleChanged(
    string CustomerId, string RoomId, string SessionId, string PeerId, string Name, string UserId, string UserData, string PreviousRole, string Role,
    string RequestedBy, DateTimeOffset JoinedAt, DateTimeOffset SessionStartedAt, DateTimeOffset ChangedAt);

/// <summary>Somebody ended a room's session for everybody; it closes right after. Owner: rooms. Ordering key: the room.</summary>
/// <param name="CustomerId">Workspace, 24 hex digits.</param>
/// <param name="RoomId">24 hex digits.</param>
/// <param name="SessionId">24 hex digits.</param>
/// <param name="PeerId">Peer that did; empty for a server.</param>
/// <param name="Name">Its name.</param>
/// <param name="Role">Its role.</param>
/// <param name="UserId">The customer's own id of the person.</param>
/// <param name="Locked">Nobody may join any more.</param>
/// <param name="Reason">What was said; may be empty.</param>
/// <param name="SessionStartedAt">When the session began.</param>
/// <param name="EndedAt">When.</param>
public sealed record RoomEnded(
    string CustomerId, string RoomId, string SessionId, string PeerId, string Name, string Role, string UserId, bool Locked, string Reason,
    DateTimeOffset SessionStartedAt, DateTimeOffset EndedAt);

/// <summary>A live stream began, ended, or its recording was paused or resumed. Owner: rooms. Ordering key: the room.</summary>
/// <param name="CustomerId">Workspace, 24 hex digits.</param>
/// <param name="RoomId">24 hex digits.</param>
/// <param name="StreamId">24 hex digits.</param>
/// <param name="SessionId">The session that it began in; empty for none.</param>
/// <param name="Status"><c>starting</c>, <c>running</c>, <c>stopping</c>, <c>post_processing</c>, <c>completed</c> or <c>failed</c>.</param>
/// <param name="Reason">Why it ended; else empty.</param>
/// <param name="RecordingPaused">Nothing is recorded for the moment.</param>
/// <param name="ChangedAt">When.</param>
/// <param name="Details">The stream as it is now; null from a version that did not say.</param>
public sealed record LiveStreamChanged(
    string CustomerId, string RoomId, string StreamId, string SessionId, string Status, string Reason, bool RecordingPaused, DateTimeOffset ChangedAt,
    LiveStreamDetails? Details = null);

/// <summary>A composite recording began, ended, was paused or resumed. Owner: rooms. Ordering key: the room.</summary>
/// <param name="CustomerId">Workspace, 24 hex digits.</param>
/// <param name="RoomId">24 hex digits.</param>
/// <param name="RecordingId">24 hex digits.</param>
/// <param name="SessionId">The session that it began in; empty for none.</param>
/// <param name="Status">As that of a live stream.</param>
/// <param name="Reason">Why it ended; else empty.</param>
/// <param name="Paused">Nothing is recorded for the moment.</param>
/// <param name="ChangedAt">When.</param>
public sealed record RecordingChanged(
    string CustomerId, string RoomId, string RecordingId, string SessionId, string Status, string Reason, bool Paused, DateTimeOffset ChangedAt);
