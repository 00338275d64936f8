using LiveStream.Contracts.Events;
using LiveStream.Hosting.Bus;

namespace LiveStream.Rooms.Storage;

/// <summary>A row of the event log.</summary>
public sealed class EventRow
{
    /// <summary>Place in the log, ascending; null until the database gives it one.</summary>
    public long? Position { get; private set; }

    /// <summary>Unique.</summary>
    public required Guid MessageId { get; init; }

    /// <summary>Name in the catalog of events.</summary>
    public required string Type { get; init; }

    /// <summary>What it is about.</summary>
    public required string Key { get; init; }

    /// <summary>JSON.</summary>
    public required string Body { get; init; }

    /// <summary>When it was written.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>W3C <c>traceparent</c> of what wrote it; null where nothing was traced.</summary>
    public string? Trace { get; init; }

    /// <summary>The row of an event that happens now.</summary>
    internal static EventRow Of<T>(T body, Guid messageId, DateTimeOffset now)
        where T : class
    {
        var type = EventCatalog.Of(typeof(T));
        return new EventRow
        {
            MessageId = messageId,
            Type = type.Name,
            Key = type.KeyOf(body),
            Body = type.Write(body),
            CreatedAt = now,
            Trace = EventTracing.Current,
        };
    }
}

/// <summary>How far a subscriber has read the event log.</summary>
public sealed class EventCursorRow
{
    /// <summary>Name of the subscriber.</summary>
    public required string Subscriber { get; init; }

    /// <summary>The last event that it handled.</summary>
    public required long Position { get; set; }

    /// <summary>When that was.</summary>
    public required DateTimeOffset UpdatedAt { get; set; }
}
