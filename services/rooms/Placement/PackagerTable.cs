using LiveStream.Contracts.Packager.V1;

namespace LiveStream.Rooms.Placement;

/// <summary>A packager that announced itself.</summary>
internal sealed class PackagerNode(PackagerAnnouncement first)
{
    public string Id => first.NodeId;

    /// <summary>Where it is called.</summary>
    public string Address => first.ControlAddress;

    /// <summary>Where its playlists are.</summary>
    public string HttpAddress => first.HttpAddress;

    /// <summary>When it was heard last.</summary>
    public DateTimeOffset HeardAt { get; set; }

    public uint Streams { get; set; }

    public uint Capacity { get; set; }

    /// <summary>It has said that it ends.</summary>
    public bool Leaving { get; set; }

    /// <summary>Ends when it counts as dead; what waits for it stops waiting.</summary>
    public CancellationTokenSource Lost { get; } = new();
}

/// <summary>
/// Which packagers live and which one has which stream. Facts and time in, decisions out; safe for any number of callers.
/// </summary>
internal sealed class PackagerTable
{
    /// <summary>Four announcements.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(4);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, PackagerNode> _nodes = new(StringComparer.Ordinal);
    // A stream without a node was lost, and waits to be started again.
    private readonly Dictionary<string, (string RoomId, PackagerNode? Node)> _streams = new(StringComparer.Ordinal);

    /// <summary>All that live.</summary>
    public IReadOnlyList<PackagerNode> Nodes
    {
        get
        {
            lock (_gate) return [.. _nodes.Values];
        }
    }

    /// <summary>Streams that no packager has any more.</summary>
    public IReadOnlyList<string> LostStreams
    {
        get
        {
            lock (_gate) return [.. _streams.Where(stream => stream.Value.Node is null).Select(stream => stream.Key)];
        }
    }

    /// <summary>The packager if it was not there before. One that comes back at another address is another one.</summary>
    public PackagerNode? Announce(PackagerAnnouncement announcement, DateTimeOffset now)
    {
        PackagerNode? gone = null, added = null;
        lock (_gate)
        {
            var node = _nodes.GetValueOrDefault(announcement.NodeId);
            if (node is not null && node.Address != announcement.ControlAddress)
            {
                Remove(gone = node);
                node = null;
            }

            if (node is null) _nodes[announcement.NodeId] = node = added = new PackagerNode(announcement.Clone());
            (node.HeardAt, node.Streams, node.Capacity, node.Leaving) = (now, announcement.Streams, announcement.Capacity, announcement.Leaving);
        }

        // Outside the lock: it runs whatever waits for the node.
        gone?.Lost.Cancel();
        return added;
    }

    /// <summary>Takes out those that were not heard in time; their streams are lost.</summary>
    public IReadOnlyList<PackagerNode> Sweep(DateTimeOffset now)
    {
        PackagerNode[] lost;
        lock (_gate)
        {
            lost = [.. _nodes.Values.Where(node => now - node.HeardAt >= Silence)];
            foreach (var node in lost) Remove(node);
        }

        foreach (var node in lost) node.Lost.Cancel();
        return lost;
    }

    /// <summary>The one with the smallest share of its capacity in use; null when none has room.</summary>
    public PackagerNode? LeastLoaded()
    {
        lock (_gate)
        {
            var node = _nodes.Values.Where(node => !node.Leaving && node.Streams < node.Capacity).MinBy(node => ((double)node.Streams / node.Capacity, node.Id));
            // Streams that start within one announcement do not all go to one packager.
            if (node is not null) node.Streams++;
            return node;
        }
    }

    /// <summary>The node has the stream from now on.</summary>
    public void Assign(string streamId, string roomId, PackagerNode node)
    {
        lock (_gate) _streams[streamId] = (roomId, node);
    }

    /// <summary>Whether a report of the node about the stream counts: it has the stream, or nobody else does.</summary>
    public bool Claim(string streamId, string roomId, PackagerNode node)
    {
        lock (_gate)
        {
            if (_streams.TryGetValue(streamId, out var known) && known.Node is not null && known.Node != node) return false;
            _streams[streamId] = (roomId, node);
            return true;
        }
    }

    /// <summary>The stream is over.</summary>
    public void Forget(string streamId)
    {
        lock (_gate) _streams.Remove(streamId);
    }

    /// <summary>The node's streams.</summary>
    public IReadOnlySet<string> StreamsOf(PackagerNode node)
    {
        lock (_gate) return _streams.Where(stream => stream.Value.Node == node).Select(stream => stream.Key).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>The node has these streams no more.</summary>
    public void Lose(IEnumerable<string> streamIds)
    {
        lock (_gate)
        {
            foreach (var id in streamIds)
                if (_streams.TryGetValue(id, out var stream)) _streams[id] = (stream.RoomId, null);
        }
    }

    /// <summary>Who has the stream.</summary>
    public PackagerNode? NodeOf(string streamId)
    {
        lock (_gate) return _streams.GetValueOrDefault(streamId).Node;
    }

    /// <summary>Who has the room's latest stream, if there is one; nobody while it is lost.</summary>
    public bool TryFindRoom(string roomId, out PackagerNode? node)
    {
        lock (_gate)
        {
            var latest = _streams.Where(stream => stream.Value.RoomId == roomId).OrderByDescending(stream => stream.Key, StringComparer.Ordinal).FirstOrDefault();
            node = latest.Value.Node;
            return latest.Key is not null;
        }
    }

    private void Remove(PackagerNode node)
    {
        _nodes.Remove(node.Id);
        foreach (var (id, stream) in _streams.Where(stream => stream.Value.Node == node).ToArray()) _streams[id] = (stream.RoomId, null);
    }
}
