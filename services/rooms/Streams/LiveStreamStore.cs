using LiveStream.Contracts.Events;
using LiveStream.Contracts.Events.V1;
using LiveStream.Rooms.Domain;
using LiveStream.Rooms.Endpoints;
using LiveStream.Rooms.Storage;

using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace LiveStream.Rooms.Streams;

/// <summary>Which streams or recordings a list shows; null for no filter.</summary>
internal sealed record RunFilter(string? RoomId, string? SessionId, LiveStreamStatus? Status);

/// <summary>Keeps the rows of live streams; each change of one is an event.</summary>
internal sealed class LiveStreamStore(RoomsDatabase database, LiveStreamFeed feed, IOptions<RoomsOptions> options)
{
    // What templates that say nothing are taken to mean.
    private const int DefaultWidth = 1280, DefaultHeight = 720;

    /// <summary>Adds a run; false when the room has a live one.</summary>
    public async Task<bool> TryAddAsync(LiveStreamRun run, CancellationToken cancellationToken)
    {
        if (!await AddAsync(run, cancellationToken)) return false;
        feed.Tell(run.RoomId, run.Id);
        return true;
    }

    private Task<bool> AddAsync(LiveStreamRun run, CancellationToken cancellationToken) => database.WriteAsync(
        async write =>
        {
            // The lock puts two starts at once behind each other.
            await write.LockRoomAsync(run.CustomerId, run.RoomId, cancellationToken);
            if (await write.Db.LiveStreams.AnyAsync(
                s => s.RoomId == run.RoomId && (s.Status == LiveStreamStatus.Starting || s.Status == LiveStreamStatus.Running), cancellationToken))
            {
                return false;
            }

            write.Db.Add(run);
            await PublishAsync(write, run, cancellationToken);
            return true;
        },
        cancellationToken);

    public async Task<LiveStreamRun?> FindAsync(string customerId, string? streamId, CancellationToken cancellationToken)
    {
        if (!ObjectId.IsValid(streamId)) return null;
        return await database.ReadAsync(
            db => db.LiveStreams.SingleOrDefaultAsync(s => s.Id == streamId && s.CustomerId == customerId, cancellationToken), cancellationToken);
    }

    /// <summary>A run of whatever workspace; for the service itself.</summary>
    public Task<LiveStreamRun?> FindAsync(string streamId, CancellationToken cancellationToken) =>
        database.ReadAsync(db => db.LiveStreams.SingleOrDefaultAsync(s => s.Id == streamId, cancellationToken), cancellationToken);

    /// <summary>The room's streams on air or about to be.</summary>
    public Task<List<LiveStreamRun>> ListLiveAsync(string roomId, CancellationToken cancellationToken) => database.ReadAsync(
        db => db.LiveStreams
            .Where(s => s.RoomId == roomId && (s.Status == LiveStreamStatus.Starting || s.Status == LiveStreamStatus.Running))
            .OrderByDescending(s => s.Id).ToListAsync(cancellationToken),
        cancellationToken);

    /// <summary>The room's newest stream, whatever became of it.</summary>
    public Task<LiveStreamRun?> FindLatestAsync(string roomId, CancellationToken cancellationToken) => database.ReadAsync(
        db => db.LiveStreams.Where(s => s.RoomId == roomId).OrderByDescending(s => s.Id).FirstOrDefaultAsync(cancellationToken), cancellationToken);

