namespace LiveStream.Hosting.Bus;

/// <summary>An event as a subscriber gets it.</summary>
/// <param name="MessageId">The same at every delivery; a consumer that keeps those it has seen handles each event once.</param>
/// <param name="Position">Place in the log, ascending; gaps are normal.</param>
/// <param name="Key">What it is about. Events of one key come in the order they happened.</param>
/// <param name="At">When it was written, to the millisecond.</param>
/// <param name="Body">The event.</param>
public sealed record EventEnvelope<T>(Guid MessageId, long Position, string Key, DateTimeOffset At, T Body)
    where T : class;

/// <summary>
/// Handles what a subscriber read at once, in order. The cursor moves on when the task has ended well, over all of it or
/// nothing: a handler that writes them down has one transaction for many events. The same event may come twice.
/// </summary>
public interface IEventBatchHandler
{
    /// <summary>Handles the events, at least one.</summary>
    Task HandleAsync(IReadOnlyList<LoggedEvent> events, CancellationToken cancellationToken);
}

/// <summary>
/// Handles events of one type. The cursor moves on when the task has ended well; a failure is tried again, with ever longer
/// pauses, and events behind it wait. The same event may come twice: after a crash, or when its subscriber moves to another
/// process.
/// </summary>
public interface IEventHandler<T>
    where T : class
{
    /// <summary>Handles one event.</summary>
    Task HandleAsync(EventEnvelope<T> envelope, CancellationToken cancellationToken);
}
