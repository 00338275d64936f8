using LiveStream.Sfu.Router.Layers;

namespace LiveStream.Sfu.Router;

/// <summary>One receiving peer in a room: what it may see, and the streams that carry it there.</summary>
/// <param name="peerId">Its peer.</param>
/// <param name="fromRoles">Roles that it may see.</param>
/// <param name="egress">Its streams.</param>
/// <param name="isOffered">Each stream is there for one track, as offered; otherwise streams take what there is.</param>
internal sealed class Subscriber(string peerId, IReadOnlyCollection<string> fromRoles, Egress egress, bool isOffered = false)
{
    public bool IsOffered { get; } = isOffered;

    /// <summary>Roles that it may see.</summary>
    public IReadOnlyCollection<string> FromRoles { get; set; } = fromRoles;

    public string PeerId { get; } = peerId;

    public Egress Egress { get; } = egress;

    /// <summary>What it said of tracks, by id; kept for those that it may see, whether they have a stream yet or not.</summary>
    public Dictionary<string, PreferredLayer> Preferences { get; } = new(StringComparer.Ordinal);

    /// <summary>True for a track of an allowed role that is not the peer's own.</summary>
    public bool Wants(PublishedTrack track) => FromRoles.Contains(track.Description.Role) && track.Description.PeerId != PeerId;
}
