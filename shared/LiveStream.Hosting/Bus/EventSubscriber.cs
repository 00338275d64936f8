using System.Text.Json;

using LiveStream.Contracts.Events;

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace LiveStream.Hosting.Bus;

/// <summary>A reader of the event log with a cursor of its own: a slow or failing one does not hold up the others.</summary>
public sealed class EventSubscriber
{
    private readonly Dictionary<string, Func<IServiceProvider, LoggedEvent, CancellationToken, Task>> _handlers = new(StringComparer.Ordinal);

    private HashSet<string> _batchTypes = [];
    private bool _takesAll;
    private Func<IServiceProvider, IEventBatchHandler>? _batches;

    /// <summary>A subscriber of that name; most are made by <see cref="EventBusServices.AddEventSubscriber"/>.</summary>
    public EventSubscriber(string name)
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
            new EventEnvelope<TEvent>(e.MessageId, e.Position, e.Key, e.At, (TEvent)Read(type, e)), cancellationToken));
        return this;
    }

    /// <summary>Takes all events of these types as they are read, many at once; instead of <c>Handle</c>.</summary>
    public EventSubscriber HandleBatches(IEnumerable<Type> types, Func<IServiceProvider, IEventBatchHandler> handler)
    {
        _batchTypes = [.. types.Select(type => EventCatalog.Of(type).Name)];
        _batches = handler;
        return this;
    }

    /// <summary>Takes every event as it is read, many at once, those of types that this version does not know too; instead of <c>Handle</c>.</summary>
    public EventSubscriber HandleEverything(Func<IServiceProvider, IEventBatchHandler> handler)
    {
        _takesAll = true;
        _batches = handler;
        return this;
    }

    /// <summary>
    /// Every process that registers it gets every event, by a broker: what it does with them is in the process's memory. Without
    /// a broker there is one such process.
    /// </summary>
    public EventSubscriber InEachProcess()
    {
        IsInEachProcess = true;
        return this;
    }

    /// <summary>Longest pause before a failed delivery is tried again; null for that of the settings.</summary>
    public TimeSpan? LongestRetry { get; init; }

    /// <summary>Whether every process has it for itself.</summary>
    public bool IsInEachProcess { get; private set; }

    /// <summary>Whether it takes many events at once.</summary>
    public bool TakesBatches => _batches is not null;

    /// <summary>Names of the events it wants.</summary>
    public IEnumerable<string> Types => _takesAll ? EventCatalog.All.Select(type => type.Name) : _handlers.Keys.Concat(_batchTypes);

    /// <summary>Whether the subscriber wants that event.</summary>
    public bool Wants(LoggedEvent e) => _takesAll || _handlers.ContainsKey(e.Type) || _batchTypes.Contains(e.Type);

    /// <summary>Hands over many events. Fails with whatever the handler fails with.</summary>
    public async Task DeliverAsync(IServiceProvider services, IReadOnlyList<LoggedEvent> events, CancellationToken cancellationToken)
    {
        await using var scope = services.CreateAsyncScope();
        await _batches!(scope.ServiceProvider).HandleAsync(events, cancellationToken);
    }

    /// <summary>Hands over one event. Fails with <see cref="UnreadableEventException"/>, and with whatever the handler fails with.</summary>
    public async Task DeliverAsync(IServiceProvider services, LoggedEvent e, CancellationToken cancellationToken)
    {
        using var activity = EventTracing.StartHandling(Name, e);
        await using var scope = services.CreateAsyncScope();
        await _handlers[e.Type](scope.ServiceProvider, e, cancellationToken);
    }

    private static object Read(EventType type, LoggedEvent e)
    {
        try
        {
            return type.Read(e.Body);
        }
        catch (JsonException error)
        {
            throw new UnreadableEventException($"{e.Type} {e.MessageId} cannot be read: {error.Message}", error);
        }
    }
}

/// <summary>An event that says something else than its type promises: no further try can help.</summary>
public sealed class UnreadableEventException : Exception
{
    /// <summary>An event nobody can read.</summary>
    public UnreadableEventException()
    {
    }

    /// <summary>The same with a reason.</summary>
    public UnreadableEventException(string message)
        : base(message)
    {
    }

    /// <summary>The same with what was tried.</summary>
    public UnreadableEventException(string message, Exception innerException)
        : base(message, innerException)
    {
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
