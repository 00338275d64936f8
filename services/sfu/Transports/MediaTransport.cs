using LiveStream.Contracts.Sfu.V1;
using LiveStream.Sfu.Dtls;
using LiveStream.Sfu.Ice;
using LiveStream.Sfu.Interop;
using LiveStream.Sfu.Negotiation;
using LiveStream.Sfu.Router;
using LiveStream.Sfu.Srtp;
using LiveStream.Sfu.Tcp;
using LiveStream.Sfu.Udp;

namespace LiveStream.Sfu.Transports;

/// <summary>
/// One client's bundled ICE, DTLS and SRTP transport, and what it publishes and receives. Owned by the room's worker
/// thread; disposing it frees the keys.
/// </summary>
internal sealed class MediaTransport(ulong key, OpenTransportRequest request, TransportPlan? plan, RoomRouter room, IceLiteAgent ice, SendArena arena) : IPacketSink, IDisposable
{
    private SrtpSender? _sender;

    /// <summary>Number on the node; the key of its DTLS association.</summary>
    public ulong Key { get; } = key;

    public string Id => Request.TransportId;

    public string PeerId => Request.PeerId;

    /// <summary>What it was opened with.</summary>
    public OpenTransportRequest Request { get; set; } = request;

    /// <summary>What was agreed on with a client that offers; null where this side does.</summary>
    public TransportPlan? Plan { get; set; } = plan;

    /// <summary>The offers of this side; null where the client offers.</summary>
    public SubscriberOffers? Offers { get; init; }

    /// <summary>Hash of the client's certificate where this side offers; null before its first answer.</summary>
    public DtlsFingerprint? Fingerprint { get; set; }

    /// <summary>True once an answer brought the certificate's hash, and DTLS may begin.</summary>
    public bool IsAnswered { get; set; } = plan is not null;

    public RoomRouter Room { get; } = room;

    public IceLiteAgent Ice { get; } = ice;

    public SrtpReceiver? Receiver { get; private set; }

    public PublisherIngress? Ingress { get; init; }

    public Subscriber? Subscriber { get; set; }

    public TransportState State { get; set; } = TransportState.Connecting;

    /// <summary>Of the client protocol, whose peers come back by an ICE restart.</summary>
    public bool IsOfPeer => Request.Named is not null || Offers is not null;

    public long OpenedAt { get; set; }

    /// <summary>When reports and the check for silence are due next.</summary>
    public long NextReportAt { get; set; }

    /// <summary>Last authentic packet of any kind, in the worker's microseconds.</summary>
    public long LastHeardAt { get; set; }

    /// <summary>Connections of ICE-TCP that passed a check, by path.</summary>
    public Dictionary<SocketAddressValue, FramedConnection> Connections { get; } = [];

    /// <summary>True once both SRTP directions have keys.</summary>
    public bool HasKeys => _sender is not null;

    /// <summary>Installs the keys that DTLS made; we are the DTLS server (RFC 5764 §4.2).</summary>
    public void Install(SrtpKeyingMaterial keys)
    {
        _sender?.Dispose();
        Receiver?.Dispose();
        _sender = SrtpSender.Create(keys.Profile, keys.ServerKey, keys.ServerSalt);
        Receiver = SrtpReceiver.Create(keys.Profile, keys.ClientKey, keys.ClientSalt);
        if (Subscriber is not null) Subscriber.Egress.IsConnected = true;
    }

    /// <inheritdoc/>
    public void SendRtp(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload, uint rolloverCounter)
    {
        if (_sender is not { } sender) return;
        var path = Ice.Selected;
        // Its only path is gone (a closed connection, an address that went to another client): nothing to send to.
        if (path.Family == 0) return;
        if (path.IsConnection)
        {
            if (!TryReserve(path, out var connection, out var frame)) return;
            header.CopyTo(frame);
            connection.Commit(sender.ProtectRtp(frame, header.Length, payload, rolloverCounter));
            return;
        }

        var datagram = arena.Reserve();
        header.CopyTo(datagram);
        arena.Commit(sender.ProtectRtp(datagram, header.Length, payload, rolloverCounter), path);
    }

    /// <inheritdoc/>
    public void SendRtcp(ReadOnlySpan<byte> compound)
    {
        if (_sender is not { } sender) return;
        var path = Ice.Selected;
        if (path.Family == 0) return;
        if (path.IsConnection)
        {
            if (!TryReserve(path, out var connection, out var frame)) return;
            compound.CopyTo(frame);
            connection.Commit(sender.ProtectRtcp(frame, compound.Length));
            return;
        }

        var datagram = arena.Reserve();
        compound.CopyTo(datagram);
        arena.Commit(sender.ProtectRtcp(datagram, compound.Length), path);
    }

    /// <inheritdoc/>
    public void Approach(int depth)
    {
        switch (depth)
        {
            case 1:
                CacheLines.FetchLarge(Ice);
                if (_sender is not null) CacheLines.Fetch(_sender);
                break;
            case 2:
                _sender?.FetchCipher();
                break;
            default:
                _sender?.FetchKeys();
                break;
        }
    }

    /// <summary>Sends bytes as they are (STUN, DTLS) by a path.</summary>
    public void SendPlain(ReadOnlySpan<byte> message, in SocketAddressValue path)
    {
        if (path.IsConnection)
        {
            if (!TryReserve(path, out var connection, out var frame)) return;
            message.CopyTo(frame);
            connection.Commit(message.Length);
            return;
        }

        message.CopyTo(arena.Reserve());
        arena.Commit(message.Length, path);
    }

    public void Dispose()
    {
        _sender?.Dispose();
        Receiver?.Dispose();
        _sender = null;
        Receiver = null;
    }

    private bool TryReserve(in SocketAddressValue path, out FramedConnection connection, out Span<byte> frame)
    {
        frame = default;
        if (!Connections.TryGetValue(path, out connection!)) return false;
        frame = connection.Reserve(SendArena.MaximumDatagram);
        return !frame.IsEmpty;
    }
}
