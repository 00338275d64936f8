using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

using LiveStream.Contracts;
using LiveStream.Contracts.Sfu;
using LiveStream.Contracts.Sfu.V1;

namespace LiveStream.Signalling.Placement;

/// <summary>
/// All SFU nodes as one: each call goes to the node of its room. When a node is lost, watches of its rooms end with
/// Unavailable, and calls for its transports are answered as a node that never had them would. A watch that breaks makes its
/// node suspect, and ends when it is known whether the node lives: what is missed is asked for at the right place.
/// </summary>
internal sealed class PlacedSfu(NodeTable nodes, SfuNodeCaller callers, TimeProvider time) : ISfuControl
{
    /// <summary>Transports whose node is remembered.</summary>
    public int TransportCount => _transports.Count;

    // What was opened here, also where that failed, and not closed: the calls of renewal and end name no room.
    private readonly ConcurrentDictionary<string, MediaNode> _transports = new(StringComparer.Ordinal);

    public async Task<OpenTransportReply> OpenTransportAsync(OpenTransportRequest request, CancellationToken cancellationToken)
    {
        var node = NodeOf(request.RoomId);
        _transports[request.TransportId] = node;
        return await At(node, (sfu, token) => sfu.OpenTransportAsync(request, token), cancellationToken, ControlError.Unavailable);
    }

    public Task<UpdateTransportReply> UpdateTransportAsync(UpdateTransportRequest request, CancellationToken cancellationToken) =>
        HolderOf(request.TransportId, request.RoomId) is { } node
            ? At(node, (sfu, token) => sfu.UpdateTransportAsync(request, token), cancellationToken)
            : throw new ControlException(ControlError.NotFound, "the transport's node is lost");

    public async Task<CloseTransportReply> CloseTransportAsync(CloseTransportRequest request, CancellationToken cancellationToken)
    {
        try
        {
            if (HolderOf(request.TransportId, request.RoomId) is { } node) await At(node, (sfu, token) => sfu.CloseTransportAsync(request, token), cancellationToken);
        }
        catch (ControlException e) when (e.Error == ControlError.NotFound)
        {
            // Lost meanwhile, with all that it had.
        }

        // After any other failure the call can be made again, and finds its node.
        _transports.TryRemove(request.TransportId, out _);
        return new CloseTransportReply();
    }

    public async Task<OpenSubscriberReply> OpenSubscriberAsync(OpenSubscriberRequest request, CancellationToken cancellationToken)
    {
        var node = NodeOf(request.RoomId);
        _transports[request.TransportId] = node;
        return await At(node, (sfu, token) => sfu.OpenSubscriberAsync(request, token), cancellationToken, ControlError.Unavailable);
    }

    public Task<MakeOfferReply> MakeOfferAsync(MakeOfferRequest request, CancellationToken cancellationToken) =>
        At(NodeOf(request.RoomId), (sfu, token) => sfu.MakeOfferAsync(request, token), cancellationToken);

    public Task<TakeAnswerReply> TakeAnswerAsync(TakeAnswerRequest request, CancellationToken cancellationToken) =>
        At(NodeOf(request.RoomId), (sfu, token) => sfu.TakeAnswerAsync(request, token), cancellationToken);

    public Task<ChangePolicyReply> ChangePolicyAsync(ChangePolicyRequest request, CancellationToken cancellationToken) =>
        At(NodeOf(request.RoomId), (sfu, token) => sfu.ChangePolicyAsync(request, token), cancellationToken);

    public Task<RequestKeyFrameReply> RequestKeyFrameAsync(RequestKeyFrameRequest request, CancellationToken cancellationToken) =>
        At(NodeOf(request.RoomId), (sfu, token) => sfu.RequestKeyFrameAsync(request, token), cancellationToken);

    public Task<StartExportReply> StartExportAsync(StartExportRequest request, CancellationToken cancellationToken) =>
        At(NodeOf(request.RoomId), (sfu, token) => sfu.StartExportAsync(request, token), cancellationToken);

    public Task<StopExportReply> StopExportAsync(StopExportRequest request, CancellationToken cancellationToken) =>
        At(NodeOf(request.RoomId), (sfu, token) => sfu.StopExportAsync(request, token), cancellationToken);

    public async IAsyncEnumerable<RoomEvent> WatchRoomAsync(WatchRoomRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var node = NodeOf(request.RoomId);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, node.Lost.Token);
        nodes.Watch(request.RoomId, 1, time.GetUtcNow());
        try
        {
            await using var events = callers(node.Address).WatchRoomAsync(request, both.Token).GetAsyncEnumerator(both.Token);
            while (await NextAsync(events, node, both.Token, cancellationToken))
            {
                // Nobody closes a transport that the media server has closed itself.
                if (events.Current.TransportChanged is { State: TransportState.Closed } closed) _transports.TryRemove(closed.TransportId, out _);
                yield return events.Current;
            }
        }
        finally
        {
            if (node.Lost.IsCancellationRequested) ForgetTransports(node);
            nodes.Watch(request.RoomId, -1, time.GetUtcNow());
        }
    }

    /// <summary>Of one node only.</summary>
    public Task<NodeStats> GetNodeStatsAsync(GetNodeStatsRequest request, CancellationToken cancellationToken) =>
        throw new ControlException(ControlError.FailedPrecondition, "statistics are each node's own");

    // Where the transport was opened; else, as another process may have done it, or the node was away for a while, who has its room.
    private MediaNode? HolderOf(string transportId, string roomId) =>
        _transports.TryGetValue(transportId, out var node) && !node.Lost.IsCancellationRequested ? node
            : roomId.Length > 0 ? nodes.Find(roomId) : null;

    private void ForgetTransports(MediaNode node)
    {
        foreach (var (id, of) in _transports)
            if (of == node) _transports.TryRemove(id, out _);
    }

    private MediaNode NodeOf(string roomId) =>
        nodes.NodeOf(roomId, time.GetUtcNow()) ?? throw new ControlException(ControlError.Unavailable, "no media node has room");

    // A node that is lost meanwhile is not waited for: what it had is gone, and what it was to have can be opened elsewhere.
    private async Task<TReply> At<TReply>(
        MediaNode node, Func<ISfuControl, CancellationToken, Task<TReply>> call, CancellationToken cancellationToken, ControlError whenLost = ControlError.NotFound)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, node.Lost.Token);
        try
        {
            return await call(callers(node.Address), both.Token);
        }
        catch (Exception e) when (node.Lost.IsCancellationRequested && !cancellationToken.IsCancellationRequested
            && e is OperationCanceledException or ControlException { Error: ControlError.Unavailable })
        {
            throw Lost(node, whenLost);
        }
    }

    private async Task<bool> NextAsync(IAsyncEnumerator<RoomEvent> events, MediaNode node, CancellationToken both, CancellationToken cancellationToken)
    {
        try
        {
            return await events.MoveNextAsync();
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested && node.Lost.IsCancellationRequested)
        {
            throw Lost(node);
        }
        catch (ControlException e) when (e.Error == ControlError.Unavailable)
        {
            await nodes.Suspect(node, time.GetUtcNow()).WaitAsync(both).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
            throw;
        }
    }

    private static ControlException Lost(MediaNode node, ControlError error = ControlError.Unavailable) => new(error, $"media node {node.Id} is lost");
}
