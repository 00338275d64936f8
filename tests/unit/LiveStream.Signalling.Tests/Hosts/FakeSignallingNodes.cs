using System.Collections.Concurrent;
using System.Threading.Channels;

using LiveStream.Contracts;
using LiveStream.Contracts.Signalling;
using LiveStream.Contracts.Signalling.V1;

namespace LiveStream.Signalling.Tests.Hosts;

/// <summary>Rooms as it places: on whom, the test says. Nodes that announce themselves are remembered.</summary>
internal sealed class FakeSignallingNodes : ISignallingNodes
{
    private readonly ConcurrentDictionary<string, string> _rooms = new();
    private readonly ConcurrentDictionary<string, SignallingNode> _nodes = new();

    /// <summary>Everything that was said, in order.</summary>
    public Channel<SignallingAnnouncement> Said { get; } = Channel.CreateUnbounded<SignallingAnnouncement>();

    /// <summary>Answered to whoever says which rooms it has in use.</summary>
    public ConcurrentDictionary<string, string[]> Elsewhere { get; } = new();

    /// <summary>Thrown by the next calls while set.</summary>
    public ControlException? Failure { get; set; }

    /// <summary>Where the node that announced itself by that name is; waits until it has.</summary>
    public async Task<SignallingNode> NodeAsync(string nodeId)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!_nodes.ContainsKey(nodeId)) await Said.Reader.ReadAsync(limit.Token);
        return _nodes[nodeId];
    }

    public void Place(string roomId, string nodeId) => _rooms[roomId] = nodeId;

    public Task<SignallingAnnounced> AnnounceAsync(SignallingAnnouncement request, CancellationToken cancellationToken)
    {
        if (Failure is not null) throw Failure;
        _nodes.TryAdd(request.Node.NodeId, request.Node);
        // Every time, so that no test waits for it.
        var reply = new SignallingAnnounced { TellRooms = request.InUse is null };
        if (request.InUse is not null && Elsewhere.TryRemove(request.Node.NodeId, out var rooms)) reply.Elsewhere.AddRange(rooms);
        Said.Writer.TryWrite(request.Clone());
        return Task.FromResult(reply);
    }

    public Task<SignallingNode> LocateAsync(LocateRoomRequest request, CancellationToken cancellationToken)
    {
        if (Failure is not null) throw Failure;
        if (!_rooms.TryGetValue(request.RoomId, out var nodeId)) throw new ControlException(request.Place ? ControlError.Unavailable : ControlError.NotFound, "nowhere");
        return Task.FromResult(_nodes[nodeId]);
    }

    public Task<SignallingList> ListAsync(ListSignallingRequest request, CancellationToken cancellationToken) =>
        Task.FromResult(new SignallingList { Nodes = { _nodes.Values } });
}
