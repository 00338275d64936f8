namespace LiveStream.Contracts.Events.V1;

/// <summary>A person with a good token was not let in. Owner: rooms. Ordering key: the room.</summary>
/// <param name="CustomerId">Workspace, 24 hex digits.</param>
/// <param name="RoomId">24 hex digits.</param>
/// <param name="PeerId">Of this attempt.</param>
/// <param name="UserId">The customer's own id of the person; may be empty.</param>
/// <param name="UserName">As it would have been shown; empty where the person had not said it yet.</param>
/// <param name="UserData">Metadata of the person; may be empty.</param>
/// <param name="Role">The role of the token, which the template need not have.</param>
/// <param name="ErrorMessage">Why.</param>
/// <param name="RefusedAt">When.</param>
public sealed record PeerJoinFailed(
    string CustomerId, string RoomId, string PeerId, string UserId, string UserName, string UserData, string Role, string ErrorMessage, DateTimeOffset RefusedAt);

/// <summary>A person said that it leaves a room that it had not joined. Owner: rooms. Ordering key: the room.</summary>
/// <param name="CustomerId">Workspace, 24 hex digits.</param>
/// <param name="RoomId">24 hex digits.</param>
/// <param name="PeerId">Of this attempt.</param>
/// <param name="UserId">The customer's own id of the person; may be empty.</param>
/// <param name="UserName">As it would have been shown; empty where the person had not said it yet.</param>
/// <param name="UserData">Metadata of the person; may be empty.</param>
/// <param name="Role">The role of the token.</param>
/// <param name="ErrorMessage">Why.</param>
/// <param name="RefusedAt">When.</param>
public sealed record PeerLeaveFailed(
    string CustomerId, string RoomId, string PeerId, string UserId, string UserName, string UserData, string Role, string ErrorMessage, DateTimeOffset RefusedAt);

/// <summary>A room's session was to be ended for everybody, and was not. Owner: rooms. Ordering key: the room.</summary>
/// <param name="CustomerId">Workspace, 24 hex digits.</param>
/// <param name="RoomId">24 hex digits.</param>
/// <param name="PeerId">Peer that wanted it; empty for a server.</param>
/// <param name="Name">Its name.</param>
/// <param name="Role">Its role.</param>
/// <param name="UserId">The customer's own id of the person.</param>
/// <param name="Lock">Nobody was to join any more.</param>
/// <param name="Reason">What was said; may be empty.</param>
/// <param name="ErrorMessage">Why it was not.</param>
/// <param name="ErrorCode">The same as a status of HTTP.</param>
/// <param name="FailedAt">When.</param>
public sealed record RoomEndFailed(
    string CustomerId, string RoomId, string PeerId, string Name, string Role, string UserId, bool Lock, string Reason, string ErrorMessage, int ErrorCode,
    DateTimeOffset FailedAt);

/// <summary>A person in a room was to get another role, and did not. Owner: rooms. Ordering key: the room.</summary>
/// <param name="CustomerId">Workspace, 24 hex digits.</param>
/// <param name="RoomId">24 hex digits.</param>
/// <param name="SessionId">24 hex digits.</param>
/// <param name="PeerId">Of this stay.</param>
/// <param name="UserId">The customer's own id of the person; may be empty.</param>
/// <param name="UserName">As shown to others; may be empty.</param>
/// <param name="UserData">Metadata of the person; may be empty.</param>
/// <param name="Role">The role that the person has and keeps.</param>
/// <param name="WantedRole">The role that it did not get.</param>
/// <param name="JoinedAt">When the person came.</param>
/// <param name="SessionStartedAt">When the session began.</param>
/// <param name="RequestedBy">Peer that asked for it; empty for a server.</param>
/// <param name="ErrorMessage">Why.</param>
/// <param name="RefusedAt">When.</param>
public sealed record RoleChangeFailed(
    string CustomerId,
    string RoomId,
    string SessionId,
    string PeerId,
    string UserId,
    string UserName,
    string UserData,
    string Role,
    string WantedRole,
    DateTimeOffset JoinedAt,
    DateTimeOffset SessionStartedAt,
    string RequestedBy,
    string ErrorMessage,
    DateTimeOffset RefusedAt);
