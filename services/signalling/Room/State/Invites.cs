namespace LiveStream.Signalling.Room.State;

/// <summary>An invitation to another role that waits for its answer.</summary>
internal sealed record Invite(string Token, string PeerId, string Role, string RequestedBy, DateTimeOffset Until);

/// <summary>Open invitations, one a peer: clients keep only one. A token is good once, for its peer and role, and for a while.</summary>
internal sealed class Invites(TimeSpan lifetime)
{
    private readonly Dictionary<string, Invite> _byPeer = new(StringComparer.Ordinal);

    public Invite Add(string token, string peerId, string role, string requestedBy, DateTimeOffset now) =>
        _byPeer[peerId] = new Invite(token, peerId, role, requestedBy, now + lifetime);

    /// <summary>The invitation that the peer accepts; null when there is none like it, or no longer.</summary>
    public Invite? Find(string peerId, string? role, string? token, DateTimeOffset now) =>
        _byPeer.TryGetValue(peerId, out var invite) && invite.Token == token && invite.Role == role && now < invite.Until ? invite : null;

    public void Remove(string peerId) => _byPeer.Remove(peerId);

    public void Clear() => _byPeer.Clear();
}
