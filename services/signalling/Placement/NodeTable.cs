using LiveStream.Contracts.Sfu.V1;

namespace LiveStream.Signalling.Placement;

/// <summary>A node that announced itself.</summary>
internal sealed class MediaNode(string id, string address)
{
    public string Id { get; } = id;

    public string Address { get; } = address;

    /// <summary>When it was heard last.</summary>
    public DateTimeOffset HeardAt { get; set; }

    public uint Transports { get; set; }

    public uint Capacity { get; set; }

    /// <summary>Rooms that have transports there, also those that this table knows nothing of: another process placed them.</summary>
    public IReadOnlySet<string> Rooms { get; set; } = new HashSet<string>();

    /// <summary>Since when a connection to it is broken and it was not heard; null when nothing is amiss.</summary>
    public DateTimeOffset? SuspectedAt { get; set; }

    /// <summary>Of a suspected node: completes when it is heard again or lost.</summary>
    public TaskCompletionSource Verdict { get; set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when the node counts as dead; what waits for the node stops waiting.</summary>
    public CancellationTokenSource Lost { get; } = new();
}

/// <summary>
/// Which nodes live and which one has which room. A room stays where it is while its node lives and somebody uses it: people
/// are there, and moving them costs them a second of picture. Facts and time in, decisions out; safe for any number of callers.
/// </summary>
internal sealed class NodeTable
{
    /// <summary>Four announcements.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(4);

    /// <summary>The same of a node to which a connection broke: two announcements. A program that is killed breaks its connections at once.</summary>
    public static readonly TimeSpan SuspectSilence = TimeSpan.FromSeconds(2);

    /// <summary>After that time without a call or a watch, the room's next users may be placed elsewhere.</summary>
    public static readonly TimeSpan Idle = TimeSpan.FromMinutes(5);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, MediaNode> _nodes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PlacedRoom> _rooms = new(StringComparer.Ordinal);

    /// <summary>Nodes that live.</summary>
    public int Count
    {
        get
        {
            lock (_gate) return _nodes.Count;
        }
    }

    /// <summary>Rooms that have a node.</summary>
    public IReadOnlyList<string> RoomIds
    {
        get
        {
            lock (_gate) return [.. _rooms.Keys];
        }
    }

    /// <summary>The room is somebody else's to place.</summary>
    public void Forget(string roomId)
    {
        lock (_gate) _rooms.Remove(roomId);
    }

    /// <summary>True for a node that was not there before. A node that comes back at another address is another node.</summary>
    public bool Announce(NodeAnnouncement announcement, DateTimeOffset now)
    {
        MediaNode? gone = null, heard = null;
        var isNew = false;
        lock (_gate)
        {
            var node = _nodes.GetValueOrDefault(announcement.NodeId);
            if (node is not null && (announcement.Leaving || node.Address != announcement.ControlAddress))
            {
                Remove(gone = node);
                node = null;
            }

            if (!announcement.Leaving)
            {
                isNew = node is null;
                node ??= _nodes[announcement.NodeId] = new MediaNode(announcement.NodeId, announcement.ControlAddress);
                if (node.SuspectedAt is not null) (heard, node.SuspectedAt) = (node, null);
                (node.HeardAt, node.Transports, node.Capacity) = (now, announcement.Transports, announcement.Capacity);
                node.Rooms = announcement.RoomIds.ToHashSet(StringComparer.Ordinal);
            }
        }

        // Outside the lock: it runs whatever waits for the node.
        if (gone is not null) Lose(gone);
        heard?.Verdict.TrySetResult();
        return isNew;
    }

    /// <summary>The node of the room; places a room that has none. Null when no node can take it.</summary>
    public MediaNode? NodeOf(string roomId, DateTimeOffset now)
    {
        lock (_gate)
        {
            if (_rooms.TryGetValue(roomId, out var room))
            {
                room.UsedAt = now;
                return room.Node;
            }

            // Who publishes there by WHIP would not know that the room has moved.
            if ((_nodes.Values.FirstOrDefault(node => node.Rooms.Contains(roomId)) ?? LeastLoaded()) is not { } node) return null;
            _rooms.Add(roomId, new PlacedRoom(node) { UsedAt = now });
            // Rooms that come within one announcement do not all go to one node.
            node.Transports++;
            return node;
        }
    }

    /// <summary>The node that has the room; null where none has. Places nothing.</summary>
    public MediaNode? Find(string roomId)
    {
        lock (_gate) return _rooms.GetValueOrDefault(roomId)?.Node ?? _nodes.Values.FirstOrDefault(node => node.Rooms.Contains(roomId));
    }

    /// <summary>Somebody watches the room at its node from now on: it stays placed.</summary>
    public void Watch(string roomId, int difference, DateTimeOffset now)
    {
        lock (_gate)
        {
            if (!_rooms.TryGetValue(roomId, out var room)) return;
            room.Watches = Math.Max(0, room.Watches + difference);
            room.UsedAt = now;
        }
    }

    /// <summary>A connection to the node broke. Returns what completes when the node is heard again or lost, which does not take long.</summary>
    public Task Suspect(MediaNode node, DateTimeOffset now)
    {
        lock (_gate)
        {
            if (node.Lost.IsCancellationRequested || _nodes.GetValueOrDefault(node.Id) != node) return Task.CompletedTask;
            if (node.SuspectedAt is null) (node.SuspectedAt, node.Verdict) = (now, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            return node.Verdict.Task;
        }
    }

    /// <summary>Takes out nodes that were not heard in time, with their rooms, and rooms that nobody uses; the nodes.</summary>
    public IReadOnlyList<MediaNode> Sweep(DateTimeOffset now)
    {
        MediaNode[] lost;
        lock (_gate)
        {
            lost = [.. _nodes.Values.Where(node => now - node.HeardAt >= Silence || now - node.SuspectedAt >= SuspectSilence)];
            foreach (var node in lost) Remove(node);
            foreach (var idle in _rooms.Where(room => room.Value.Watches == 0 && now - room.Value.UsedAt >= Idle).ToArray()) _rooms.Remove(idle.Key);
        }

        foreach (var node in lost) Lose(node);
        return lost;
    }

    private static void Lose(MediaNode node)
    {
        node.Lost.Cancel();
        node.Verdict.TrySetResult();
    }

    private void Remove(MediaNode node)
    {
        _nodes.Remove(node.Id);
        foreach (var room in _rooms.Where(room => room.Value.Node == node).ToArray()) _rooms.Remove(room.Key);
    }

    private MediaNode? LeastLoaded() => _nodes.Values
        .Where(node => node.Transports < node.Capacity)
        .MinBy(node => ((double)node.Transports / node.Capacity, node.Id));

    private sealed class PlacedRoom(MediaNode node)
    {
        public MediaNode Node { get; } = node;

        public int Watches { get; set; }

        public DateTimeOffset UsedAt { get; set; }
    }
}
