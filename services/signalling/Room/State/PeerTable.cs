using System.Diagnostics.CodeAnalysis;

using LiveStream.Signalling.Protocol;

namespace LiveStream.Signalling.Room.State;

/// <summary>The peers of a room, whatever their stage, with the counts that limits and clients ask for.</summary>
internal sealed class PeerTable
{
    private readonly Dictionary<string, Peer> _byId = new(StringComparer.Ordinal);
    private readonly Dictionary<long, Peer> _bySocket = [];
    private readonly SortedDictionary<long, Peer> _joined = [];
    private readonly SortedDictionary<long, Peer> _shown = [];
    private readonly Dictionary<string, int> _taken = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Peer> _trackOwners = new(StringComparer.Ordinal);
    private long _sequence;

    /// <summary>Everybody, previews included.</summary>
    public IReadOnlyCollection<Peer> All => _byId.Values;

    /// <summary>Who has joined, in order of arrival.</summary>
    public IReadOnlyCollection<Peer> Joined => _joined.Values;

    /// <summary>Those of them that clients are told of one by one, in the same order.</summary>
    public IReadOnlyCollection<Peer> Shown => _shown.Values;

    public int JoinedCount => _joined.Count;

    public int TrackCount => _trackOwners.Count;

    /// <summary>Sockets of peers of any stage.</summary>
    public int SocketCount => _bySocket.Count;

    /// <summary>Peers that have joined or are about to.</summary>
    public int TakenCount { get; private set; }

    public Peer Add(PeerIdentity identity)
    {
        var peer = new Peer(identity, ++_sequence);
        _byId.Add(peer.Id, peer);
        return peer;
    }

    /// <summary>Peers of the role that have joined or are about to.</summary>
    public int TakenBy(string role) => _taken.GetValueOrDefault(role);

    public Peer? Find(string? peerId) => peerId is null ? null : _byId.GetValueOrDefault(peerId);

    public Peer? FindJoined(string? peerId) => Find(peerId) is { IsJoined: true } peer ? peer : null;

    public bool TryFindSocket(long socket, [NotNullWhen(true)] out Peer? peer) => _bySocket.TryGetValue(socket, out peer);

    public Peer? OwnerOf(string trackId) => _trackOwners.GetValueOrDefault(trackId);

    /// <summary>Makes a socket the peer's only one; the one before, if there was.</summary>
    public long? Attach(Peer peer, long socket)
    {
        var before = peer.Socket;
        if (before is { } old) _bySocket.Remove(old);
        _bySocket.Add(socket, peer);
        peer.Socket = socket;
        peer.LostAt = null;
        return before;
    }

    /// <summary>The socket is no longer the peer's.</summary>
    public void Detach(Peer peer, DateTimeOffset now)
    {
        if (peer.Socket is { } socket) _bySocket.Remove(socket);
        peer.Socket = null;
        peer.LostAt = now;
    }

    /// <summary>Keeps a place for a peer that is about to join.</summary>
    public void Reserve(Peer peer)
    {
        if (peer.Stage != PeerStage.Preview) return;
        peer.Stage = PeerStage.Joining;
        Take(peer.Role, 1);
    }

    /// <summary>Gives the place back.</summary>
    public void Release(Peer peer)
    {
        if (peer.Stage != PeerStage.Joining) return;
        peer.Stage = PeerStage.Preview;
        Take(peer.Role, -1);
    }

    /// <summary>The peer, whose place is kept, has joined.</summary>
    public void Enter(Peer peer, DateTimeOffset now)
    {
        Reserve(peer);
        peer.SetJoined(now);
        _joined.Add(peer.Sequence, peer);
    }

    /// <summary>Whether clients are told of this peer.</summary>
    public bool IsShown(Peer peer) => _shown.ContainsKey(peer.Sequence);

    /// <summary>Clients are told of this peer from now on, or no longer.</summary>
    public void Show(Peer peer, bool shown)
    {
        if (shown) _shown.TryAdd(peer.Sequence, peer);
        else _shown.Remove(peer.Sequence);
    }

    public void SetRole(Peer peer, string role)
    {
        if (peer.Stage != PeerStage.Preview)
        {
            Take(peer.Role, -1);
            Take(role, 1);
        }

        peer.SetRole(role);
    }

    public void SetTracks(Peer peer, IReadOnlyDictionary<string, TrackInfo> tracks)
    {
        foreach (var id in peer.Tracks.Keys) _trackOwners.Remove(id);
        foreach (var id in tracks.Keys) _trackOwners.Add(id, peer);
        peer.SetTracks(tracks);
    }

    /// <summary>Forgets the peer.</summary>
    public void Remove(Peer peer, DateTimeOffset now)
    {
        foreach (var id in peer.Tracks.Keys) _trackOwners.Remove(id);
        Detach(peer, now);
        if (peer.Stage != PeerStage.Preview) Take(peer.Role, -1);
        _joined.Remove(peer.Sequence);
        _shown.Remove(peer.Sequence);
        _byId.Remove(peer.Id);
        peer.Stage = PeerStage.Preview;
    }

    private void Take(string role, int change)
    {
        TakenCount += change;
        _taken[role] = TakenBy(role) + change;
    }
}
