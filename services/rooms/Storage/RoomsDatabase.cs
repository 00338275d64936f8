using Microsoft.EntityFrameworkCore;

namespace LiveStream.Rooms.Storage;

/// <summary>
/// The way to the database. Reads take a context for one operation; writes are one short transaction, which is run again
/// when it met another one, and whose events are in the log if and only if its change is in the tables.
/// </summary>
internal sealed class RoomsDatabase(
    IDbContextFactory<RoomsDbContext> contexts, IDatabaseProvider provider, EventSignal signal, TimeProvider time)
{
    private const int MaxAttempts = 10;

    /// <summary>Reads; what is returned is not tracked.</summary>
    public async Task<T> ReadAsync<T>(Func<RoomsDbContext, Task<T>> read, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        db.ChangeTracker.QueryTrackingBehavior = QueryTrackingBehavior.NoTracking;
        return await read(db);
    }

    /// <summary>
    /// Runs one statement that is a transaction by itself, and has events. Null where the product has none of that kind, or where it met
    /// another transaction: <see cref="WriteAsync"/> is the way then.
    /// </summary>
    public async Task<T?> WriteAtOnceAsync<T>(Func<RoomsDbContext, DateTimeOffset, Task<T?>> write, CancellationToken cancellationToken)
        where T : class
    {
        if (!provider.WritesInSelects) return null;
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        await db.Database.OpenConnectionAsync(cancellationToken);
        try
        {
            // Not cancelled from here on: a client that leaves now must not leave open whether its change happened.
            return await write(db, time.GetUtcNow());
        }
        catch (Exception e) when (provider.IsConflict(e))
        {
            return null;
        }
        finally
        {
            await db.Database.CloseConnectionAsync();
            signal.Raise();
        }
    }

    /// <summary>
    /// Runs <paramref name="write"/> in a transaction and commits what it changed. It may run more than once, each time with
    /// a new context, so it must change nothing but through that. Rows that it changes by what it read are read through
    /// <see cref="WriteSession.LockAsync"/>.
    /// </summary>
    public async Task<T> WriteAsync<T>(Func<WriteSession, Task<T>> write, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var published = false;
            try
            {
                using var turn = await provider.EnterWriteAsync(cancellationToken);
                await using var db = await contexts.CreateDbContextAsync(cancellationToken);
                // After a failure the whole transaction is run again, so there is nothing to go back to within it.
                db.Database.AutoSavepointsEnabled = false;
                await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
                var session = new WriteSession(db, provider.LockRows, time.GetUtcNow());
                var result = await write(session);
                published = session.HasEvents;
                await db.SaveChangesAsync(cancellationToken);
                // A client that leaves now must not leave open whether its change happened.
                await transaction.CommitAsync(CancellationToken.None);
                return result;
            }
            catch (Exception e) when (attempt < MaxAttempts && provider.IsConflict(e))
            {
            }
            finally
            {
                // Also after a failure: events of later transactions may have waited for this one to be over.
                if (published) signal.Raise();
            }
        }
    }
}
