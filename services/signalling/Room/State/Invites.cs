namespace LiveStream.Signalling.Room.State;

/// <summary>An invitation to another role that waits for its answer.</summary>
internal sealed record Invite(string Token, string PeerId, string Role, string RequestedBy, DateTimeOffset Until);

/// <summary>
/// Open invitations, one for each role that a peer is invited to: clients show the first that comes, whatever follows. A token is good
/// once, for its peer and role, and for a while.
/// </summary>
internal sealed class Invites(TimeSpan lifetime)
{
    private readonly Dictionary<string, List<Invite>> _byPeer = new(StringComparer.Ordinal);

    /// <summary>Invites the peer, or says an invitation to the role that is open once more, which prolongs it.</summary>
    public Invite Add(string token, string peerId, string role, string requestedBy, DateTimeOffset now)
    {
        if (!_byPeer.TryGetValue(peerId, out var invites)) _byPeer[peerId] = invites = [];
        invites.RemoveAll(old => now >= old.Until);
        var open = invites.Find(old => old.Role == role);
        if (open is not null) invites.Remove(open);
        var invite = new Invite(open?.Token ?? token, peerId, role, requestedBy, now + lifetime);
        invites.Add(invite);
        return invite;
    }

    /// <summary>The invitation that the peer accepts; null when there is none like it, or no longer.</summary>
    public Invite? Find(string peerId, string? role, string? token, DateTimeOffset now) =>
        _byPeer.GetValueOrDefault(peerId)?.Find(invite => invite.Token == token && invite.Role == role && now < invite.Until);

    public void Remove(string peerId) => _byPeer.Remove(peerId);

    public void Clear() => _byPeer.Clear();
}
