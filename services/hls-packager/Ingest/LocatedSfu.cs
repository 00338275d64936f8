using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using LiveStream.Contracts;
using LiveStream.Contracts.Sfu;
using LiveStream.Contracts.Sfu.V1;
using Microsoft.Extensions.Logging;

namespace LiveStream.HlsPackager.Ingest;

/// <summary>
/// The SFU nodes as one: each call goes to the node that has the room. When the room moves, its watch ends with Aborted and
/// its exports from the node before are ended, where that one can still be reached, so that whoever keeps them begins anew at the node after.
/// </summary>
internal sealed class LocatedSfu(IMediaNodes nodes, SfuNodeCaller callers, TimeProvider time, ILogger<LocatedSfu> logger) : ISfuControl
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);

    // Where an export comes from.
    private readonly ConcurrentDictionary<string, (string RoomId, string Address)> exports = new(StringComparer.Ordinal);

    public async Task<StartExportReply> StartExportAsync(StartExportRequest request, CancellationToken cancellationToken)
    {
        var node = await LocateAsync(request.RoomId, cancellationToken).ConfigureAwait(false);
        var reply = await callers(node.ControlAddress).StartExportAsync(request, cancellationToken).ConfigureAwait(false);
        exports[request.ExportId] = (request.RoomId, node.ControlAddress);
        return reply;
    }

    public async Task<StopExportReply> StopExportAsync(StopExportRequest request, CancellationToken cancellationToken) =>
        exports.TryRemove(request.ExportId, out var export)
            ? await callers(export.Address).StopExportAsync(request, cancellationToken).ConfigureAwait(false)
            : new StopExportReply();

    public async Task<RequestKeyFrameReply> RequestKeyFrameAsync(RequestKeyFrameRequest request, CancellationToken cancellationToken)
    {
        var node = await LocateAsync(request.RoomId, cancellationToken).ConfigureAwait(false);
        return await callers(node.ControlAddress).RequestKeyFrameAsync(request, cancellationToken).ConfigureAwait(false);
    }

    public async IAsyncEnumerable<RoomEvent> WatchRoomAsync(WatchRoomRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var node = await LocateAsync(request.RoomId, cancellationToken).ConfigureAwait(false);
        if (LeaveOthers(request.RoomId, node.ControlAddress)) throw HasLeft(request.RoomId);
        using var moved = new CancellationTokenSource();
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, moved.Token);
        var looking = LookAsync(request.RoomId, node, moved, both.Token);
        try
        {
            var events = callers(node.ControlAddress).WatchRoomAsync(request, both.Token).GetAsyncEnumerator(both.Token);
            await using (events.ConfigureAwait(false))
            {
                while (await NextAsync(events, request.RoomId, moved.Token).ConfigureAwait(false)) yield return events.Current;
            }
        }
        finally
        {
            await both.CancelAsync().ConfigureAwait(false);
            await looking.ConfigureAwait(false);
        }
    }

    public Task<OpenTransportReply> OpenTransportAsync(OpenTransportRequest request, CancellationToken cancellationToken) => throw NotForPackagers();

    public Task<UpdateTransportReply> UpdateTransportAsync(UpdateTransportRequest request, CancellationToken cancellationToken) => throw NotForPackagers();

    public Task<CloseTransportReply> CloseTransportAsync(CloseTransportRequest request, CancellationToken cancellationToken) => throw NotForPackagers();

    public Task<OpenSubscriberReply> OpenSubscriberAsync(OpenSubscriberRequest request, CancellationToken cancellationToken) => throw NotForPackagers();

    public Task<MakeOfferReply> MakeOfferAsync(MakeOfferRequest request, CancellationToken cancellationToken) => throw NotForPackagers();

    public Task<TakeAnswerReply> TakeAnswerAsync(TakeAnswerRequest request, CancellationToken cancellationToken) => throw NotForPackagers();

    public Task<ChangePolicyReply> ChangePolicyAsync(ChangePolicyRequest request, CancellationToken cancellationToken) => throw NotForPackagers();

    public Task<NodeStats> GetNodeStatsAsync(GetNodeStatsRequest request, CancellationToken cancellationToken) => throw NotForPackagers();

    private Task<NodeLocation> LocateAsync(string roomId, CancellationToken cancellationToken) =>
        nodes.LocateAsync(new LocateRequest { RoomId = roomId }, cancellationToken);

    // Asks again and again where the room is; that also keeps the room placed.
    private async Task LookAsync(string roomId, NodeLocation at, CancellationTokenSource moved, CancellationToken cancellationToken)
    {
        using var ticks = new PeriodicTimer(LookInterval, time);
        try
        {
            while (await ticks.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
            {
                try
                {
                    var now = await LocateAsync(roomId, cancellationToken).ConfigureAwait(false);
                    var isElsewhere = now.ControlAddress != at.ControlAddress;
                    if (isElsewhere) logger.RoomMoved(roomId, at.NodeId, now.NodeId);
                    if (LeaveOthers(roomId, now.ControlAddress) || isElsewhere) break;
                }
                catch (ControlException)
                {
                    // Nobody knows for the moment; the node before may still be right.
                }
            }

            await moved.CancelAsync().ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The watch has ended.
        }
    }

    // Exports of the room from other nodes than that are no longer of use. True where there were some.
    private bool LeaveOthers(string roomId, string address)
    {
        var left = false;
        foreach (var (exportId, export) in exports.Where(export => export.Value.RoomId == roomId && export.Value.Address != address))
        {
            if (!exports.TryRemove(KeyValuePair.Create(exportId, export))) continue;
            left = true;
            // Not waited for: a node that hangs does not answer, and whoever keeps the export has to hear of it at once.
            _ = EndExportAsync(exportId, export.RoomId, export.Address);
        }

        return left;
    }

    private async Task EndExportAsync(string exportId, string roomId, string address)
    {
        using var limit = new CancellationTokenSource(LookInterval, time);
        try
        {
            await callers(address).StopExportAsync(new StopExportRequest { RoomId = roomId, ExportId = exportId }, limit.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is ControlException or OperationCanceledException)
        {
            // A node that is lost sends nothing more.
        }
    }

    private static async Task<bool> NextAsync(IAsyncEnumerator<RoomEvent> events, string roomId, CancellationToken moved)
    {
        try
        {
            return await events.MoveNextAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (moved.IsCancellationRequested && e is (OperationCanceledException or ControlException))
        {
            throw HasLeft(roomId);
        }
    }

    private static ControlException HasLeft(string roomId) => new(ControlError.Aborted, $"room {roomId} has left its media node");

    private static ControlException NotForPackagers() => new(ControlError.PermissionDenied, "transports belong to signalling");
}
