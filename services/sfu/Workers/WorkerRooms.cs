using LiveStream.Contracts;
using LiveStream.Contracts.Sfu.V1;
using LiveStream.Sfu.Dtls;
using LiveStream.Sfu.Export;
using LiveStream.Sfu.Ice;
using LiveStream.Sfu.Negotiation;
using LiveStream.Sfu.Router;
using LiveStream.Sfu.Srtp;
using LiveStream.Sfu.Tcp;
using LiveStream.Sfu.Transports;
using LiveStream.Sfu.Udp;
using Microsoft.Extensions.Logging;

namespace LiveStream.Sfu.Workers;

/// <summary>Opens and ends the transports and exports of one worker's rooms. Worker thread only.</summary>
internal sealed class WorkerRooms(TransportTable transports, DtlsWorker dtls, SendArena arena, ForwardBatch batch, IRoomObserver observer, ILogger logger)
{
    // Of the client protocol: what clients want of tracks, and what they are told.
    private const string ApiChannel = "ion-sfu";

    private readonly Dictionary<string, RoomRouter> _rooms = new(StringComparer.Ordinal);

    public Dictionary<string, RoomRouter>.ValueCollection All => _rooms.Values;

    public int Count => _rooms.Count;

    /// <summary>What their transports publish.</summary>
    public Publishing Publishers { get; } = new(batch);

    /// <summary>The transports for which this side offers.</summary>
    public Subscribing Subscribers { get; } = new(transports, dtls);

    /// <summary>Where DTLS says goodbye for those that have ended.</summary>
    public Farewells Farewells { get; } = new(transports, arena);

    public RoomRouter? Find(string roomId) => _rooms.GetValueOrDefault(roomId);

    /// <summary>Makes a transport of a plan and waits for the client's checks.</summary>
    public void Open(ulong key, OpenTransportRequest request, TransportPlan plan, IceCredentials credentials, long nowMicroseconds)
    {
        if (transports.TryGetById(request.TransportId, out _)) throw new ControlException(ControlError.AlreadyExists, "The transport exists already.");
        var room = GetOrAdd(request.RoomId);
        var transport = new MediaTransport(key, request, plan, room, new IceLiteAgent(credentials), arena)
        {
            Ingress = plan.Publishing.Count == 0 && request.Named is null ? null : new PublisherIngress(new PublisherClock()),
            OpenedAt = nowMicroseconds,
            LastHeardAt = nowMicroseconds,
        };
        try
        {
            Publishers.Update(transport, plan);
        }
        catch (ControlException)
        {
            RemoveIfEmpty(room);
            throw;
        }

        if (plan.Receiving.Count > 0)
        {
            var egress = new Egress(transport);
            foreach (var outgoing in plan.Receiving) egress.Add(new Subscription(egress, outgoing.Format, outgoing.Mid, outgoing.Ssrc, outgoing.RtxSsrc));
            transport.Subscriber = new Subscriber(request.PeerId, request.Subscribe.FromRoles.ToHashSet(StringComparer.Ordinal), egress);
        }

        transports.Add(transport);
        room.Transports++;
        dtls.Attach(key, DtlsRole.Server, plan.Fingerprint);
        if (transport.Subscriber is { } subscriber) room.Subscribe(subscriber);
        Report(transport, TransportState.Connecting, "");
    }

    /// <summary>Makes a transport for which this side offers.</summary>
    public void OpenSubscriber(ulong key, OpenTransportRequest request, IceCredentials credentials, long nowMicroseconds)
    {
        if (transports.TryGetById(request.TransportId, out _)) throw new ControlException(ControlError.AlreadyExists, "The transport exists already.");
        var room = GetOrAdd(request.RoomId);
        var transport = new MediaTransport(key, request, null, room, new IceLiteAgent(credentials), arena)
        {
            Offers = new SubscriberOffers(OfferNegotiator.NextSsrc),
            OpenedAt = nowMicroseconds,
            LastHeardAt = nowMicroseconds,
        };
        transport.Subscriber = new Subscriber(request.PeerId, request.Subscribe.FromRoles.ToHashSet(StringComparer.Ordinal), new Egress(transport), isOffered: true);
        transports.Add(transport);
        room.Transports++;
        room.Subscribe(transport.Subscriber);
        Report(transport, TransportState.Connecting, "");
    }

