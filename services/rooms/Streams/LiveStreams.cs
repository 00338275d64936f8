using LiveStream.Contracts;
using LiveStream.Contracts.Packager;
using LiveStream.Contracts.Packager.V1;
using LiveStream.Hosting.Errors;
using LiveStream.Rooms.Domain;
using LiveStream.Rooms.Sessions;
using LiveStream.Rooms.Storage;

using Microsoft.Extensions.Logging;

namespace LiveStream.Rooms.Streams;

/// <summary>What a caller may say about the stream it starts; <c>StartedBy</c> is the peer that does, empty for a server.</summary>
internal sealed record StartWish(
    string? Destination, string? MeetingUrl, bool? HlsVod, bool? SingleFilePerLayer, TranscriptionSettings? Transcription, string StartedBy = "");

/// <summary>Starts and stops live streams: the row first, then the packager. Refusals are <see cref="ControlException"/>.</summary>
internal sealed class LiveStreams(
    LiveStreamStore store, SessionStore sessions, IPackagerControl packager, LostStreams lost, IdSequence ids, TimeProvider time, ILogger<LiveStreams> logger)
{
    /// <summary>The reason of a stream that somebody ended.</summary>
    public const string ByRequest = "stopped by request";

    private const string NotRunning = "hls not running";

    public async Task<LiveStreamRun> StartAsync(RoomWithTemplate room, StartWish wish, CancellationToken cancellationToken)
    {
        if (!room.Room.Enabled) throw new ControlException(ControlError.PermissionDenied, "room disabled");
        var destination = DestinationOf(room.Template, wish.Destination);
        var (id, now) = ids.Next();
        var run = new LiveStreamRun
        {
            Id = id,
            RoomId = room.Room.Id,
            CustomerId = room.Room.CustomerId,
            SessionId = await sessions.FindActiveIdAsync(room.Room.Id, cancellationToken),
            Destination = destination.Name,
            Path = LiveStreamRun.PathOf(room.Room.CustomerId, room.Room.Id, now),
            MeetingUrl = wish.MeetingUrl ?? "",
            HlsVod = wish.HlsVod ?? destination.Recording?.HlsVod ?? false,
            SingleFilePerLayer = wish.SingleFilePerLayer ?? destination.Recording?.SingleFilePerLayer ?? false,
            Zip = destination.Recording?.EnableZipUpload ?? true,
            PresignSeconds = destination.Recording?.PresignDuration ?? HlsRecording.DefaultPresignDuration,
            Transcription = wish.Transcription,
            StartedBy = wish.StartedBy,
            CreatedAt = now,
            UpdatedAt = now,
        };
        if (!await store.TryAddAsync(run, cancellationToken)) throw new ControlException(ControlError.AlreadyExists, "stream already running");

        logger.StreamStarting(run.Id, run.RoomId);
        try
        {
            await packager.StartStreamAsync(LostStreams.RequestOf(run, room.Template, destination), cancellationToken);
            lost.Know(run.Id);
        }
        catch (Exception e)
        {
            // The row must not keep the room busy, also when the caller left.
            logger.StreamRefused(run.Id, e.Message);
            await store.ChangeAsync(run.Id, row => row.Fail(time.GetUtcNow(), e.Message), CancellationToken.None);
            throw;
        }

        return run;
    }

    /// <summary>Ends every live stream of a room; NotFound <c>hls not running</c> when there is none.</summary>
    /// <param name="room">The room.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="by">The peer that asks; empty for a server.</param>
    /// <param name="reason">Why, as webhooks tell it.</param>
    public async Task<IReadOnlyList<LiveStreamRun>> StopAllAsync(Room room, CancellationToken cancellationToken, string by = "", string reason = ByRequest)
    {
        var stopped = new List<LiveStreamRun>();
        foreach (var live in await store.ListLiveAsync(room.Id, cancellationToken))
        {
            if (await TryStopAsync(live.Id, by, reason, cancellationToken) is { } run) stopped.Add(run);
        }

        return stopped.Count > 0 ? stopped : throw new ControlException(ControlError.NotFound, NotRunning);
    }

    /// <summary>Ends one; NotFound <c>hls not running</c> when it is not live.</summary>
    public async Task<LiveStreamRun> StopAsync(LiveStreamRun stream, CancellationToken cancellationToken) =>
        await TryStopAsync(stream.Id, by: "", ByRequest, cancellationToken) ?? throw new ControlException(ControlError.NotFound, NotRunning);

    /// <summary>
    /// Shows a payload to viewers from now on, for that many seconds. NotFound when the stream is not running, 400 where the
    /// template does not allow it.
    /// </summary>
    public async Task InsertTimedMetadataAsync(
        RoomWithTemplate room, LiveStreamRun stream, string payload, int seconds, CancellationToken cancellationToken)
    {
        if (stream.Status != LiveStreamStatus.Running) throw new ControlException(ControlError.NotFound, NotRunning);
        if (room.Template.Document.Destinations.HlsDestinations.GetValueOrDefault(stream.Destination) is { EnableMetadataInsertion: false })
            throw new ApiException(400, "timed metadata is not enabled in the template");
        var request = new InsertTimedMetadataRequest { StreamId = stream.Id, Payload = payload, DurationSeconds = (uint)seconds };
        try
        {
            await packager.InsertTimedMetadataAsync(request, cancellationToken);
        }
        catch (ControlException e) when (e.Error is ControlError.NotFound or ControlError.FailedPrecondition)
        {
            throw new ControlException(ControlError.NotFound, NotRunning);
        }
    }

    /// <summary>
    /// Pauses or resumes what is recorded of a stream, which viewers do not notice; one in that state already stays so. NotFound
    /// when the stream is not running, 400 when nothing of it is recorded.
    /// </summary>
    public async Task<LiveStreamRun> SetRecordingPausedAsync(LiveStreamRun stream, bool paused, CancellationToken cancellationToken)
    {
        if (stream.Status != LiveStreamStatus.Running) throw new ControlException(ControlError.NotFound, NotRunning);
        if (!stream.IsRecorded) throw new ApiException(400, "recording is not enabled for the stream");
        var now = time.GetUtcNow();
        var result = await store.ChangeAsync(stream.Id, row => paused ? row.PauseRecording(now) : row.ResumeRecording(now), cancellationToken);
        if (result?.Run is not { Status: LiveStreamStatus.Running } run) throw new ControlException(ControlError.NotFound, NotRunning);
        try
        {
            if (run.HlsVod) await packager.SetRecordingPausedAsync(new SetRecordingPausedRequest { StreamId = run.Id, Paused = paused }, cancellationToken);
        }
        catch (ControlException e) when (e.Error is ControlError.NotFound or ControlError.FailedPrecondition)
        {
            throw new ControlException(ControlError.NotFound, NotRunning);
        }

        return run;
    }

    private async Task<LiveStreamRun?> TryStopAsync(string id, string by, string reason, CancellationToken cancellationToken)
    {
        // The row that another call has stopped in between is not this one's.
        if (await store.ChangeAsync(id, row => row.Stop(time.GetUtcNow(), by, reason), cancellationToken) is not ({ } run, true)) return null;
        return await StopAtPackagerAsync(run, reason);
    }

    // From here on nobody else may end it: the caller's patience does not count.
    private async Task<LiveStreamRun> StopAtPackagerAsync(LiveStreamRun run, string reason)
    {
        try
        {
            await packager.StopStreamAsync(new StopStreamRequest { StreamId = run.Id, Reason = reason }, CancellationToken.None);
            return run;
        }
        catch (ControlException e) when (e.Error == ControlError.NotFound)
        {
            // The packager has lost it; there is nothing to wait for.
            var changed = await store.ChangeAsync(run.Id, row => row.Complete(time.GetUtcNow(), reason, recorded: true) | row.Rest(time.GetUtcNow()), CancellationToken.None);
            return changed?.Run ?? run;
        }
    }

    private static HlsDestination DestinationOf(Template template, string? name)
    {
        var all = template.Document.Destinations.HlsDestinations;
        if (all.Count == 0 || template.Document.AutoStartsRecording) throw new ApiException(400, "live streaming is not enabled in the template");
        if (name is null && all.Count == 1) return all.Values.First();
        if (name is null) throw ApiException.InvalidBody("destination is required");
        return all.GetValueOrDefault(name) ?? throw ApiException.InvalidBody("destination not found");
    }
}
