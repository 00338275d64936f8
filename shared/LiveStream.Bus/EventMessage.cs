using LiveStream.Hosting.Bus;

namespace LiveStream.Bus;

/// <summary>An event on its way through the broker: a row of the log. Fields are only ever added.</summary>
/// <param name="MessageId">The same at every delivery.</param>
/// <param name="Position">Place in the log.</param>
/// <param name="Type">Name in the catalog of events; the routing key.</param>
/// <param name="Key">What it is about.</param>
/// <param name="Body">The event's JSON.</param>
/// <param name="At">When it was written.</param>
/// <param name="Trace">W3C <c>traceparent</c>; null where nothing was traced.</param>
public sealed record EventMessage(Guid MessageId, long Position, string Type, string Key, string Body, DateTimeOffset At, string? Trace)
{
    /// <summary>The message of a logged event.</summary>
    public static EventMessage Of(LoggedEvent e, string? trace) => new(e.MessageId, e.Position, e.Type, e.Key, e.Body, e.At, trace);

    /// <summary>The event. Fails with <see cref="UnreadableEventException"/> where something is missing.</summary>
    public LoggedEvent ToLogged() => MessageId == Guid.Empty || string.IsNullOrEmpty(Type) || Key is null || Body is null
        ? throw new UnreadableEventException("The message is no event: its id, type, key or body is missing.")
        : new LoggedEvent(Position, MessageId, Type, Key, Body, At, Trace);
}
