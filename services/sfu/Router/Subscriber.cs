namespace LiveStream.Sfu.Router;

/// <summary>One receiving peer in a room: what it may see, and the streams that carry it there.</summary>
internal sealed class Subscriber(string peerId, IReadOnlyCollection<string> fromRoles, Egress egress)
{
    public string PeerId { get; } = peerId;

    public Egress Egress { get; } = egress;

    /// <summary>True for a track of an allowed role that is not the peer's own.</summary>
    public bool Wants(PublishedTrack track) => fromRoles.Contains(track.Description.Role) && track.Description.PeerId != PeerId;
}
