using System.Collections.Concurrent;
using System.Threading.Channels;

using LiveStream.Contracts.Events.V1;
using LiveStream.Hosting.Bus;

using Microsoft.Extensions.DependencyInjection;

namespace LiveStream.Bus.Tests;

/// <summary>A subscriber that keeps what it handled, one event or many at a time.</summary>
internal sealed class Receiver : IEventHandler<RoomUpdated>, IEventBatchHandler
{
    private readonly Channel<(Guid Id, string Key, long Position)> _handled = Channel.CreateUnbounded<(Guid, string, long)>();
    private int _tries;

    public int Tries => Volatile.Read(ref _tries);

    public ConcurrentQueue<int> BatchSizes { get; } = new();

    /// <summary>Throws, or waits, to hold up the nth try.</summary>
    public Func<int, Task> OnTry { get; set; } = _ => Task.CompletedTask;

    public bool IsEmpty => _handled.Reader.Count == 0;

    public void Subscribe(IServiceCollection services, string name) => services.AddEventSubscriber(name).Handle<RoomUpdated>(_ => this);

    public void SubscribeToBatches(IServiceCollection services, string name) => services.AddEventSubscriber(name).HandleBatches([typeof(RoomUpdated)], _ => this);

    public async Task HandleAsync(EventEnvelope<RoomUpdated> envelope, CancellationToken cancellationToken)
    {
        await OnTry(Interlocked.Increment(ref _tries)).WaitAsync(cancellationToken);
        _handled.Writer.TryWrite((envelope.MessageId, envelope.Body.RoomId, envelope.Position));
    }

    public async Task HandleAsync(IReadOnlyList<LoggedEvent> events, CancellationToken cancellationToken)
    {
        await OnTry(Interlocked.Increment(ref _tries)).WaitAsync(cancellationToken);
        BatchSizes.Enqueue(events.Count);
        foreach (var e in events) _handled.Writer.TryWrite((e.MessageId, e.Key, e.Position));
    }

    /// <summary>The next that were handled, in order.</summary>
    public async Task<IReadOnlyList<(Guid Id, string Key, long Position)>> TakeAsync(int count)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        var taken = new List<(Guid, string, long)>();
        try
        {
            while (taken.Count < count) taken.Add(await _handled.Reader.ReadAsync(limit.Token));
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"{taken.Count} of {count} events came");
        }

        return taken;
    }

    /// <summary>All that the log has, those of a room in their order when each is counted once; those that came again.</summary>
    public async Task<IReadOnlyList<(Guid Id, string Key, long Position)>> TakeAllWithRepetitionsAsync(MemoryLog log)
    {
        var seen = new HashSet<Guid>();
        var (first, again) = (new List<(Guid, string, long Position)>(), new List<(Guid, string, long)>());
        while (first.Count < log.Events.Count)
        {
            var taken = (await TakeAsync(1))[0];
            if (seen.Add(taken.Id)) first.Add(taken);
            else again.Add(taken);
        }

        Assert.Equal(log.Events.Select(e => e.Position), first.Select(e => e.Position));
        return again;
    }

    /// <summary>All that the log has, each once, those of a room in their order.</summary>
    public async Task<IReadOnlyList<(Guid Id, string Key, long Position)>> TakeAllAsync(MemoryLog log)
    {
        var got = await TakeAsync(log.Events.Count);
        Assert.Equal(log.Events.Select(e => e.MessageId).Order(), got.Select(e => e.Id).Order());
        Assert.All(got.GroupBy(e => e.Key), room => Assert.Equal(room.OrderBy(e => e.Position), room));
        Assert.True(IsEmpty);
        return got;
    }
}
