using System.Globalization;

using LiveStream.Hosting.Bus;

using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace LiveStream.Rooms.Storage;

/// <summary>The event log in the tables <c>events</c> and <c>event_cursors</c>.</summary>
internal sealed class EventLog(
    RoomsDatabase database, IDatabaseProvider provider, EventSignal signal, TimeProvider time, IOptions<EventOptions> options) : IEventLog
{
    private const int TrimBatch = 5000;

    // The last position, or Waiting while there are events without one. Both products read it from the end of an index.
    private const string Newest = """
        SELECT CASE WHEN EXISTS (SELECT 1 FROM events WHERE position IS NULL) THEN -1 ELSE COALESCE((SELECT MAX(position) FROM events), 0) END
        """;

    private const long Waiting = -1;

    private long _newest = Waiting;

    public Task Appended => signal.Next;

    public async Task LookAsync(CancellationToken cancellationToken)
    {
        var newest = await database.ReadAsync(db => NewestAsync(db, cancellationToken), cancellationToken);
        if (newest != Waiting && newest == Interlocked.Exchange(ref _newest, newest)) return;
        signal.Raise();
    }

    public Task<IEventLease?> TryLeaseAsync(string subscriber, CancellationToken cancellationToken) =>
        provider.TryLeaseAsync(subscriber, cancellationToken);

    public Task<IReadOnlyList<LoggedEvent>> ReadAsync(long after, int limit, CancellationToken cancellationToken) => database.ReadAsync<IReadOnlyList<LoggedEvent>>(
        async db =>
        {
            await provider.SequenceEventsAsync(db, cancellationToken);
            return await db.Events
                .Where(e => e.Position > after)
                .OrderBy(e => e.Position)
                .Take(limit)
                .Select(e => new LoggedEvent(e.Position!.Value, e.MessageId, e.Type, e.Key, e.Body, e.CreatedAt, e.Trace))
                .ToListAsync(cancellationToken);
        },
        cancellationToken);

    public async Task<long> OpenCursorAsync(string subscriber, CancellationToken cancellationToken)
    {
        var found = await database.ReadAsync(
            db => db.EventCursors.Where(c => c.Subscriber == subscriber).Select(c => (long?)c.Position).SingleOrDefaultAsync(cancellationToken), cancellationToken);
        return found ?? await AddCursorAsync(subscriber, cancellationToken);
    }

    public Task<bool> AdvanceAsync(string subscriber, long before, long reached, CancellationToken cancellationToken) => database.WriteAsync(
        async session => await session.Db.EventCursors
            .Where(c => c.Subscriber == subscriber && c.Position == before)
            .ExecuteUpdateAsync(set => set.SetProperty(c => c.Position, reached).SetProperty(c => c.UpdatedAt, session.Now), cancellationToken) == 1,
        cancellationToken);

    public async Task<int> TrimAsync(CancellationToken cancellationToken)
    {
        var before = time.GetUtcNow() - options.Value.Retention;
        await SequenceAsync(cancellationToken);
        var total = 0;
        while (true)
        {
            // In portions: no writer waits long for its turn.
            var removed = await database.WriteAsync(
                async session =>
                {
                    var reached = await session.Db.EventCursors.MinAsync(c => (long?)c.Position, cancellationToken) ?? long.MaxValue;
                    // Of the oldest: to look for old ones among all would read a week of events each time.
                    var last = await session.Db.Events.Where(e => e.Position <= reached)
                        .OrderBy(e => e.Position).Take(TrimBatch).Where(e => e.CreatedAt < before).MaxAsync(e => e.Position, cancellationToken);
                    return last is null ? 0 : await session.Db.Events
                        .Where(e => e.Position <= last && e.CreatedAt < before).ExecuteDeleteAsync(cancellationToken);
                },
                cancellationToken);
            total += removed;
            if (removed < TrimBatch) return total;
        }
    }

    // Once a second for as long as the process runs: a bare command, as a query of the model costs ten times as much.
    private static async Task<long> NewestAsync(RoomsDbContext db, CancellationToken cancellationToken)
    {
        await db.Database.OpenConnectionAsync(cancellationToken);
        try
        {
            await using var command = db.Database.GetDbConnection().CreateCommand();
            command.CommandText = Newest;
            return Convert.ToInt64(await command.ExecuteScalarAsync(cancellationToken), CultureInfo.InvariantCulture);
        }
        finally
        {
            await db.Database.CloseConnectionAsync();
        }
    }

    private async Task<long> AddCursorAsync(string subscriber, CancellationToken cancellationToken)
    {
        // What is there already is behind a new subscriber, so it must have its position first.
        await SequenceAsync(cancellationToken);
        return await database.WriteAsync(
            async session =>
            {
                var cursor = await session.Db.EventCursors.SingleOrDefaultAsync(c => c.Subscriber == subscriber, cancellationToken);
                if (cursor is null)
                {
                    var end = await session.Db.Events.MaxAsync(e => e.Position, cancellationToken) ?? 0;
                    cursor = new EventCursorRow { Subscriber = subscriber, Position = end, UpdatedAt = session.Now };
                    session.Db.Add(cursor);
                }

                return cursor.Position;
            },
            cancellationToken);
    }

    private Task<int> SequenceAsync(CancellationToken cancellationToken) => database.ReadAsync(
        async db =>
        {
            await provider.SequenceEventsAsync(db, cancellationToken);
            return 0;
        },
        cancellationToken);
}
