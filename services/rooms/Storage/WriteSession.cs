using LiveStream.Contracts.Events;

namespace LiveStream.Rooms.Storage;

/// <summary>One transaction that changes something, and the events that tell of it.</summary>
internal sealed class WriteSession(RoomsDbContext db, string lockRows, DateTimeOffset now)
{
    private readonly List<EventRow> _events = [];

    /// <summary>The tables.</summary>
    public RoomsDbContext Db => db;

    /// <summary>When the transaction began.</summary>
    public DateTimeOffset Now => now;

    /// <summary>Ends a raw SELECT so that no other transaction changes its rows before this one is over.</summary>
    public string LockRows => lockRows;

    /// <summary>Adds an event to the transaction; subscribers see it once the change is committed.</summary>
    public void Publish<T>(T body)
        where T : class
    {
        var type = EventCatalog.Of(typeof(T));
        _events.Add(new EventRow
        {
            MessageId = Guid.NewGuid(),
            Type = type.Name,
            Key = type.KeyOf(body),
            Body = type.Write(body),
            CreatedAt = now,
        });
    }

    /// <summary>Writes the events; whether there were any.</summary>
    internal async Task<bool> SaveEventsAsync(CancellationToken cancellationToken)
    {
        if (_events.Count == 0) return false;
        db.AddRange(_events);
        await db.SaveChangesAsync(cancellationToken);
        return true;
    }
}
