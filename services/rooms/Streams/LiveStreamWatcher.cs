using LiveStream.Contracts;
using LiveStream.Contracts.Packager;
using LiveStream.Contracts.Packager.V1;
using LiveStream.Hosting.Health;
using LiveStream.Rooms.Domain;

using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LiveStream.Rooms.Streams;

/// <summary>
/// Follows the packager's reports into the rows. A stream that a packager had and has lost goes on (<see cref="LostStreams"/>).
/// Streams that an earlier run of this program left open and that no packager knows any more are closed first; until then the
/// service is not ready.
/// </summary>
internal sealed class LiveStreamWatcher(
    LiveStreamStore store, LostStreams lost, IPackagerControl packager, TimeProvider time, IOptions<RoomsOptions> options, ILogger<LiveStreamWatcher> logger)
    : BackgroundService, IReadinessCheck
{
    private static readonly TimeSpan s_retryDelay = TimeSpan.FromSeconds(1);

    private readonly HashSet<string> _unreported = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private volatile bool _settled;

    public string Name => "live streams";

    public ValueTask<string?> WhyNotReadyAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult(_settled ? null : "looking after streams of the last run");

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        foreach (var id in await store.ListOpenIdsAsync(stoppingToken)) _unreported.Add(id);
        _settled = _unreported.Count == 0;
        var orphans = _settled ? Task.CompletedTask : CloseOrphansAsync(stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await WatchAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception e)
            {
                // Neither a packager that is away nor a database that is busy may end the watch for good.
                logger.WatchFailed(e, s_retryDelay);
            }

            await Task.Delay(s_retryDelay, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await orphans;
    }

    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        var present = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var change in packager.WatchStreamsAsync(new WatchStreamsRequest(), cancellationToken))
        {
            if (change.State == StreamState.Lost)
            {
                await lost.ContinueAsync(change.StreamId, cancellationToken);
                continue;
            }

            if (change.StreamId.Length > 0)
            {
                present.Add(change.StreamId);
                await ApplyAsync(change, cancellationToken);
                lost.Take(change);
                continue;
            }

            foreach (var id in lost.Missing(present)) await lost.ContinueAsync(id, cancellationToken);
        }
    }

    private async Task ApplyAsync(StreamChanged change, CancellationToken cancellationToken)
    {
        lock (_gate) _unreported.Remove(change.StreamId);
        var at = change.At?.ToDateTimeOffset() ?? time.GetUtcNow();
        var result = await store.ChangeAsync(
            change.StreamId,
            run =>
            {
                var changed = change.State switch
                {
                    StreamState.Running => run.Run(at),
                    StreamState.Stopped => run.Complete(at, change.Reason, recorded: change.Recording != RecordingState.Unspecified),
                    StreamState.Failed => run.Fail(at, change.Reason),
                    _ => false,
                };
                return (change.Recording == RecordingState.AtRest && run.Rest(time.GetUtcNow())) || changed;
            },
            cancellationToken);
        if (result is ({ } changed, true)) logger.StreamChanged(changed.Id, changed.RoomId, changed.Status, changed.Reason);
        // The answer to its start was lost, it was given up, or the packager did not hear that it was stopped: nobody would ever end it,
        // and it would go on beside the next one.
        if (change.State is StreamState.Starting or StreamState.Running
            && result is ({ Status: LiveStreamStatus.Stopping or LiveStreamStatus.Failed or LiveStreamStatus.Completed } over, _))
        {
            // One that is just ending answers when it has ended; the others' reports do not wait for it.
            if (over.Status == LiveStreamStatus.Stopping) _ = StopAgainAsync(over, cancellationToken);
            else await StopAsync(over, cancellationToken);
        }
    }

    private async Task StopAgainAsync(LiveStreamRun stopping, CancellationToken cancellationToken)
    {
        try
        {
            await StopAsync(stopping, cancellationToken);
        }
        catch (Exception e) when (e is ControlException or OperationCanceledException)
        {
            // It is told again with the next watch.
            logger.StopUnheard(stopping.Id, e.Message);
        }
    }

    private async Task StopAsync(LiveStreamRun over, CancellationToken cancellationToken)
    {
        try
        {
            await packager.StopStreamAsync(new StopStreamRequest { StreamId = over.Id, Reason = over.Reason.Length > 0 ? over.Reason : LiveStreams.ByRequest }, cancellationToken);
        }
        catch (ControlException e) when (e.Error == ControlError.NotFound)
        {
            // It has ended by itself.
        }
    }

    private async Task CloseOrphansAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(options.Value.OrphanGrace, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                string[] orphans;
                lock (_gate) orphans = [.. _unreported];
                foreach (var id in orphans)
                {
                    if (await store.ChangeAsync(id, run => LostStreams.Close(run, time.GetUtcNow(), "the server restarted while the stream was live"), cancellationToken) is (_, true)) logger.StreamOrphaned(id);
                }

                _settled = true;
                return;
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // Given up, the service would never be ready.
                logger.WatchFailed(e, s_retryDelay);
            }

            await Task.Delay(s_retryDelay, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
