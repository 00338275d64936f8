namespace LiveStream.Signalling.Room.State;

/// <summary>Whom a socket belongs to, by a token that was checked.</summary>
/// <param name="PeerId">Chosen by the client, for the time from join to leave.</param>
/// <param name="UserId">The customer's own id of the person; may be empty, and the same for several peers (tabs).</param>
/// <param name="Role">As the token says; a peer's role may be another one later.</param>
/// <param name="TokenHash">Tells whether two sockets came with the same token.</param>
internal sealed record PeerIdentity(string PeerId, string UserId, string Role, string TokenHash);
