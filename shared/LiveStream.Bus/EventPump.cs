using LiveStream.Hosting.Bus;

using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

using RabbitMQ.Client;

namespace LiveStream.Bus;

/// <summary>
/// Hands what the broker delivers to one subscriber, in order. A failure is tried again here, with ever longer pauses, and
/// what is behind it waits, as with the log itself: sent back to the broker it would lose its place. What was handled
/// lately is known by its id and not handled again.
/// </summary>
internal sealed class EventPump(
    EventSubscriber subscriber, IServiceProvider services, TimeProvider time, IOptions<EventOptions> events, IOptions<BusOptions> bus, BusMetrics metrics, ILogger<EventPump> logger)
    : BackgroundService, IHostedLifecycleService
{
    // More than a relay publishes twice after a crash, and than a broker delivers twice after one.
    private const int Remembered = 10_000;

    private static readonly TimeSpan s_closeLimit = TimeSpan.FromSeconds(1);

    private readonly DeliveryOrder _order = new(time);
    private IChannel? _channel;
    private readonly RetrySchedule _retry = new(events.Value.FirstRetry, subscriber.LongestRetry ?? events.Value.LongestRetry);
    private readonly HashSet<Guid> _handled = [];
    private readonly Queue<Guid> _oldest = new();

    /// <summary>Who gets them.</summary>
    public EventSubscriber Subscriber => subscriber;

    /// <summary>
    /// Takes a delivery; the task ends when it was handled. Fails with <see cref="UnreadableEventException"/> when nobody can
    /// handle it, and does not end when the process ends before.
    /// </summary>
    public Task OfferAsync(IChannel channel, ulong number, LoggedEvent e)
    {
        Volatile.Write(ref _channel, channel);
        return _order.Offer(channel, number, e);
    }

    /// <summary>That delivery is not for <see cref="OfferAsync"/>.</summary>
    public void Pass(IChannel channel, ulong number)
    {
        logger.NoEvent(subscriber.Name);
        _order.Pass(channel, number);
    }

    /// <inheritdoc/>
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>
    /// Closes the channel before the transport takes leave of the broker: that would let the next process begin with what is
    /// behind, while this one still has what is before it.
    /// </summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        _order.Close();
        if (Volatile.Read(ref _channel) is not { IsOpen: true } channel) return;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(s_closeLimit);
        try
        {
            await channel.CloseAsync(Constants.ReplySuccess, "the process ends", abort: true, limit.Token).WaitAsync(limit.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or RabbitMQ.Client.Exceptions.AlreadyClosedException)
        {
            // The transport disposes of a channel as soon as it is closed; and the connection ends with the process in any case.
        }
    }

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                var taken = _order.Take(bus.Value.Prefetch);
                if (taken.Count == 0) await _order.WaitAsync(stoppingToken);
                else await HandleAsync(taken, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
        finally
        {
            _order.Close();
        }
    }

    private async Task HandleAsync(IReadOnlyList<Delivery> taken, CancellationToken stoppingToken)
    {
        if (subscriber.TakesBatches) await HandleTogetherAsync(taken, stoppingToken);
        else foreach (var delivery in taken) await HandleOneAsync(delivery, stoppingToken);
    }

    private async Task HandleTogetherAsync(IReadOnlyList<Delivery> taken, CancellationToken stoppingToken)
    {
        var wanted = new List<LoggedEvent>();
        var ids = new HashSet<Guid>();
        foreach (var delivery in taken)
        {
            if (!subscriber.Wants(delivery.Event)) continue;
            if (!_handled.Contains(delivery.Event.MessageId) && ids.Add(delivery.Event.MessageId)) wanted.Add(delivery.Event);
            else metrics.Repeated(subscriber.Name);
        }

        if (wanted.Count > 0) await TryAsync(wanted[0], token => subscriber.DeliverAsync(services, wanted, token), stoppingToken);
        foreach (var e in wanted) Remember(e);
        foreach (var delivery in taken) delivery.Succeed();
    }

    private async Task HandleOneAsync(Delivery delivery, CancellationToken stoppingToken)
    {
        var e = delivery.Event;
        if (subscriber.Wants(e))
        {
            if (_handled.Contains(e.MessageId))
            {
                metrics.Repeated(subscriber.Name);
            }
            else
            {
                try
                {
                    await TryAsync(e, token => subscriber.DeliverAsync(services, e, token), stoppingToken);
                }
                catch (UnreadableEventException error)
                {
                    logger.Unreadable(error, subscriber.Name, e.Type, e.MessageId);
                    delivery.Fail(error);
                    return;
                }

                Remember(e);
            }
        }

        delivery.Succeed();
    }

    private async Task TryAsync(LoggedEvent first, Func<CancellationToken, Task> deliver, CancellationToken stoppingToken)
    {
        while (true)
        {
            try
            {
                await deliver(stoppingToken);
                _retry.Succeeded();
                return;
            }
            catch (Exception error) when (error is not UnreadableEventException && !stoppingToken.IsCancellationRequested)
            {
                // Whatever a handler throws, its event is tried again; nothing else of the process may suffer from it.
                var pause = _retry.Failed();
                logger.HandlerFailed(error, subscriber.Name, first.Type, first.MessageId, _retry.Failures, pause);
                await Task.Delay(pause, time, stoppingToken);
            }
        }
    }

    private void Remember(LoggedEvent e)
    {
        metrics.Handled(subscriber.Name, time.GetUtcNow() - e.At);
        if (!_handled.Add(e.MessageId)) return;
        _oldest.Enqueue(e.MessageId);
        if (_oldest.Count > Remembered) _handled.Remove(_oldest.Dequeue());
    }
}
