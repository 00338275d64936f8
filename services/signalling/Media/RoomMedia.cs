using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;

namespace LiveStream.Signalling.Media;

/// <summary>Who of one room has media. Safe for concurrent use.</summary>
internal sealed class RoomMedia(string roomId, Func<MediaEvent, bool> report)
{
    private readonly ConcurrentDictionary<string, PeerConnections> _peers = new(StringComparer.Ordinal);

    // Nodes that clients were moved to, by peer, until they have built their connections there.
    private readonly Dictionary<string, Move> _moves = new(StringComparer.Ordinal);
    private readonly Lock _moving = new();

    // Transports of peers whom nobody here knows, while it is waited for them to become known.
    private int _looks;
    private readonly ConcurrentDictionary<string, byte> _strangers = new(StringComparer.Ordinal);

    public string RoomId => roomId;

    public IEnumerable<PeerConnections> Peers => _peers.Values;

    public bool Report(MediaEvent happened) => report(happened);

    public PeerConnections? Find(string peerId) => _peers.GetValueOrDefault(peerId);

    public PeerConnections? FindTransport(string transportId)
    {
        foreach (var peer in _peers.Values)
            if (peer.SubscribeId == transportId || peer.PublishId == transportId) return peer;
        return null;
    }

    /// <summary>True for the first one who asks about a transport that is no peer's here.</summary>
    public bool TryBeginDoubt(string transportId) => FindTransport(transportId) is null && _strangers.TryAdd(transportId, 0);

    /// <summary>Ends the wait; true where it still is nobody's.</summary>
    public bool EndDoubt(string transportId) => _strangers.TryRemove(transportId, out _) && FindTransport(transportId) is null;

    /// <summary>True for the one who looks for strangers, until <see cref="EndLook"/>.</summary>
    public bool TryBeginLook() => Interlocked.Exchange(ref _looks, 1) == 0;

    public void EndLook() => Volatile.Write(ref _looks, 0);

    public void Add(PeerConnections peer)
    {
        _peers[peer.PeerId] = peer;
        Forget(peer.PeerId);
    }

    /// <summary>True for the one caller who ends these connections.</summary>
    public bool Remove(PeerConnections peer) => _peers.TryRemove(KeyValuePair.Create(peer.PeerId, peer));

    /// <summary>
    /// These connections are lost; the client is to build its next ones for another node id. False where somebody else
    /// ended them.
    /// </summary>
    public bool TryMove(PeerConnections peer, out string nodeId)
    {
        nodeId = NextOf(peer.NodeId);
        lock (_moving)
        {
            if (!Remove(peer)) return false;
            _moves[peer.PeerId] = new Move(peer.Session, nodeId);
            return true;
        }
    }

    /// <summary>The peer has connections that another process made for it: it is to build its next ones for another node id.</summary>
    public void Expect(string peerId)
    {
        // A name that no node of before has.
        lock (_moving) _moves.TryAdd(peerId, new Move(null, $"again-{RandomNumberGenerator.GetHexString(8, lowercase: true)}"));
    }

    /// <summary>Where the peer was told to move; null unless it has yet to come there.</summary>
    public Move? FindMove(string peerId)
    {
        lock (_moving) return _moves.GetValueOrDefault(peerId);
    }

    /// <summary>Whether an offer is one of the connections that the peer is to leave. Of expected ones the first tells which they are.</summary>
    public bool IsLeft(string peerId, string session, [NotNullWhen(true)] out string? nodeId)
    {
        nodeId = null;
        lock (_moving)
        {
            if (!_moves.TryGetValue(peerId, out var move)) return false;
            if (move.Session is null) _moves[peerId] = move = move with { Session = session };
            if (move.Session != session) return false;
            nodeId = move.NodeId;
            return true;
        }
    }

    public void Forget(string peerId)
    {
        lock (_moving) _moves.Remove(peerId);
    }

    private static string NextOf(string nodeId)
    {
        var (name, count) = nodeId.LastIndexOf('#') is > 0 and var at && int.TryParse(nodeId.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var moved)
            ? (nodeId[..at], moved)
            : (nodeId, 0);
        return string.Create(CultureInfo.InvariantCulture, $"{name}#{count + 1}");
    }
}

/// <summary>A peer that is to build its connections anew.</summary>
/// <param name="Session">Names the connections that it leaves; null where it has not been heard with them yet.</param>
/// <param name="NodeId">What it is to know the next node by.</param>
internal sealed record Move(string? Session, string NodeId);
