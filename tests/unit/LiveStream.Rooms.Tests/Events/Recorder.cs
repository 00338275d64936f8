using System.Threading.Channels;

using LiveStream.Hosting.Bus;

using Microsoft.AspNetCore.Builder;

namespace LiveStream.Rooms.Tests.Events;

/// <summary>A subscriber that keeps what it gets, and fails where it is told to.</summary>
internal sealed class Recorder<T> : IEventHandler<T>
    where T : class
{
    private readonly Channel<EventEnvelope<T>> _handled = Channel.CreateUnbounded<EventEnvelope<T>>();
    private int _tries;

    /// <summary>Deliveries, failed ones too.</summary>
    public int Tries => Volatile.Read(ref _tries);

    /// <summary>Throws to refuse the delivery, which is the nth one.</summary>
    public Func<EventEnvelope<T>, int, Task> OnDelivery { get; set; } = (_, _) => Task.CompletedTask;

    public async Task HandleAsync(EventEnvelope<T> envelope, CancellationToken cancellationToken)
    {
        await OnDelivery(envelope, Interlocked.Increment(ref _tries));
        await _handled.Writer.WriteAsync(envelope, cancellationToken);
    }

    /// <summary>The next that were handled, in order.</summary>
    public async Task<IReadOnlyList<EventEnvelope<T>>> TakeAsync(int count)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var taken = new List<EventEnvelope<T>>();
        while (taken.Count < count) taken.Add(await _handled.Reader.ReadAsync(limit.Token));
        return taken;
    }

    /// <summary>Nothing more was handled.</summary>
    public bool IsEmpty => _handled.Reader.Count == 0;

    /// <summary>Registers it under that name.</summary>
    public void Subscribe(WebApplicationBuilder builder, string name) => builder.Services.AddEventSubscriber(name).Handle<T>(_ => this);
}
