using LiveStream.Contracts.Rooms.V1;
using LiveStream.Rooms.Domain;

namespace LiveStream.Rooms.Sessions;

/// <summary>
/// Writes the record of sessions as whoever admits people tells of it. Every call may come twice and out of order: what is
/// known already changes nothing. Times are those of the teller.
/// </summary>
public interface ISessionWriter
{
    /// <summary>The room's session, begun now where it has none. Fails with <c>ControlException</c> (NotFound) for an unknown room.</summary>
    Task<Session> OpenAsync(string customerId, string roomId, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>
    /// The room's session of that id, which the teller chose: 24 hex digits that sort by age. Another one that is still open is
    /// closed, for nobody is in it any more. Fails as <see cref="OpenAsync"/> does, and with FailedPrecondition where the teller is a
    /// signalling node (by its lease) and another one has the room.
    /// </summary>
    Task<Session> BeginAsync(string customerId, string roomId, string sessionId, DateTimeOffset at, CancellationToken cancellationToken, string leaseId = "");

    /// <summary>A person came. False where the session is over or unknown, or the person is in it already.</summary>
    Task<bool> PeerJoinedAsync(JoinedPeer peer, CancellationToken cancellationToken);

    /// <summary>A person has another name or role. False where that person is not in the session.</summary>
    Task<bool> PeerChangedAsync(
        string sessionId, string peerId, string name, string role, CancellationToken cancellationToken, RoleChangeReport? report = null);

    /// <summary>A person left. False where that is no news.</summary>
    Task<bool> PeerLeftAsync(string sessionId, string peerId, DateTimeOffset at, CancellationToken cancellationToken, LeaveReport? report = null);

    /// <summary>Somebody ends the session for everybody. False where it is over or unknown.</summary>
    Task<bool> RoomEndedAsync(string sessionId, RoomEnd ended, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>The session is over, and whoever was in it has left. False where that is no news.</summary>
    Task<bool> CloseAsync(string sessionId, DateTimeOffset at, CancellationToken cancellationToken);
}

/// <summary>A person who came into a session.</summary>
/// <param name="SessionId">The session.</param>
/// <param name="PeerId">UUID, of this stay.</param>
/// <param name="Name">As shown to others; may be empty.</param>
/// <param name="Role">A role of the room's template.</param>
/// <param name="UserId">The customer's own id of the person; may be empty.</param>
/// <param name="JoinedAt">When.</param>
/// <param name="UserData">What its client says of itself.</param>
/// <param name="TokenHash">Of the token that it came with; may be empty.</param>
public sealed record JoinedPeer(
    string SessionId, string PeerId, string Name, string Role, string UserId, DateTimeOffset JoinedAt, string UserData = "", string TokenHash = "");

/// <summary>What events tell of a role change beside the record.</summary>
/// <param name="RequestedBy">Peer; empty for a server.</param>
/// <param name="UserData">What the person's client says of itself.</param>
/// <param name="At">When.</param>
public sealed record RoleChangeReport(string RequestedBy, string UserData, DateTimeOffset At);

/// <summary>What events tell of a leave beside the record.</summary>
/// <param name="Reason">How, as webhooks name it.</param>
/// <param name="Message">What was said.</param>
/// <param name="UserData">What the person's client said of itself.</param>
public sealed record LeaveReport(string Reason, string Message, string UserData);

/// <summary>Ways to leave as webhooks name them.</summary>
internal static class LeaveReasons
{
    /// <summary>The session is over, and nobody said how the person went.</summary>
    public const string Server = "server removed peer";

    public static string NameOf(LeaveReason reason) => reason switch
    {
        LeaveReason.ClientRequest => "client request",
        LeaveReason.ConnectionLost => "websocket closed",
        LeaveReason.Removed => "peer kicked",
        _ => Server,
    };
}
