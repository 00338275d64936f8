using LiveStream.Rooms.Domain;
using LiveStream.Rooms.Storage;

using Microsoft.EntityFrameworkCore;

namespace LiveStream.Rooms.Streams;

/// <summary>Keeps the rows of live streams.</summary>
internal sealed class LiveStreamStore(IDbContextFactory<RoomsDbContext> contexts)
{
    private const int MaxAttempts = 10;

    /// <summary>Adds a run; false when the room has a live one (a unique index decides between two at once).</summary>
    public async Task<bool> TryAddAsync(LiveStreamRun run, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        if (await HasLiveAsync(db, run.RoomId, cancellationToken)) return false;
        db.Add(run);
        try
        {
            await db.SaveChangesAsync(cancellationToken);
            return true;
        }
        catch (DbUpdateException)
        {
            if (await HasLiveAsync(db, run.RoomId, cancellationToken)) return false;
            throw;
        }
    }

    public async Task<LiveStreamRun?> FindAsync(string customerId, string? streamId, CancellationToken cancellationToken)
    {
        if (!ObjectId.IsValid(streamId)) return null;
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.LiveStreams.AsNoTracking().SingleOrDefaultAsync(s => s.Id == streamId && s.CustomerId == customerId, cancellationToken);
    }

    /// <summary>The room's streams on air or about to be.</summary>
    public async Task<IReadOnlyList<LiveStreamRun>> ListLiveAsync(string roomId, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.LiveStreams.AsNoTracking()
            .Where(s => s.RoomId == roomId && (s.Status == LiveStreamStatus.Starting || s.Status == LiveStreamStatus.Running))
            .OrderByDescending(s => s.Id).ToListAsync(cancellationToken);
    }

    /// <summary>Ids of every stream that is not over.</summary>
    public async Task<IReadOnlyList<string>> ListOpenIdsAsync(CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.LiveStreams.AsNoTracking()
            .Where(s => s.Status != LiveStreamStatus.Completed && s.Status != LiveStreamStatus.Failed)
            .Select(s => s.Id).ToListAsync(cancellationToken);
    }

    /// <summary>
    /// Changes a row by <paramref name="change"/>, which says whether it changed anything and may run again when another
    /// writer came first. Returns the row afterwards and that answer; null for an unknown id.
    /// </summary>
    public async Task<(LiveStreamRun Run, bool Changed)?> ChangeAsync(
        string streamId, Func<LiveStreamRun, bool> change, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            await using var db = await contexts.CreateDbContextAsync(cancellationToken);
            var run = await db.LiveStreams.SingleOrDefaultAsync(s => s.Id == streamId, cancellationToken);
            if (run is null) return null;
            if (!change(run)) return (run, false);
            try
            {
                await db.SaveChangesAsync(cancellationToken);
                return (run, true);
            }
            catch (DbUpdateConcurrencyException) when (attempt < MaxAttempts)
            {
            }
        }
    }

    private static Task<bool> HasLiveAsync(RoomsDbContext db, string roomId, CancellationToken cancellationToken) => db.LiveStreams
        .AnyAsync(s => s.RoomId == roomId && (s.Status == LiveStreamStatus.Starting || s.Status == LiveStreamStatus.Running), cancellationToken);
}
