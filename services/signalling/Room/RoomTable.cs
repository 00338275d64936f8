using System.Collections.Concurrent;

using LiveStream.Contracts.Rooms.V1;
using LiveStream.Signalling.Room.State;

namespace LiveStream.Signalling.Room;

/// <summary>The rooms that somebody is in, and the tokens by which they may come back. Safe for concurrent use.</summary>
internal sealed class RoomTable(RoomServices services)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<RoomKey, RoomSession> _rooms = [];

    // Empty, and the record does not know it yet.
    private readonly Dictionary<RoomKey, RoomSession> _ending = [];
    private readonly ConcurrentDictionary<(string TokenHash, string PeerId), KnownPeer> _known = new();
    private long _socketIds;
    private int _sockets;
    private volatile bool _closing;

    /// <summary>What its peers may say.</summary>
    public MessageBudgets Budgets { get; } = new(services.Options, services.Time);

    /// <summary>Whether one more socket would be too many, or the process ends.</summary>
    public bool IsFull => _closing || Volatile.Read(ref _sockets) >= services.Options.MaxSockets;

    /// <summary>Open sockets.</summary>
    public int SocketCount => Volatile.Read(ref _sockets);

    /// <summary>Peers of all rooms, whatever their stage.</summary>
    public int PeerCount => _known.Count;

    /// <summary>Rooms at work.</summary>
    public int RoomCount
    {
        get { lock (_lock) return _rooms.Count; }
    }

    /// <summary>Ids of the rooms at work.</summary>
    public IReadOnlyList<string> RoomIds
    {
        get { lock (_lock) return [.. _rooms.Keys.Select(key => key.RoomId)]; }
    }

    /// <summary>Whether the room is at work here.</summary>
    public bool Has(string roomId)
    {
        lock (_lock) return _rooms.Keys.Any(key => key.RoomId == roomId);
    }

    /// <summary>Counts a socket; false when there are too many. Each success is followed by <see cref="RemoveSocket"/>.</summary>
    public bool TryAddSocket(out long id)
    {
        id = Interlocked.Increment(ref _socketIds);
        if (Interlocked.Increment(ref _sockets) <= services.Options.MaxSockets && !_closing) return true;
        Interlocked.Decrement(ref _sockets);
        return false;
    }

    public void RemoveSocket() => Interlocked.Decrement(ref _sockets);

    /// <summary>
    /// The room, made if nobody is in it; <see cref="Leave"/> follows. The policy is read at most once a session.
    /// </summary>
    public async Task<RoomSession> EnterAsync(RoomKey key, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (TryEnter(key) is { } running) return running;
        }

        var request = new GetPolicyRequest { CustomerId = key.CustomerId, RoomId = key.RoomId };
        var policy = await services.Rooms.GetPolicyAsync(request, cancellationToken);
        var left = await FindLeftAsync(key, cancellationToken);
        lock (_lock)
        {
            // Somebody else may have been faster.
            if (TryEnter(key) is { } running) return running;
            var room = new RoomSession(key, policy, this, services) { Users = 1 };
            _rooms.Add(key, room);
            room.Start(left);
            return room;
        }
    }

    /// <summary>The room of that id that somebody is in, or null; <see cref="Leave"/> follows.</summary>
    public RoomSession? TryEnter(string roomId)
    {
        lock (_lock)
        {
            if (_rooms.Values.FirstOrDefault(room => room.Key.RoomId == roomId) is not { } found) return null;
            found.Users++;
            return found;
        }
    }

    /// <summary>A socket has told the room all that it had to.</summary>
    public void Leave(RoomSession room)
    {
        lock (_lock) room.Users--;
    }

    /// <summary>Takes an idle room out; false when somebody is on the way in.</summary>
    public bool TryRetire(RoomSession room)
    {
        lock (_lock)
        {
            if (room.Users > 0) return false;
            _rooms.Remove(room.Key);
            _ending[room.Key] = room;
            return true;
        }
    }

    /// <summary>Somebody else has the room: whoever is in it comes back there. What goes on here is not told to anybody.</summary>
    public void Abandon(string roomId, string reason)
    {
        RoomSession? room;
        lock (_lock)
        {
            room = _rooms.Values.FirstOrDefault(room => room.Key.RoomId == roomId);
            if (room is not null) _rooms.Remove(room.Key);
        }

        if (room is null) return;
        foreach (var known in _known.Where(known => known.Value.Room == room.Key)) _known.TryRemove(known.Key, out _);
        room.Abandon(reason);
    }

    /// <summary>Tells every room that time passes.</summary>
    public void Tick()
    {
        RoomSession[] rooms;
        lock (_lock)
        {
            rooms = [.. _rooms.Values];
            foreach (var (key, room) in _ending)
                if (room.Ended.IsCompleted) _ending.Remove(key);
        }

        Budgets.Sweep();
        // A room whose queue is full is awake anyway.
        foreach (var room in rooms) room.TryPost(new ClockTicked());
    }

    /// <summary>Admits nobody from now on, and ends every socket.</summary>
    public void CloseAll(string reason)
    {
        RoomSession[] rooms;
        lock (_lock)
        {
            _closing = true;
            rooms = [.. _rooms.Values];
        }

        foreach (var room in rooms) room.CloseSockets(reason);
    }

    /// <summary>Tells the record of sessions what it does not know yet; the last that the rooms of an ending process do.</summary>
    public Task DrainAsync()
    {
        lock (_lock) return Task.WhenAll([.. _rooms.Values.Concat(_ending.Values).Select(room => room.DrainAsync())]);
    }

    public void Know(RoomKey key, PeerIdentity identity) => _known[(identity.TokenHash, identity.PeerId)] = new KnownPeer(key, identity);

    public void Forget(PeerIdentity identity) => _known.TryRemove((identity.TokenHash, identity.PeerId), out _);

    /// <summary>
    /// The peer that came with this token and has not left: it may come back, although the token may have expired while it
    /// was here.
    /// </summary>
    public KnownPeer? FindKnown(string tokenHash, string peerId) => _known.GetValueOrDefault((tokenHash, peerId));

    private async Task<OpenSession> FindLeftAsync(RoomKey key, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            // Its own end is still to be told: whom the record has there, is not there.
            if (_ending.TryGetValue(key, out var ending) && !ending.Ended.IsCompleted) return new OpenSession();
        }

        return await services.Rooms.GetOpenSessionAsync(new GetOpenSessionRequest { CustomerId = key.CustomerId, RoomId = key.RoomId }, cancellationToken);
    }

    private RoomSession? TryEnter(RoomKey key)
    {
        if (!_rooms.TryGetValue(key, out var room)) return null;
        room.Users++;
        return room;
    }
}

/// <summary>A peer that is in a room, by the token it came with.</summary>
internal sealed record KnownPeer(RoomKey Room, PeerIdentity Identity);
