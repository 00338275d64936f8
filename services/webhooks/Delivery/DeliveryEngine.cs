using System.Data.Common;
using System.Threading.Channels;

using LiveStream.Hosting.Bus;
using LiveStream.Webhooks.Destinations;
using LiveStream.Webhooks.Storage;

using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LiveStream.Webhooks.Delivery;

/// <summary>
/// Delivers what is pending, in one process at a time. One loop owns the <see cref="DeliveryScheduler"/>; requests, reads and
/// writes run beside it and report to its inbox. After a crash everything pending is found in the database.
/// </summary>
internal sealed class DeliveryEngine(
    DeliveryStore store,
    EndpointCatalog endpoints,
    WebhookSender sender,
    EndpointHealth health,
    WebhookDatabase database,
    WebhookMetrics metrics,
    TimeProvider time,
    IOptions<WebhooksOptions> options,
    ILogger<DeliveryEngine> logger) : BackgroundService
{
    private const string Lease = "webhook-deliveries";
    private const int MaxLoads = 4;

    // Results that may wait for the database before no further attempt is begun.
    private const int MaxUnwritten = 5000;

    // How often everything pending is looked for, and how often whether others have added anything.
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(30), s_peek = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan s_gather = TimeSpan.FromMilliseconds(20), s_retry = TimeSpan.FromSeconds(1);

    private readonly Channel<Action> _inbox = Channel.CreateUnbounded<Action>(new UnboundedChannelOptions { SingleReader = true });
    private readonly DeliveryScheduler _scheduler = new(new SchedulerLimits(options.Value.ConcurrencyPerEndpoint, options.Value.Concurrency));
    private readonly DeliveryPolicy _policy = new(new RetrySchedule(options.Value.RetryDelays), options.Value.DisableAfter, options.Value.RequireStatus200);
    private readonly List<SettledAttempt> _unwritten = [];
    private bool _writing, _looking;
    private int _loads, _turns;

    // Whether the scheduler knows of everything that is pending. Until it does, nothing that is told of is added to it: what is older
    // would be passed. And the highest id that there was: what is told of next follows on it, unless others write as well.
    private volatile bool _delivers;
    private bool _knowsAll;
    private long _lastId;
    private DateTimeOffset _look, _peek;

    /// <summary>Deliveries that were committed just now, in the order of their ids.</summary>
    public void Announce(IReadOnlyList<PendingDelivery> added)
    {
        if (added.Count > 0) _inbox.Writer.TryWrite(() => Add(added));
    }

    /// <summary>What waits for that endpoint is tried now.</summary>
    public void Retry(string endpointId) => _inbox.Writer.TryWrite(() =>
    {
        var now = time.GetUtcNow();
        _scheduler.Retry(endpointId, now);
        // What was there when it was turned off.
        if (now < _look) _look = now;
    });

    /// <summary>This process is the one that delivers.</summary>
    public bool Delivers { get => _delivers; private set => _delivers = value; }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        endpoints.Changed += OnEndpointChanged;
        metrics.Observe(() => (_scheduler.InFlight, _scheduler.Entries));
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                try
                {
                    await using var lease = await database.TryLeaseAsync(Lease, stoppingToken);
                    if (lease is not null) await DeliverAsync(lease, stoppingToken);
                    // What is told meanwhile is for whoever delivers, and is in the database.
                    while (_inbox.Reader.TryRead(out var message)) message();
                    if (lease is null) await Task.Delay(s_retry, time, stoppingToken);
                }
                catch (Exception e) when (e is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
                {
                    // The outermost guard: whatever it was, the process has other work, and what is pending is in the database.
                    logger.StoreFailed(e, s_retry);
                    await Task.Delay(s_retry, time, stoppingToken);
                }
                finally
                {
                    Stop();
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
        finally
        {
            endpoints.Changed -= OnEndpointChanged;
            await WriteLastAsync();
        }
    }

    private void Add(IReadOnlyList<PendingDelivery> added)
    {
        // They are in the database: whoever delivers finds them by looking.
        if (!_knowsAll) return;
        var now = time.GetUtcNow();
        foreach (var delivery in added)
        {
            if (delivery.Id != _lastId + 1)
            {
                (_knowsAll, _look) = (false, now);
                return;
            }

            _lastId = delivery.Id;
            _scheduler.Add(delivery, now);
        }
    }

    // Another process may deliver from now on.
    private void Stop()
    {
        Delivers = false;
        _turns++;
        (_knowsAll, _looking) = (false, false);
        _scheduler.Clear();
    }

    private async Task DeliverAsync(IEventLease lease, CancellationToken stoppingToken)
    {
        await endpoints.RefreshAsync(stoppingToken);
        // What another process has seen meanwhile is in the database.
        health.Reset();
        Delivers = true;
        _look = DateTimeOffset.MinValue;
        while (!stoppingToken.IsCancellationRequested)
        {
            while (_inbox.Reader.TryRead(out var message)) message();
            var now = time.GetUtcNow();
            if (now >= _look && !_looking)
            {
                if (!await lease.IsHeldAsync(stoppingToken)) return;
                (_look, _peek) = (now + s_look, now + s_peek);
                Look(full: true, stoppingToken);
            }
            else if (now >= _peek && !_looking)
            {
                _peek = now + s_peek;
                Look(full: false, stoppingToken);
            }

            while (_unwritten.Count < MaxUnwritten && _scheduler.TryStart(now, out var attempt)) _ = AttemptAsync(attempt, stoppingToken);
            while (_loads < MaxLoads && _scheduler.TryTakeLoad(out var queue)) Load(queue, stoppingToken);
            if (_unwritten.Count > 0 && !_writing) Write(stoppingToken);
            await WaitAsync(stoppingToken);
        }
    }

    // Until there is a message, or something is due.
    private async Task WaitAsync(CancellationToken stoppingToken)
    {
        var waiting = _inbox.Reader.WaitToReadAsync(stoppingToken);
        if (waiting.IsCompleted)
        {
            await waiting;
            return;
        }

        var look = _looking ? time.GetUtcNow() + s_look : _peek < _look ? _peek : _look;
        var due = _scheduler.NextDue is { } next && next < look ? next : look;
        var pause = due - time.GetUtcNow();
        if (pause <= TimeSpan.Zero) pause = TimeSpan.FromMilliseconds(1);
        Task message = waiting.AsTask();
        await message.WaitAsync(pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stoppingToken.ThrowIfCancellationRequested();
    }

    private async Task AttemptAsync(StartedAttempt attempt, CancellationToken stoppingToken)
    {
        var delivery = attempt.Delivery;
        AttemptOutcome? outcome = null;
        try
        {
            // Off the loop before anything is signed.
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            // One that another process has just made, or turned on, is not known here yet.
            if (endpoints.Find(delivery.EndpointId) is not { Enabled: true }) await endpoints.RefreshAsync(stoppingToken);
            if (endpoints.Find(delivery.EndpointId) is { Enabled: true } endpoint)
            {
                var body = delivery.Body ?? await store.ReadBodyAsync(delivery.EventSeq, stoppingToken);
                if (body is not null)
                    outcome = await sender.SendAsync(endpoint, delivery.EventId, delivery.Replay.Length > 0 ? Payloads.Envelope.MarkReplay(body) : body, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Nobody knows whether it arrived: it is tried again after the start.
            return;
        }
        catch (Exception e)
        {
            // Whatever it was, an attempt that never ends would hold its room, and a place of its endpoint, for ever.
            logger.StoreFailed(e, s_retry);
            outcome = new AttemptOutcome(0, null, "internal error", "", time.GetUtcNow(), TimeSpan.Zero);
        }

        _inbox.Writer.TryWrite(() => Settle(attempt, outcome));
    }

    private void Settle(StartedAttempt attempt, AttemptOutcome? outcome)
    {
        var now = time.GetUtcNow();
        var delivery = attempt.Delivery;
        if (outcome is null)
        {
            // The endpoint was turned off meanwhile, and what waits for it with it.
            var gone = new AttemptOutcome(0, null, "endpoint disabled", "", now, TimeSpan.Zero);
            Finish(attempt, gone, new DeliveryDecision(DeliveryState.Cancelled, default, null, null), delivery.Attempts, aside: delivery.Aside, now);
            return;
        }

        var (endpoint, attempts) = (endpoints.Find(delivery.EndpointId), delivery.Attempts + 1);
#pragma warning disable CA5394 // Spreads load; nothing secret hangs on it.
        var decision = _policy.After(outcome, attempts, delivery.Replay.Length > 0, endpoint is null ? null : health.FailingSince(endpoint), now, Random.Shared.NextDouble());
#pragma warning restore CA5394
        var aside = delivery.Aside || (decision.State == DeliveryState.Pending && endpoint?.Ordered == false);
        metrics.Attempted(decision.State, outcome, delivery, now);
        if (decision.State == DeliveryState.Failed)
            logger.GaveUp(delivery.EventId, delivery.Type, delivery.EndpointId, outcome.Error.Length > 0 ? outcome.Error : $"status {outcome.Status}", attempts);
        if (endpoint is not null) health.Report(endpoint, decision, now);
        if (decision.DisableEndpoint is { } reason) _ = health.DisableAsync(delivery.EndpointId, reason, now, Announce);
        Finish(attempt, outcome, decision, attempts, aside, now);
    }

    private void Finish(StartedAttempt attempt, AttemptOutcome outcome, DeliveryDecision decision, int attempts, bool aside, DateTimeOffset now)
    {
        _unwritten.Add(new SettledAttempt(attempt.Delivery, outcome, decision, attempts, aside));
        _scheduler.Complete(attempt, decision, aside, attempts, attempt.Delivery.FirstAt ?? outcome.At, now);
    }

    private void Write(CancellationToken stoppingToken)
    {
        _writing = true;
        _ = WriteAsync();

        async Task WriteAsync()
        {
            // What ends in the meantime is written by the same transaction.
            await Task.Delay(s_gather, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var taken = new TaskCompletionSource<SettledAttempt[]>(TaskCreationOptions.RunContinuationsAsynchronously);
            _inbox.Writer.TryWrite(() => taken.SetResult([.. _unwritten]));
            var settled = await taken.Task.WaitAsync(stoppingToken);
            try
            {
                await store.SettleAsync(settled, _ => _inbox.Writer.TryWrite(() => Written(settled)), stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                // Whatever it was: results that nobody writes any more would end all deliveries.
                logger.StoreFailed(e, s_retry);
                await Task.Delay(s_retry, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                _inbox.Writer.TryWrite(() => _writing = false);
            }
        }
    }

    private void Written(SettledAttempt[] settled)
    {
        _writing = false;
        // New ones are behind those that were taken.
        _unwritten.RemoveRange(0, settled.Length);
        _scheduler.Written(settled.Select(one => one.Delivery.Id));
    }

    private void Load(DeliveryQueue queue, CancellationToken stoppingToken)
    {
        _loads++;
        var (endpointId, key, after) = (queue.Lane.EndpointId, queue.Key, queue.LoadedTo);
        _ = LoadAsync();

        async Task LoadAsync()
        {
            try
            {
                await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
                await store.LoadAsync(endpointId, key, after, rows => _inbox.Writer.TryWrite(() =>
                {
                    _loads--;
                    _scheduler.Load(queue, rows, rows.Count == DeliveryStore.LoadLimit, time.GetUtcNow());
                }), stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                logger.StoreFailed(e, s_retry);
                await Task.Delay(s_retry, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                _inbox.Writer.TryWrite(() =>
                {
                    _loads--;
                    _scheduler.LoadFailed(queue, time.GetUtcNow());
                });
            }
        }
    }

    // What this process was not told of: what was pending at its start, and what others wrote.
    private void Look(bool full, CancellationToken stoppingToken)
    {
        _looking = true;
        var turn = _turns;
        _ = LookAsync();

        // What was seen before another process had its turn is not what there is now.
        void Tell(Action message) => _inbox.Writer.TryWrite(() =>
        {
            if (turn == _turns) message();
        });

        async Task LookAsync()
        {
            try
            {
                await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
                if (full)
                {
                    await store.ListQueuesAsync(queues => Tell(() => Discover(queues)), stoppingToken);
                    await store.LoadAsideAsync(rows => Tell(() =>
                    {
                        var now = time.GetUtcNow();
                        foreach (var row in rows) _scheduler.AddAside(row, now);
                    }), stoppingToken);
                }
                else
                {
                    await store.ReadLastIdAsync(ids => Tell(() =>
                    {
                        if (ids[0] > _lastId) _look = time.GetUtcNow();
                    }), stoppingToken);
                }
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                logger.StoreFailed(e, s_retry);
                Tell(() => _look = time.GetUtcNow() + s_retry);
            }

            Tell(() => _looking = false);
        }
    }

    private void Discover(IReadOnlyList<PendingQueue> queues)
    {
        var now = time.GetUtcNow();
        foreach (var queue in queues)
        {
            if (queue.EndpointId.Length > 0) _scheduler.Discover(queue.EndpointId, queue.Queue, queue.LastId, now);
            else _lastId = queue.LastId;
        }

        _knowsAll = true;
    }

    private void OnEndpointChanged(string id, bool byAnother) => _inbox.Writer.TryWrite(() =>
    {
        if (endpoints.Find(id) is not { Enabled: true }) _scheduler.Remove(id);
        // Whoever repaired it there does not want to wait for it.
        else if (byAnother)
        {
            if (endpoints.Find(id) is { FailingSince: null }) health.Forget(id);
            _scheduler.Retry(id, time.GetUtcNow());
        }
    });

    // What was delivered is not delivered again because the process was asked to end.
    private async Task WriteLastAsync()
    {
        while (_inbox.Reader.TryRead(out var message)) message();
        if (_unwritten.Count == 0) return;
        try
        {
            await store.SettleAsync(_unwritten, _ => { }, CancellationToken.None);
        }
        catch (Exception e) when (e is DbException or IOException)
        {
            logger.StoreFailed(e, TimeSpan.Zero);
        }
    }
}
