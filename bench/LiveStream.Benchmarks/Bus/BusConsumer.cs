using LiveStream.Hosting.Bus;

namespace LiveStream.Benchmarks.Bus;

/// <summary>Counts what comes, what comes again, and what comes behind a later one of its room.</summary>
internal sealed class BusConsumer : IEventBatchHandler
{
    private readonly Lock _lock = new();
    private readonly HashSet<Guid> _seen = [];
    private readonly Dictionary<string, long> _last = new(StringComparer.Ordinal);
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int Repeated { get; private set; }

    public int OutOfOrder { get; private set; }

    public int Distinct
    {
        get
        {
            lock (_lock) return _seen.Count;
        }
    }

    public Task HandleAsync(IReadOnlyList<LoggedEvent> events, CancellationToken cancellationToken)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            foreach (var e in events)
            {
                if (!_seen.Add(e.MessageId))
                {
                    Repeated++;
                    continue;
                }

                if (_last.TryGetValue(e.Key, out var last) && e.Position < last) OutOfOrder++;
                _last[e.Key] = e.Position;
            }

            changed = _changed;
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        changed.SetResult();
        return Task.CompletedTask;
    }

    /// <summary>Waits until that many different events have come.</summary>
    public async Task UntilAsync(int count, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (_seen.Count >= count) return;
                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellationToken);
        }
    }
}
