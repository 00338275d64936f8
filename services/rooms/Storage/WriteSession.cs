using System.Runtime.CompilerServices;

using LiveStream.Rooms.Domain;

using Microsoft.EntityFrameworkCore;

namespace LiveStream.Rooms.Storage;

/// <summary>One transaction that changes something, and the events that tell of it.</summary>
internal sealed class WriteSession(RoomsDbContext db, string lockRows, DateTimeOffset now)
{
    private readonly MessageIds _messageIds = new();

    /// <summary>The tables.</summary>
    public RoomsDbContext Db => db;

    /// <summary>Whether anything was published.</summary>
    internal bool HasEvents { get; private set; }

    /// <summary>When the transaction began.</summary>
    public DateTimeOffset Now => now;

    /// <summary>
    /// The row that the condition finds (its values as <c>{0}</c> and so on), tracked and kept from other writers until the
    /// transaction is over; null for none. Whoever changes a room, or what belongs to it, locks the room first.
    /// </summary>
    public async Task<TRow?> LockAsync<TRow>(string table, string condition, object[] values, CancellationToken cancellationToken)
        where TRow : class
    {
        var sql = FormattableStringFactory.Create($"SELECT * FROM {table} WHERE {condition}{lockRows}", values);
        var found = await db.Set<TRow>().FromSql(sql).ToListAsync(cancellationToken);
        return found.Count > 0 ? found[0] : null;
    }

    /// <summary>The room, locked; null where the workspace has none of that id.</summary>
    public async Task<Room?> LockRoomAsync(string customerId, string? roomId, CancellationToken cancellationToken) => ObjectId.IsValid(roomId)
        ? await LockAsync<Room>("rooms", "id = {0} AND customer_id = {1}", [roomId!, customerId], cancellationToken)
        : null;

    /// <summary>Adds an event to the transaction; subscribers see it once the change is committed.</summary>
    public void Publish<T>(T body)
        where T : class
    {
        HasEvents = true;
        db.Add(EventRow.Of(body, _messageIds.Next(), now));
    }
}
