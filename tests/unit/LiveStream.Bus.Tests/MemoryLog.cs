using LiveStream.Contracts.Events;
using LiveStream.Contracts.Events.V1;
using LiveStream.Hosting.Bus;

namespace LiveStream.Bus.Tests;

/// <summary>An event log in memory, which outlives the processes that deliver from it.</summary>
internal sealed class MemoryLog : IEventLog
{
    private readonly Lock _lock = new();
    private readonly List<LoggedEvent> _events = [];
    private readonly Dictionary<string, long> _cursors = new(StringComparer.Ordinal);
    private readonly HashSet<string> _leases = [];
    private TaskCompletionSource _appended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Appended
    {
        get
        {
            lock (_lock) return _appended.Task;
        }
    }

    /// <summary>Moving the cursor fails while set: as if the process had died just before it.</summary>
    public bool IsStuck { get; set; }

    /// <summary>How often it was read; a batch that fails is read again at each try.</summary>
    public int Reads { get; private set; }

    /// <summary>What was written, in order.</summary>
    public IReadOnlyList<LoggedEvent> Events
    {
        get
        {
            lock (_lock) return [.. _events];
        }
    }

    /// <summary>Writes an event about that room.</summary>
    public void Append(string roomId, bool enabled = true) => Append(EventCatalog.Of(typeof(RoomUpdated)).Name, roomId, EventCatalog.Of(typeof(RoomUpdated)).Write(
        new RoomUpdated("customer", roomId, "name", "template", enabled, DateTimeOffset.UnixEpoch)));

    public void Append(string type, string key, string body)
    {
        TaskCompletionSource appended;
        lock (_lock)
        {
            _events.Add(new LoggedEvent(_events.Count + 1, Guid.NewGuid(), type, key, body, DateTimeOffset.UtcNow, EventTracing.Current));
            appended = _appended;
            _appended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        appended.SetResult();
    }

    /// <summary>How far a subscriber is.</summary>
    public long CursorOf(string subscriber)
    {
        lock (_lock) return _cursors.GetValueOrDefault(subscriber, -1);
    }

    public Task LookAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<IEventLease?> TryLeaseAsync(string name, CancellationToken cancellationToken)
    {
        lock (_lock) return Task.FromResult<IEventLease?>(_leases.Add(name) ? new Lease(this, name) : null);
    }

    public Task<IReadOnlyList<LoggedEvent>> ReadAsync(long after, int limit, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            Reads++;
            return Task.FromResult<IReadOnlyList<LoggedEvent>>([.. _events.Where(e => e.Position > after).Take(limit)]);
        }
    }

    public Task<long> OpenCursorAsync(string subscriber, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (!_cursors.TryGetValue(subscriber, out var cursor)) _cursors.Add(subscriber, cursor = _events.Count);
            return Task.FromResult(cursor);
        }
    }

    public Task<bool> AdvanceAsync(string subscriber, long before, long reached, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (IsStuck) throw new IOException("the store is away");
            if (_cursors[subscriber] != before) return Task.FromResult(false);
            _cursors[subscriber] = reached;
            return Task.FromResult(true);
        }
    }

    public Task<int> TrimAsync(CancellationToken cancellationToken) => Task.FromResult(0);

    private void Release(string name)
    {
        lock (_lock) _leases.Remove(name);
    }

    private sealed class Lease(MemoryLog log, string name) : IEventLease
    {
        public Task<bool> IsHeldAsync(CancellationToken cancellationToken) => Task.FromResult(true);

        public ValueTask DisposeAsync()
        {
            log.Release(name);
            return ValueTask.CompletedTask;
        }
    }
}
