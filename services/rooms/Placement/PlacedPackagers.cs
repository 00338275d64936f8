using System.Runtime.CompilerServices;
using System.Threading.Channels;

using LiveStream.Contracts;
using LiveStream.Contracts.Packager;
using LiveStream.Contracts.Packager.V1;

using Microsoft.Extensions.Logging;

namespace LiveStream.Rooms.Placement;

/// <summary>
/// All packagers as one. A stream starts at the least loaded one, and calls about it go where it is. What a packager says of a
/// stream counts as long as the stream is placed there: one that comes back and still has a stream that another took over forgets it.
/// </summary>
internal sealed class PlacedPackagers(PackagerTable table, PackagerCaller callers, TimeProvider time, ILogger<PlacedPackagers> logger) : IPackagerControl, IDisposable
{
    private const int MaxWaitingChanges = 4096;

    private static readonly TimeSpan s_retry = TimeSpan.FromMilliseconds(500);

    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    // Of the one watch there is; null between two watches.
    private (Channel<StreamChanged> Changes, CancellationToken Ended)? _watch;

    /// <inheritdoc/>
    public async Task<StartStreamReply> StartStreamAsync(StartStreamRequest request, CancellationToken cancellationToken)
    {
        // The one that was thought lost is back, and has it.
        if (table.NodeOf(request.StreamId) is { } present) throw new ControlException(ControlError.AlreadyExists, $"stream {request.StreamId} is at packager {present.Id}");
        var node = table.LeastLoaded() ?? throw new ControlException(ControlError.Unavailable, "no packager has room");
        var reply = await At(node, (packager, cancel) => packager.StartStreamAsync(request, cancel), cancellationToken);
        table.Assign(request.StreamId, request.RoomId, node);
        return reply;
    }

    /// <inheritdoc/>
    public Task<StopStreamReply> StopStreamAsync(StopStreamRequest request, CancellationToken cancellationToken) =>
        At(NodeOf(request.StreamId), (packager, cancel) => packager.StopStreamAsync(request, cancel), cancellationToken);

    /// <inheritdoc/>
    public Task<InsertTimedMetadataReply> InsertTimedMetadataAsync(InsertTimedMetadataRequest request, CancellationToken cancellationToken) =>
        At(NodeOf(request.StreamId), (packager, cancel) => packager.InsertTimedMetadataAsync(request, cancel), cancellationToken);

    /// <inheritdoc/>
    public Task<SetRecordingPausedReply> SetRecordingPausedAsync(SetRecordingPausedRequest request, CancellationToken cancellationToken) =>
        At(NodeOf(request.StreamId), (packager, cancel) => packager.SetRecordingPausedAsync(request, cancel), cancellationToken);

    /// <inheritdoc/>
    public async IAsyncEnumerable<StreamChanged> WatchStreamsAsync(WatchStreamsRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var changes = Channel.CreateBounded<StreamChanged>(new BoundedChannelOptions(MaxWaitingChanges) { SingleReader = true });
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopping.Token);
        try
        {
            lock (_gate)
            {
                _watch = (changes, limit.Token);
                foreach (var node in table.Nodes) _ = WatchAsync(node, changes, limit.Token);
            }

            // What was told to a watch before may be lost with it.
            foreach (var id in table.LostStreams) changes.Writer.TryWrite(Lost(id));
            await foreach (var change in changes.Reader.ReadAllAsync(cancellationToken))
            {
                yield return change;
                // Whoever asks for more has dealt with it: it is somewhere else, or over.
                if (change.State == StreamState.Lost && table.NodeOf(change.StreamId) is null) table.Forget(change.StreamId);
            }
        }
        finally
        {
            lock (_gate) _watch = null;
            await limit.CancelAsync();
        }
    }

    /// <summary>Follows a packager that has come, as long as it lives.</summary>
    public void Watch(PackagerNode node)
    {
        lock (_gate)
        {
            if (_watch is { } watch) _ = WatchAsync(node, watch.Changes, watch.Ended);
        }
    }

    public void Dispose()
    {
        _stopping.Cancel();
        _stopping.Dispose();
    }

    private async Task WatchAsync(PackagerNode node, Channel<StreamChanged> changes, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, node.Lost.Token);
        while (!limit.IsCancellationRequested)
        {
            try
            {
                // Streams that are placed there while it tells what it has are not missing.
                var expected = table.StreamsOf(node).ToHashSet(StringComparer.Ordinal);
                await foreach (var change in callers(node.Address).WatchStreamsAsync(new WatchStreamsRequest(), limit.Token))
                {
                    if (change.StreamId.Length == 0)
                    {
                        table.Lose(expected);
                        foreach (var id in expected) await changes.Writer.WriteAsync(Lost(id), limit.Token);
                        continue;
                    }

                    expected.Remove(change.StreamId);
                    if (table.Claim(change.StreamId, change.RoomId, node)) await changes.Writer.WriteAsync(change, limit.Token);
                    else await ForgetAsync(node, change.StreamId, limit.Token);
                    if (change.State is StreamState.Stopped or StreamState.Failed && change.Recording != RecordingState.Writing) table.Forget(change.StreamId);
                }
            }
            catch (Exception e) when (e is ControlException or OperationCanceledException or ChannelClosedException)
            {
                // Away for a moment, or for good: its silence tells.
            }

            await Task.Delay(s_retry, time, limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (cancellationToken.IsCancellationRequested) return;
        foreach (var id in table.LostStreams)
            if (!changes.Writer.TryWrite(Lost(id))) changes.Writer.TryComplete(new ControlException(ControlError.ResourceExhausted, "the watcher does not keep up"));
    }

    private async Task ForgetAsync(PackagerNode node, string streamId, CancellationToken cancellationToken)
    {
        logger.StreamForgotten(streamId, node.Id);
        try
        {
            await callers(node.Address).StopStreamAsync(new StopStreamRequest { StreamId = streamId, Reason = "another packager has it", Forget = true }, cancellationToken);
        }
        catch (ControlException e) when (e.Error == ControlError.NotFound)
        {
            // It has done so already.
        }
    }

    private PackagerNode NodeOf(string streamId) =>
        table.NodeOf(streamId) ?? throw new ControlException(ControlError.NotFound, $"no packager has stream {streamId}");

    // A call to a packager that dies ends with it.
    private async Task<TReply> At<TReply>(PackagerNode node, Func<IPackagerControl, CancellationToken, Task<TReply>> call, CancellationToken cancellationToken)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, node.Lost.Token);
        try
        {
            return await call(callers(node.Address), both.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ControlException(ControlError.Unavailable, $"packager {node.Id} is lost");
        }
    }

    private static StreamChanged Lost(string streamId) => new() { StreamId = streamId, State = StreamState.Lost };
}