    /// <summary>Streams with an id below <paramref name="start"/>, newest first.</summary>
    public Task<List<LiveStreamRun>> ListAsync(string customerId, RunFilter filter, string? start, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync(
            db =>
            {
                var streams = db.LiveStreams.Where(s => s.CustomerId == customerId);
                if (filter.RoomId is { } roomId) streams = streams.Where(s => s.RoomId == roomId);
                if (filter.SessionId is { } sessionId) streams = streams.Where(s => s.SessionId == sessionId);
                if (filter.Status is { } status) streams = streams.Where(s => s.Status == status);
                if (start is not null) streams = streams.Where(s => string.Compare(s.Id, start) < 0);
                return streams.OrderByDescending(s => s.Id).Take(limit).ToListAsync(cancellationToken);
            },
            cancellationToken);

    /// <summary>Ids of every stream that is not over, or whose media may not be at rest.</summary>
    public Task<List<string>> ListOpenIdsAsync(CancellationToken cancellationToken) => database.ReadAsync(
        db => db.LiveStreams
            .Where(s => s.Status != LiveStreamStatus.Completed && (s.Status != LiveStreamStatus.Failed || (s.HlsVod && s.RecordedAt == null)))
            .Select(s => s.Id).ToListAsync(cancellationToken),
        cancellationToken);

    /// <summary>
    /// Changes a row by <paramref name="change"/>, which says whether it changed anything and may run again when another
    /// writer came first. Returns the row afterwards and that answer; null for an unknown id.
    /// </summary>
    public async Task<(LiveStreamRun Run, bool Changed)?> ChangeAsync(string streamId, Func<LiveStreamRun, bool> change, CancellationToken cancellationToken)
    {
        var result = await WriteAsync(streamId, change, cancellationToken);
        // Also where another process was first: people may be listening here.
        if (result is var (run, _)) feed.Tell(run.RoomId, run.Id);
        return result;
    }

    private Task<(LiveStreamRun Run, bool Changed)?> WriteAsync(
        string streamId, Func<LiveStreamRun, bool> change, CancellationToken cancellationToken) => database.WriteAsync(
        async write =>
        {
            if (await write.LockAsync<LiveStreamRun>("live_streams", "id = {0}", [streamId], cancellationToken) is not { } run) return ((LiveStreamRun, bool)?)null;
            var (status, paused, recordedAt) = (run.Status, run.RecordingPaused, run.RecordedAt);
            var changed = change(run);
            // Servers start streams before people come.
            if (run.Status == LiveStreamStatus.Running && status != run.Status && run.SessionId.Length == 0)
                run.SessionId = await write.Db.Sessions.Where(s => s.RoomId == run.RoomId && s.Active).Select(s => s.Id).SingleOrDefaultAsync(cancellationToken) ?? "";
            // A recording at rest is news of its own, not of the stream.
            if (changed && (run.Status != status || run.RecordingPaused != paused || run.RecordedAt == recordedAt)) await PublishAsync(write, run, cancellationToken);
            if (run.Status == LiveStreamStatus.Running && status != run.Status && run.HlsVod)
                write.Publish(new HlsRecordingStarted(run.CustomerId, run.RoomId, run.Id, run.SessionId, run.HlsVod, run.SingleFilePerLayer, run.StartedAt ?? run.UpdatedAt));
            // After the stream's own end: what is made of the media is announced behind it.
            if (run.RecordedAt is { } at && recordedAt is null)
                write.Publish(new LiveStreamRecorded(run.CustomerId, run.RoomId, run.Id, run.Path, run.Zip, at));
            return (run, changed);
        },
        cancellationToken);

    /// <summary>Announces the stream as it is now.</summary>
    internal async Task PublishAsync(WriteSession write, LiveStreamRun run, CancellationToken cancellationToken)
    {
        var sessionStartedAt = run.SessionId.Length == 0 ? null : await write.Db.Sessions.AsNoTracking()
            .Where(s => s.Id == run.SessionId).Select(s => (DateTimeOffset?)s.CreatedAt).SingleOrDefaultAsync(cancellationToken);
        var template = await write.Db.Rooms.AsNoTracking().Where(r => r.Id == run.RoomId)
            .Join(write.Db.Templates.AsNoTracking(), r => r.TemplateId, t => t.Id, (r, t) => t).SingleOrDefaultAsync(cancellationToken);
        // Layers are the highest first.
        var top = template?.Document.Destinations.HlsDestinations.GetValueOrDefault(run.Destination)?.Layers is [var highest, ..] ? highest : null;
        var details = new LiveStreamDetails(
            run.MeetingUrl, PlaybackUrls.Run(options.Value.PublicUrl, run), run.HlsVod, run.SingleFilePerLayer, top?.Width ?? DefaultWidth, top?.Height ?? DefaultHeight,
            run.StartedBy, run.StoppedBy, run.CreatedAt, run.StartedAt, run.StoppedAt, sessionStartedAt);
        write.Publish(new LiveStreamChanged(
            run.CustomerId, run.RoomId, run.Id, run.SessionId, LiveStreamStatuses.NameOf(run.Status), run.Reason, run.RecordingPaused, run.UpdatedAt, details));
    }
}
