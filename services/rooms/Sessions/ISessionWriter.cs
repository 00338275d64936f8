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
    /// closed, for nobody is in it any more. Fails as <see cref="OpenAsync"/> does.
    /// </summary>
    Task<Session> BeginAsync(string customerId, string roomId, string sessionId, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>A person came. False where the session is over or unknown, or the person is in it already.</summary>
    Task<bool> PeerJoinedAsync(JoinedPeer peer, CancellationToken cancellationToken);

    /// <summary>A person has another name or role. False where that person is not in the session.</summary>
    Task<bool> PeerChangedAsync(string sessionId, string peerId, string name, string role, CancellationToken cancellationToken);

    /// <summary>A person left. False where that is no news.</summary>
    Task<bool> PeerLeftAsync(string sessionId, string peerId, DateTimeOffset at, CancellationToken cancellationToken);

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
public sealed record JoinedPeer(string SessionId, string PeerId, string Name, string Role, string UserId, DateTimeOffset JoinedAt);
