using LiveStream.Signalling.Media;
using LiveStream.Signalling.Protocol;

namespace LiveStream.Signalling.Room.State;

/// <summary>How far a peer has come.</summary>
internal enum PeerStage
{
    /// <summary>Its socket is open; nobody else knows of it.</summary>
    Preview,
    /// <summary>Has asked to join and waits for its media.</summary>
    Joining,
    /// <summary>In the room, with or without a socket.</summary>
    Joined,
}

/// <summary>One peer. Changed by the room only, which keeps its counters by <see cref="PeerTable"/>.</summary>
internal sealed class Peer(PeerIdentity identity, long sequence)
{
    private readonly SortedSet<string> _groups = new(StringComparer.Ordinal);
    private PeerInfo? _info;
    private PeerEntry? _entry;

    public PeerIdentity Identity => identity;

    public string Id => identity.PeerId;

    /// <summary>Grows with each peer of the room: the order of lists.</summary>
    public long Sequence => sequence;

    public PeerStage Stage { get; internal set; }

    public bool IsJoined => Stage == PeerStage.Joined;

    public string Role { get; private set; } = identity.Role;

    public string Name { get; private set; } = "";

    /// <summary>Metadata.</summary>
    public string Data { get; private set; } = "";

    public DateTimeOffset JoinedAt { get; internal set; }

    /// <summary>The newest socket; null while it is lost.</summary>
    public long? Socket { get; internal set; }

    /// <summary>Since when there is no socket.</summary>
    public DateTimeOffset? LostAt { get; internal set; }

    /// <summary>Published tracks by id; replaced, never changed.</summary>
    public IReadOnlyDictionary<string, TrackInfo> Tracks { get; private set; } = NothingByName<TrackInfo>.Value;

    public IReadOnlySet<string> Groups => _groups;

    /// <summary>Keys of the session store that it wants to hear of. Belongs to the peer, not to the socket: clients do not ask again.</summary>
    public HashSet<string> ListensTo { get; } = new(StringComparer.Ordinal);

    /// <summary>It wants to hear of keys that are not known here, and so is told of all.</summary>
    public bool ListensToAll { get; set; }

    /// <summary>Searches whose next page may be asked for, oldest first.</summary>
    public List<PeerSearch> Searches { get; } = [];

    /// <summary>The first notice of others' coming and going that it does not know: a number that grows for as long as the room lives.</summary>
    public long NextNotice { get; set; }

    /// <summary>Offers that wait for their answer.</summary>
    public int PendingOffers { get; set; }

    /// <summary>Offers so far.</summary>
    public int Offers { get; set; }

    /// <summary>What was said of tracks while offers wait for their answer, by id, with the newest offer of then: it is newer than what those offers say.</summary>
    public Dictionary<string, (bool Mute, string Description, int Offer)> SaidMeanwhile { get; } = new(StringComparer.Ordinal);

    /// <summary>Answers and candidates that the media has not taken yet.</summary>
    public int PendingMessages { get; set; }

    /// <summary>An offer of the subscribe connection that came before the peer had joined.</summary>
    public SubscribeOffered? HeldOffer { get; set; }

    /// <summary>Counts attempts to join, so that the answer to an old one is known as such.</summary>
    public int JoinAttempt { get; set; }

    /// <summary>Without tracks.</summary>
    public PeerInfo Info => _info ??= new PeerInfo(Id, Role, [.. _groups], new PeerDetails(Name, Data, identity.UserId));

    /// <summary>With everything that others know.</summary>
    public PeerEntry Entry => _entry ??= new PeerEntry(Id, Role, Info.Groups, Info.Info, JoinedAt.ToUnixTimeMilliseconds(), Tracks);

    public void Describe(string? name, string? data)
    {
        Name = name ?? Name;
        Data = data ?? Data;
        Forget();
    }

    public bool JoinGroup(string name) => Changed(_groups.Add(name));

    public bool LeaveGroup(string name) => Changed(_groups.Remove(name));

    internal void SetRole(string role)
    {
        Role = role;
        Forget();
    }

    internal void SetTracks(IReadOnlyDictionary<string, TrackInfo> tracks)
    {
        Tracks = tracks;
        _entry = null;
    }

    internal void SetJoined(DateTimeOffset now)
    {
        Stage = PeerStage.Joined;
        JoinedAt = now;
        Forget();
    }

    private bool Changed(bool changed)
    {
        if (changed) Forget();
        return changed;
    }

    private void Forget() => (_info, _entry) = (null, null);
}

/// <summary>A search that goes on behind the last peer shown.</summary>
/// <param name="Iterator">Opaque to the client.</param>
/// <param name="Role">Of that role; null for any.</param>
/// <param name="Group">In that group; null for any.</param>
/// <param name="PeerIds">Out of these; null for all.</param>
/// <param name="After">Sequence of the last peer shown.</param>
internal sealed record PeerSearch(string Iterator, string? Role, string? Group, IReadOnlySet<string>? PeerIds, long After)
{
    public bool Matches(Peer peer) =>
        (Role is null || peer.Role == Role) && (Group is null || peer.Groups.Contains(Group)) && (PeerIds is null || PeerIds.Contains(peer.Id));
}
