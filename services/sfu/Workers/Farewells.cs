using LiveStream.Sfu.Tcp;
using LiveStream.Sfu.Transports;
using LiveStream.Sfu.Udp;

namespace LiveStream.Sfu.Workers;

/// <summary>
/// Where the last words of DTLS go (close_notify, RFC 8446 §6.1): another thread writes them a moment after the transport has
/// ended. Paths are kept for about a second, and of no more transports than a node may have. Worker thread only.
/// </summary>
internal sealed class Farewells(TransportTable transports, SendArena arena)
{
    private const int Maximum = 65_536, Rounds = 4;

    private readonly Dictionary<ulong, (SocketAddressValue Path, FramedConnection? Connection)> _byKey = [];
    private readonly Queue<(ulong Key, int Round)> _byAge = [];
    private int _round;

    /// <summary>Keeps the path of a transport that ends now.</summary>
    public void Add(MediaTransport transport)
    {
        if (!transport.Ice.HasSelected) return;
        if (_byAge.Count == Maximum) ForgetOldest();
        var path = transport.Ice.Selected;
        _byKey[transport.Key] = (path, transport.Connections.GetValueOrDefault(path));
        _byAge.Enqueue((transport.Key, _round));
    }

    /// <summary>True where a connection is kept open for what is still to come.</summary>
    public bool Needs(MediaTransport transport, in SocketAddressValue path) => _byKey.TryGetValue(transport.Key, out var kept) && kept.Path == path;

    /// <summary>Sends what DTLS wrote for a transport that is gone.</summary>
    public void Send(ulong key, ReadOnlySpan<byte> datagram)
    {
        if (!_byKey.TryGetValue(key, out var kept)) return;
        if (kept.Connection is { } connection)
        {
            connection.TrySend(datagram);
            return;
        }

        if (kept.Path.IsConnection) return;
        datagram.CopyTo(arena.Reserve());
        arena.Commit(datagram.Length, kept.Path);
    }

    /// <summary>Forgets what is old; called some times a second.</summary>
    public void Tick()
    {
        _round++;
        while (_byAge.TryPeek(out var oldest) && _round - oldest.Round > Rounds) ForgetOldest();
    }

    private void ForgetOldest()
    {
        if (!_byKey.Remove(_byAge.Dequeue().Key, out var kept)) return;
        // A connection that carries nothing any more is not kept for its peer to close.
        if (kept.Connection is { } connection && !transports.TryGet(kept.Path, out _)) connection.Abandon();
    }
}
