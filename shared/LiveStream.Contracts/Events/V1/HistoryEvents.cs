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
public sealed record PeerJoined(
    string CustomerId, string RoomId, string SessionId, string PeerId, string Name, string Role, string UserId, DateTimeOffset JoinedAt);

/// <summary>A person left a session. Owner: rooms. Ordering key: the room.</summary>
/// <param name="CustomerId">Workspace, 24 hex digits.</param>
/// <param name="RoomId">24 hex digits.</param>
/// <param name="SessionId">24 hex digits.</param>
/// <param name="PeerId">Of this stay.</param>
/// <param name="LeftAt">When.</param>
public sealed record PeerLeft(string CustomerId, string RoomId, string SessionId, string PeerId, DateTimeOffset LeftAt);

/// <summary>A live stream began, ended, or its recording was paused or resumed. Owner: rooms. Ordering key: the room.</summary>
/// <param name="CustomerId">Workspace, 24 hex digits.</param>
/// <param name="RoomId">24 hex digits.</param>
/// <param name="StreamId">24 hex digits.</param>
/// <param name="SessionId">The session that it began in; empty for none.</param>
/// <param name="Status"><c>starting</c>, <c>running</c>, <c>stopping</c>, <c>post_processing</c>, <c>completed</c> or <c>failed</c>.</param>
/// <param name="Reason">Why it ended; else empty.</param>
/// <param name="RecordingPaused">Nothing is recorded for the moment.</param>
/// <param name="ChangedAt">When.</param>
public sealed record LiveStreamChanged(
    string CustomerId, string RoomId, string StreamId, string SessionId, string Status, string Reason, bool RecordingPaused, DateTimeOffset ChangedAt);

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