    /// <summary>DTLS is done: media may flow.</summary>
    public void Connected(ulong key, SrtpKeyingMaterial keys)
    {
        if (!transports.TryGetByKey(key, out var transport)) return;
        transport.Install(keys);
        if (transport.Offers is not null) dtls.OpenChannel(key, ApiChannel);
        logger.TransportConnected(transport.Room.RoomId, transport.Id, transport.Ice.Selected.ToString(), keys.Profile);
        Report(transport, TransportState.Connected, "");
        if (transport.Subscriber is not { } subscriber) return;
        foreach (var subscription in subscriber.Egress.Subscriptions) subscription.RequestKeyFrame();
    }

    public void CloseByKey(ulong key, string reason)
    {
        if (transports.TryGetByKey(key, out var transport)) Close(transport, reason);
    }

    /// <summary>Ends a transport, its tracks and its subscriptions.</summary>
    public void Close(MediaTransport transport, string reason)
    {
        transports.Remove(transport);
        Farewells.Add(transport);
        dtls.Detach(transport.Key);
        var room = transport.Room;
        room.Transports--;
        // A connection that carries nothing any more is not kept for its peer to close.
        foreach (var (path, connection) in transport.Connections)
            if (!transports.TryGet(path, out _) && !Farewells.Needs(transport, path)) connection.Abandon();
        if (transport.Subscriber is { } subscriber) room.Unsubscribe(subscriber);
        foreach (var media in transport.Ingress?.Media ?? []) Publishers.End(room, media, reason);

        transport.Dispose();
        logger.TransportClosed(room.RoomId, transport.Id, reason);
        Report(transport, TransportState.Closed, reason);
        RemoveIfEmpty(room);
    }

    public void CloseAll(string reason)
    {
        foreach (var transport in transports.All.ToArray()) Close(transport, reason);
        foreach (var room in _rooms.Values.ToArray()) room.Dispose();
        _rooms.Clear();
    }

    public void AddExport(string roomId, RtpExporter export)
    {
        GetOrAdd(roomId).AddExport(export);
        logger.ExportStarted(roomId, export.ExportId);
    }

    /// <summary>Ends an export; null where there is none of that id.</summary>
    public RtpExporter? RemoveExport(string roomId, string exportId)
    {
        if (Find(roomId) is not { } room || room.FindExport(exportId) is not RtpExporter export) return null;
        room.RemoveExport(export);
        logger.ExportStopped(roomId, exportId);
        RemoveIfEmpty(room);
        return export;
    }

    /// <summary>A connection ended by itself: forget the path, or the export that it carried.</summary>
    public void OnConnectionClosed(FramedConnection connection)
    {
        var path = connection.Path;
        if (transports.TryGet(path, out var transport))
        {
            transports.Remove(path);
            transport.Connections.Remove(path);
            transport.Ice.Forget(path);
            return;
        }

        foreach (var room in _rooms.Values)
        {
            if (room.FindExportBy(connection) is not { } export) continue;
            room.RemoveExport(export);
            logger.ExportLost(room.RoomId, export.ExportId);
            RemoveIfEmpty(room);
            return;
        }
    }

    /// <summary>Tells the control side of a transport's state, once for each change.</summary>
    public void Report(MediaTransport transport, TransportState state, string reason)
    {
        if (transport.State == state && state != TransportState.Connecting) return;
        transport.State = state;
        observer.OnRoomEvent(Describe(transport, reason));
    }

    /// <summary>What a watcher is told before all changes: the room's transports, its tracks, and that this was all.</summary>
    public IReadOnlyList<RoomEvent> StateOf(string roomId)
    {
        var events = new List<RoomEvent>();
        if (Find(roomId) is { } room)
        {
            foreach (var transport in transports.All)
                if (transport.Room == room) events.Add(Describe(transport, ""));
            foreach (var track in room.Tracks) events.Add(new RoomEvent { RoomId = roomId, TrackPublished = track.Description });
        }

        events.Add(new RoomEvent { RoomId = roomId });
        return events;
    }

    private static RoomEvent Describe(MediaTransport transport, string reason) => new()
    {
        RoomId = transport.Room.RoomId,
        TransportChanged = new TransportChanged
        {
            TransportId = transport.Id,
            PeerId = transport.PeerId,
            State = transport.State,
            Reason = reason,
            OfPeer = transport.IsOfPeer,
        },
    };

    private RoomRouter GetOrAdd(string roomId)
    {
        if (_rooms.TryGetValue(roomId, out var room)) return room;
        room = new RoomRouter(roomId, observer);
        _rooms.Add(roomId, room);
        return room;
    }

    private void RemoveIfEmpty(RoomRouter room)
    {
        if (!room.IsEmpty) return;
        _rooms.Remove(room.RoomId);
        room.Dispose();
    }
}
