using LiveStream.Contracts.Events.V1;
using LiveStream.Rooms.Domain;
using LiveStream.Rooms.Storage;
using LiveStream.Rooms.Streams;

using Microsoft.EntityFrameworkCore;

namespace LiveStream.Rooms.Recordings;

/// <summary>Keeps the rows of recordings; each change of one is an event.</summary>
internal sealed class RecordingStore(RoomsDatabase database)
{
    /// <summary>Adds a run; false when the room has a live one.</summary>
    public Task<bool> TryAddAsync(RecordingRun run, CancellationToken cancellationToken) => database.WriteAsync(
        async write =>
        {
            // The lock puts two starts at once behind each other.
            await write.LockRoomAsync(run.CustomerId, run.RoomId, cancellationToken);
            if (await Live(write.Db, run.RoomId).AnyAsync(cancellationToken)) return false;
            write.Db.Add(run);
            Publish(write, run);
            return true;
        },
        cancellationToken);

    public async Task<RecordingRun?> FindAsync(string customerId, string? recordingId, CancellationToken cancellationToken)
    {
        if (!ObjectId.IsValid(recordingId)) return null;
        return await database.ReadAsync(
            db => db.Recordings.SingleOrDefaultAsync(r => r.Id == recordingId && r.CustomerId == customerId, cancellationToken), cancellationToken);
    }

    /// <summary>The room's recordings that are being made or about to be.</summary>
    public Task<List<RecordingRun>> ListLiveAsync(string roomId, CancellationToken cancellationToken) =>
        database.ReadAsync(db => Live(db, roomId).OrderByDescending(r => r.Id).ToListAsync(cancellationToken), cancellationToken);

    /// <summary>Recordings with an id below <paramref name="start"/>, newest first.</summary>
    public Task<List<RecordingRun>> ListAsync(string customerId, RunFilter filter, string? start, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync(
            db =>
            {
                var recordings = db.Recordings.Where(r => r.CustomerId == customerId);
                if (filter.RoomId is { } roomId) recordings = recordings.Where(r => r.RoomId == roomId);
                if (filter.SessionId is { } sessionId) recordings = recordings.Where(r => r.SessionId == sessionId);
                if (filter.Status is { } status) recordings = recordings.Where(r => r.Status == status);
                if (start is not null) recordings = recordings.Where(r => string.Compare(r.Id, start) < 0);
                return recordings.OrderByDescending(r => r.Id).Take(limit).ToListAsync(cancellationToken);
            },
            cancellationToken);

    /// <summary>Changes a row as <see cref="LiveStreamStore.ChangeAsync"/> does.</summary>
    public Task<(RecordingRun Run, bool Changed)?> ChangeAsync(
        string recordingId, Func<RecordingRun, bool> change, CancellationToken cancellationToken) => database.WriteAsync(
        async write =>
        {
            if (await write.LockAsync<RecordingRun>("recordings", "id = {0}", [recordingId], cancellationToken) is not { } run) return ((RecordingRun, bool)?)null;
            var changed = change(run);
            if (changed) Publish(write, run);
            return (run, changed);
        },
        cancellationToken);

    private static IQueryable<RecordingRun> Live(RoomsDbContext db, string roomId) =>
        db.Recordings.Where(r => r.RoomId == roomId && (r.Status == LiveStreamStatus.Starting || r.Status == LiveStreamStatus.Running));

    private static void Publish(WriteSession write, RecordingRun run) => write.Publish(new RecordingChanged(
        run.CustomerId, run.RoomId, run.Id, run.SessionId, LiveStreamStatuses.NameOf(run.Status), run.Reason, run.Paused, run.UpdatedAt));
}
