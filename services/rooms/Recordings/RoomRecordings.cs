using LiveStream.Contracts;
using LiveStream.Rooms.Domain;
using LiveStream.Rooms.Sessions;

using Microsoft.Extensions.Logging;

namespace LiveStream.Rooms.Recordings;

/// <summary>What a caller says about the recording it starts.</summary>
internal sealed record RecordingWish(
    string? MeetingUrl, string? Destination, int Width, int Height, bool AudioOnly, TranscriptionSettings? Transcription);

/// <summary>Starts, pauses and stops composite recordings: the row first, then the recorder. Refusals are <see cref="ControlException"/>.</summary>
internal sealed class RoomRecordings(
    RecordingStore store, SessionStore sessions, IRecorder recorder, IdSequence ids, TimeProvider time, ILogger<RoomRecordings> logger)
{
    private const string NotRunning = "recording not running";

    public async Task<RecordingRun> StartAsync(Room room, RecordingWish wish, CancellationToken cancellationToken)
    {
        if (!room.Enabled) throw new ControlException(ControlError.PermissionDenied, "room disabled");
        recorder.RequireInstalled();
        var (id, now) = ids.Next();
        var run = new RecordingRun
        {
            Id = id,
            RoomId = room.Id,
            CustomerId = room.CustomerId,
            SessionId = await sessions.FindActiveIdAsync(room.Id, cancellationToken),
            Destination = wish.Destination ?? "",
            MeetingUrl = wish.MeetingUrl ?? "",
            Width = wish.Width,
            Height = wish.Height,
            AudioOnly = wish.AudioOnly,
            Transcription = wish.Transcription,
            CreatedAt = now,
            UpdatedAt = now,
        };
        // Clients look for this text.
        if (!await store.TryAddAsync(run, cancellationToken)) throw new ControlException(ControlError.AlreadyExists, "stream already running");
        try
        {
            await recorder.StartAsync(run, cancellationToken);
        }
        catch (Exception e)
        {
            logger.RecordingRefused(run.Id, e.Message);
            await store.ChangeAsync(run.Id, row => row.Fail(time.GetUtcNow(), e.Message), CancellationToken.None);
            throw;
        }

        return run;
    }

    /// <summary>Ends every live recording of a room; NotFound when there is none.</summary>
    public async Task<IReadOnlyList<RecordingRun>> StopAllAsync(Room room, CancellationToken cancellationToken)
    {
        var stopped = new List<RecordingRun>();
        foreach (var live in await store.ListLiveAsync(room.Id, cancellationToken))
        {
            if (await TryStopAsync(live.Id, cancellationToken) is { } run) stopped.Add(run);
        }

        return stopped.Count > 0 ? stopped : throw new ControlException(ControlError.NotFound, NotRunning);
    }

    /// <summary>Ends one; NotFound when it is not live.</summary>
    public async Task<RecordingRun> StopAsync(RecordingRun recording, CancellationToken cancellationToken) =>
        await TryStopAsync(recording.Id, cancellationToken) ?? throw new ControlException(ControlError.NotFound, NotRunning);

    /// <summary>Pauses or resumes the room's recording; one that is in that state already stays so. NotFound when none runs.</summary>
    public async Task<RecordingRun> SetPausedAsync(Room room, bool paused, CancellationToken cancellationToken)
    {
        var live = (await store.ListLiveAsync(room.Id, cancellationToken)).Find(r => r.Status == LiveStreamStatus.Running)
            ?? throw new ControlException(ControlError.NotFound, NotRunning);
        var now = time.GetUtcNow();
        var result = await store.ChangeAsync(live.Id, row => paused ? row.Pause(now) : row.Resume(now), cancellationToken);
        if (result is not ({ Status: LiveStreamStatus.Running } run, var changed)) throw new ControlException(ControlError.NotFound, NotRunning);
        if (!changed) return run;
        try
        {
            await recorder.UpdateAsync(run, cancellationToken);
        }
        catch (ControlException e) when (e.Error == ControlError.NotFound)
        {
            await LoseAsync(run);
            throw new ControlException(ControlError.NotFound, NotRunning);
        }

        return run;
    }

    private async Task<RecordingRun?> TryStopAsync(string id, CancellationToken cancellationToken)
    {
        // The row that another call has stopped in between is not this one's.
        if (await store.ChangeAsync(id, row => row.Stop(time.GetUtcNow()), cancellationToken) is not ({ } run, true)) return null;
        try
        {
            await recorder.StopAsync(run, cancellationToken);
            return run;
        }
        catch (ControlException e) when (e.Error == ControlError.NotFound)
        {
            return await LoseAsync(run);
        }
    }

    // Nobody will ever report its end.
    private async Task<RecordingRun> LoseAsync(RecordingRun run)
    {
        var changed = await store.ChangeAsync(run.Id, row => row.Fail(time.GetUtcNow(), "the recorder has lost it"), CancellationToken.None);
        return changed?.Run ?? run;
    }
}
