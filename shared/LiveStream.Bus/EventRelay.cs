using LiveStream.Hosting.Bus;

using MassTransit;

using Microsoft.Extensions.Options;

namespace LiveStream.Bus;

/// <summary>
/// Publishes what the log has, and lets the cursor move once the broker has confirmed all of it. Events of one key follow each
/// other: the next one goes out when the broker has the one before. What was confirmed of a batch that failed is not
/// published again, unless the process is another one by then.
/// </summary>
internal sealed class EventRelay(IBus bus, IOptions<BusOptions> options, BusMetrics metrics, TimeProvider time) : IEventBatchHandler
{
    /// <summary>Names the cursor in the log.</summary>
    public const string Subscriber = "bus";

    // A batch is a thousand at most; these are of the one that failed.
    private readonly HashSet<Guid> _confirmed = [];

    /// <summary>Whether the last batch could not be published.</summary>
    public bool IsFailing { get; private set; }

    public async Task HandleAsync(IReadOnlyList<LoggedEvent> events, CancellationToken cancellationToken)
    {
        try
        {
            await PublishAsync(events, cancellationToken);
            IsFailing = false;
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            IsFailing = true;
            throw;
        }
    }

    private async Task PublishAsync(IReadOnlyList<LoggedEvent> events, CancellationToken cancellationToken)
    {
        var turns = new SemaphoreSlim(options.Value.PublishConcurrency);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var publishing = events.GroupBy(e => e.Key, StringComparer.Ordinal).Select(key => PublishAsync([.. key], turns, limit.Token)).ToArray();
        var all = Task.WhenAll(publishing);
        try
        {
            // The limit is for silence: a broker that confirms is given the time it needs.
            while (true)
            {
                var before = metrics.Published;
                await all.WaitAsync(options.Value.PublishTimeout, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (all.IsCompleted || cancellationToken.IsCancellationRequested || metrics.Published == before) break;
            }

            if (!all.IsCompleted)
            {
                await limit.CancelAsync();
                await all.WaitAsync(options.Value.PublishTimeout, time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                cancellationToken.ThrowIfCancellationRequested();
                throw new TimeoutException($"the broker confirmed nothing for {options.Value.PublishTimeout}");
            }

            await all;
        }
        finally
        {
            // Nothing of this try may publish beside the next one.
            await limit.CancelAsync();
        }

        lock (_confirmed) _confirmed.Clear();
    }

    private async Task PublishAsync(LoggedEvent[] events, SemaphoreSlim turns, CancellationToken cancellationToken)
    {
        foreach (var e in events)
        {
            lock (_confirmed)
            {
                if (_confirmed.Contains(e.MessageId)) continue;
            }

            await turns.WaitAsync(cancellationToken);
            try
            {
                using var activity = EventTracing.StartPublishing(e);
                var message = EventMessage.Of(e, activity?.Id ?? e.Trace);
                await bus.Publish(message, context =>
                {
                    context.MessageId = e.MessageId;
                    context.Durable = true;
                    if (message.Trace is { } trace) context.Headers.Set("traceparent", trace);
                }, cancellationToken);
            }
            finally
            {
                turns.Release();
            }

            lock (_confirmed) _confirmed.Add(e.MessageId);
            metrics.Confirmed();
        }
    }
}
