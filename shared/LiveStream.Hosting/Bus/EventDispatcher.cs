using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LiveStream.Hosting.Bus;

/// <summary>
/// Delivers the log to every registered subscriber, each in a loop of its own: at least once, in order, and only by one
/// process at a time. Cursors are open before the server takes its first request, so a subscriber misses nothing.
/// </summary>
public sealed class EventDispatcher(
    IEventLog log,
    IEnumerable<EventSubscriber> subscribers,
    IServiceProvider services,
    TimeProvider time,
    IOptions<EventOptions> options,
    ILogger<EventDispatcher> logger) : BackgroundService
{
    // A cursor that passed only events which its subscriber does not want is saved when it is that far ahead, or after a moment without any.
    private const int MostUnsaved = 1000;

    // How often an idle loop makes sure that it still has its lease.
    private static readonly TimeSpan s_quiet = TimeSpan.FromSeconds(10);

    private readonly EventSubscriber[] _subscribers = [.. subscribers];
    private readonly EventOptions _options = options.Value;

    /// <inheritdoc/>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var twice in _subscribers.GroupBy(s => s.Name, StringComparer.Ordinal).Where(group => group.Count() > 1))
            throw new InvalidOperationException($"Two subscribers have the name {twice.Key}.");
        foreach (var subscriber in _subscribers) await log.OpenCursorAsync(subscriber.Name, cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll([.. _subscribers.Select(subscriber => ServeAsync(subscriber, stoppingToken)), LookAsync(stoppingToken), TrimAsync(stoppingToken)]);

    private async Task ServeAsync(EventSubscriber subscriber, CancellationToken stoppingToken)
    {
        var retry = new RetrySchedule(_options.FirstRetry, subscriber.LongestRetry ?? _options.LongestRetry);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var lease = await log.TryLeaseAsync(subscriber.Name, stoppingToken);
                if (lease is null) await Task.Delay(_options.PollInterval, time, stoppingToken);
                else await DeliverWhileHeldAsync(subscriber, lease, retry, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // The store is away. The outermost guard of the loop: a subscriber goes on for as long as the process does.
                var pause = retry.Failed();
                logger.EventLogFailed(e, subscriber.Name, pause);
                await Task.Delay(pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task DeliverWhileHeldAsync(EventSubscriber subscriber, IEventLease lease, RetrySchedule retry, CancellationToken stoppingToken)
    {
        var saved = await log.OpenCursorAsync(subscriber.Name, stoppingToken);
        var cursor = saved;
        while (await lease.IsHeldAsync(stoppingToken))
        {
            // Taken before the read: what is appended right after it still wakes this loop.
            var appended = log.Appended;
            var batch = await log.ReadAsync(cursor, _options.BatchSize, stoppingToken);
            var turn = subscriber.TakesBatches
                ? await DeliverTogetherAsync(subscriber, batch, cursor, retry, stoppingToken)
                : await DeliverAsync(subscriber, batch, cursor, retry, stoppingToken);
            cursor = turn.Reached;
            var isQuiet = batch.Count == 0 && !await EndsAsync(appended, cursor == saved ? s_quiet : _options.PollInterval, stoppingToken);
            if (cursor != saved && (turn.Handled > 0 || isQuiet || cursor - saved >= MostUnsaved))
            {
                // What was handled is not handled again because the process was asked to end.
                if (!await log.AdvanceAsync(subscriber.Name, saved, cursor, CancellationToken.None)) return;
                saved = cursor;
            }

            stoppingToken.ThrowIfCancellationRequested();
            var pause = turn.Pause;
            if (pause == TimeSpan.Zero && batch.Count > 0 && batch.Count < _options.BatchSize) pause = _options.BatchPause;
            if (pause > TimeSpan.Zero) await Task.Delay(pause, time, stoppingToken);
        }
    }

    /// <summary>Whether the task ends in time; false also when the process is asked to end.</summary>
    private async Task<bool> EndsAsync(Task task, TimeSpan limit, CancellationToken stoppingToken)
    {
        await task.WaitAsync(limit, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return task.IsCompleted;
    }

    /// <summary>Hands over events until one fails: how far that came, how many were wanted, and the pause before the failed one is tried again.</summary>
    private async Task<(long Reached, int Handled, TimeSpan Pause)> DeliverAsync(
        EventSubscriber subscriber, IReadOnlyList<LoggedEvent> batch, long cursor, RetrySchedule retry, CancellationToken stoppingToken)
    {
        var handled = 0;
        foreach (var e in batch)
        {
            if (stoppingToken.IsCancellationRequested) break;
            if (subscriber.Wants(e))
            {
                try
                {
                    await subscriber.DeliverAsync(services, e, stoppingToken);
                    handled++;
                }
                catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
                {
                    break;
                }
                catch (Exception error)
                {
                    // Whatever a handler throws, its event is tried again; nothing else of the process may suffer from it.
                    var pause = retry.Failed();
                    logger.EventHandlerFailed(error, subscriber.Name, e.Type, e.MessageId, retry.Failures, pause);
                    return (cursor, handled, pause);
                }
            }

            retry.Succeeded();
            cursor = e.Position;
        }

        return (cursor, handled, TimeSpan.Zero);
    }

    /// <summary>The same for a subscriber that takes all of them or none.</summary>
    private async Task<(long Reached, int Handled, TimeSpan Pause)> DeliverTogetherAsync(
        EventSubscriber subscriber, IReadOnlyList<LoggedEvent> batch, long cursor, RetrySchedule retry, CancellationToken stoppingToken)
    {
        if (batch.Count == 0) return (cursor, 0, TimeSpan.Zero);
        LoggedEvent[] wanted = [.. batch.Where(subscriber.Wants)];
        try
        {
            if (wanted.Length > 0) await subscriber.DeliverAsync(services, wanted, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return (cursor, 0, TimeSpan.Zero);
        }
        catch (Exception error)
        {
            var pause = retry.Failed();
            logger.EventHandlerFailed(error, subscriber.Name, wanted[0].Type, wanted[0].MessageId, retry.Failures, pause);
            return (cursor, 0, pause);
        }

        retry.Succeeded();
        return (batch[^1].Position, wanted.Length, TimeSpan.Zero);
    }

    /// <summary>One look for all subscribers: idle, a process costs its database one small query.</summary>
    private async Task LookAsync(CancellationToken stoppingToken)
    {
        var retry = new RetrySchedule(_options.PollInterval, _options.LongestRetry);
        while (!stoppingToken.IsCancellationRequested)
        {
            var pause = _options.PollInterval;
            try
            {
                await log.LookAsync(stoppingToken);
                retry.Succeeded();
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                pause = retry.Failed();
                logger.LookFailed(e, pause);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            await Task.Delay(pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task TrimAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_options.TrimInterval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                try
                {
                    var removed = await log.TrimAsync(stoppingToken);
                    if (removed > 0) logger.EventsTrimmed(removed);
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    logger.TrimFailed(e);
                }
            }
        }
        catch (OperationCanceledException)
        {
        }
    }
}
