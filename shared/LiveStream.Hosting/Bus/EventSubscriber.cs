using LiveStream.Contracts.Events;

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace LiveStream.Hosting.Bus;

/// <summary>A reader of the event log with a cursor of its own: a slow or failing one does not hold up the others.</summary>
public sealed class EventSubscriber
{
    private readonly Dictionary<string, Func<IServiceProvider, LoggedEvent, CancellationToken, Task>> _handlers = new(StringComparer.Ordinal);

    private HashSet<string> _batchTypes = [];
    private Func<IServiceProvider, IEventBatchHandler>? _batches;

    internal EventSubscriber(string name)
    {
        // Names become names of files and locks.
        if (name.Length is 0 or > 64 || !name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'))
            throw new ArgumentException("1 to 64 of a-z, 0-9 and dash are wanted.", nameof(name));
        Name = name;
    }

    /// <summary>Names the cursor; the same from version to version.</summary>
    public string Name { get; }

    /// <summary>Adds the handler of one event type, resolved from a scope of its own at each delivery.</summary>
    public EventSubscriber Handle<TEvent, THandler>()
        where TEvent : class
        where THandler : IEventHandler<TEvent> => Handle<TEvent>(services => ActivatorUtilities.GetServiceOrCreateInstance<THandler>(services));

    /// <summary>Adds the handler of one event type.</summary>
    public EventSubscriber Handle<TEvent>(Func<IServiceProvider, IEventHandler<TEvent>> handler)
        where TEvent : class
    {
        var type = EventCatalog.Of(typeof(TEvent));
        _handlers.Add(type.Name, (services, e, cancellationToken) => handler(services).HandleAsync(
            new EventEnvelope<TEvent>(e.MessageId, e.Position, e.Key, e.At, (TEvent)type.Read(e.Body)), cancellationToken));
        return this;
    }

    /// <summary>Takes all events of these types as they are read, many at once; instead of <c>Handle</c>.</summary>
    public EventSubscriber HandleBatches(IEnumerable<Type> types, Func<IServiceProvider, IEventBatchHandler> handler)
    {
        _batchTypes = [.. types.Select(type => EventCatalog.Of(type).Name)];
        _batches = handler;
        return this;
    }

    /// <summary>Whether it takes many events at once.</summary>
    internal bool TakesBatches => _batches is not null;

    /// <summary>Whether the subscriber wants that event.</summary>
    internal bool Wants(LoggedEvent e) => _handlers.ContainsKey(e.Type) || _batchTypes.Contains(e.Type);

    internal async Task DeliverAsync(IServiceProvider services, IReadOnlyList<LoggedEvent> events, CancellationToken cancellationToken)
    {
        await using var scope = services.CreateAsyncScope();
        await _batches!(scope.ServiceProvider).HandleAsync(events, cancellationToken);
    }

    internal async Task DeliverAsync(IServiceProvider services, LoggedEvent e, CancellationToken cancellationToken)
    {
        await using var scope = services.CreateAsyncScope();
        await _handlers[e.Type](scope.ServiceProvider, e, cancellationToken);
    }
}

/// <summary>Registers subscribers.</summary>
public static class EventBusServices
{
    /// <summary>
    /// Adds a subscriber: <c>services.AddEventSubscriber("webhooks").Handle&lt;RoomCreated, RoomCreatedHandler&gt;()</c>. The
    /// process needs an <see cref="IEventLog"/>.
    /// </summary>
    public static EventSubscriber AddEventSubscriber(this IServiceCollection services, string name)
    {
        var subscriber = new EventSubscriber(name);
        services.AddSingleton(subscriber);
        return subscriber;
    }

    /// <summary>
    /// Adds the dispatcher; for the module that owns the log, after whatever opens the log's store at start.
    /// </summary>
    public static IServiceCollection AddEventDispatcher(this IServiceCollection services)
    {
        services.AddOptions<EventOptions>().BindConfiguration(EventOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<EventOptions>, EventOptionsValidator>();
        services.AddHostedService<EventDispatcher>();
        return services;
    }
}
