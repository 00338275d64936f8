using LiveStream.Contracts;
using LiveStream.Contracts.Events.V1;
using LiveStream.Contracts.Recording;
using LiveStream.Contracts.Rooms;
using LiveStream.Contracts.Rooms.V1;
using LiveStream.Objects;
using LiveStream.Rooms.Domain;
using LiveStream.Rooms.Storage;
using LiveStream.Rooms.Streams;

using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace LiveStream.Rooms.Recordings;

/// <summary>Takes down what the recording service made of live streams: the assets, the stream's end and the news of it at once.</summary>
internal sealed class RecordingReports(
    RoomsDatabase database, LiveStreamStore streams, IObjectStore objects, ObjectLinks links, IdSequence ids, ILogger<RecordingReports> logger) : IRecordings
{
    public async Task<RecordingReportReply> ReportRecordingAsync(RecordingReport request, CancellationToken cancellationToken)
    {
        var run = await streams.FindAsync(request.CustomerId, request.StreamId, cancellationToken) ?? throw new ControlException(ControlError.NotFound, "stream not found");
        switch (request.WhatCase)
        {
            case RecordingReport.WhatOneofCase.Made:
                if (await AddAsync(run, request.Made, cancellationToken)) logger.StreamRecorded(run.Id, request.Made.DurationSeconds, request.Made.LostSegments);
                break;
            case RecordingReport.WhatOneofCase.Nothing:
                await FinishAsync(run, (_, _) => Task.FromResult(true), cancellationToken);
                break;
            case RecordingReport.WhatOneofCase.Failure:
                var failed = request.Failure;
                if (await FinishAsync(run, (write, row) => FailAsync(write, row, failed, cancellationToken), cancellationToken)) logger.StreamNotRecorded(run.Id, failed.Message);
                break;
            default:
                throw new ControlException(ControlError.InvalidArgument, "a report says what was made");
        }

        return new RecordingReportReply();
    }

    private async Task<bool> AddAsync(LiveStreamRun run, RecordingMade made, CancellationToken cancellationToken)
    {
        if (!ObjectKey.IsValid(made.PlaylistKey) || (made.ZipKey.Length > 0 && !ObjectKey.IsValid(made.ZipKey)))
            throw new ControlException(ControlError.InvalidArgument, "not an object key");
        var playlist = AssetOf(run, made, made.PlaylistKey, made.PlaylistSize);
        var zip = made.ZipKey.Length > 0 ? AssetOf(run, made, made.ZipKey, made.ZipSize) : null;
        var main = zip ?? playlist;
        var lifetime = TimeSpan.FromSeconds(run.PresignSeconds);
        var playlistUrl = await links.LinkAsync(playlist, lifetime, cancellationToken);
        var mainUrl = zip is null ? playlistUrl : await links.LinkAsync(zip, lifetime, cancellationToken);
        return await FinishAsync(
            run,
            async (write, row) =>
            {
                write.Db.Add(playlist);
                if (zip is not null) write.Db.Add(zip);
                var (templateId, sessionStart) = await ContextAsync(write, row, cancellationToken);
                write.Publish(new HlsRecordingSucceeded(
                    row.CustomerId, row.RoomId, row.Id, row.SessionId, templateId, playlist.Id, row.MeetingUrl,
                    (int)made.DurationSeconds, (int)made.MaxWidth, (int)made.MaxHeight, objects.PathOf(main.ObjectKey), mainUrl, main.Size,
                    objects.PathOf(playlist.ObjectKey), playlistUrl,
                    playlist.CreatedAt, row.StartedAt ?? row.CreatedAt, row.StoppedAt ?? row.UpdatedAt, sessionStart));
                return true;
            },
            cancellationToken);
    }

    private async Task<bool> FailAsync(WriteSession write, LiveStreamRun run, RecordingFailure failure, CancellationToken cancellationToken)
    {
        // Its row says so to people, and that the report has been taken down.
        var asset = AssetOf(run, new RecordingMade { DurationSeconds = failure.DurationSeconds }, $"{RecordingKeys.FolderOf(run.Path)}/master.m3u8", size: 0);
        asset.Status = AssetStatuses.Failed;
        write.Db.Add(asset);
        var (templateId, sessionStart) = await ContextAsync(write, run, cancellationToken);
        write.Publish(new HlsRecordingFailed(
            run.CustomerId, run.RoomId, run.Id, run.SessionId, templateId, run.MeetingUrl, run.HlsVod, run.SingleFilePerLayer,
            (int)failure.DurationSeconds, failure.Type, failure.Message, sessionStart, write.Now));
        return true;
    }

    /// <summary>Ends the stream and does more in the same transaction; false where that was done before.</summary>
    private Task<bool> FinishAsync(LiveStreamRun run, Func<WriteSession, LiveStreamRun, Task<bool>> more, CancellationToken cancellationToken) => database.WriteAsync(
        async write =>
        {
            if (await write.LockAsync<LiveStreamRun>("live_streams", "id = {0}", [run.Id], cancellationToken) is not { } row) return false;
            // A stream that failed keeps saying so: its recording has been reported when there are assets of it.
            var finished = row.FinishRecording(write.Now);
            if (!finished && (row.Status != LiveStreamStatus.Failed || await write.Db.RecordingAssets.AnyAsync(a => a.JobId == row.Id, cancellationToken))) return false;
            if (finished) await streams.PublishAsync(write, row, cancellationToken);
            return await more(write, row);
        },
        cancellationToken);

    private RecordingAsset AssetOf(LiveStreamRun run, RecordingMade made, string key, ulong size)
    {
        var (id, now) = ids.Next();
        return new RecordingAsset
        {
            Id = id,
            CustomerId = run.CustomerId,
            JobId = run.Id,
            RoomId = run.RoomId,
            SessionId = run.SessionId,
            Type = AssetTypes.RoomVod,
            Status = AssetStatuses.Completed,
            ObjectKey = key,
            Size = (long)size,
            Duration = (int)made.DurationSeconds,
            // A number of layers is a text here, as clients of the interface expect it.
            Metadata = new JsonObjectText(string.Create(
                System.Globalization.CultureInfo.InvariantCulture, $$"""{"num_layers":"{{made.Layers}}","max_width":{{made.MaxWidth}},"max_height":{{made.MaxHeight}}}""")),
            CreatedAt = now,
        };
    }

    private static async Task<(string TemplateId, DateTimeOffset? SessionStart)> ContextAsync(WriteSession write, LiveStreamRun run, CancellationToken cancellationToken)
    {
        var templateId = await write.Db.Rooms.Where(r => r.Id == run.RoomId).Select(r => r.TemplateId).SingleAsync(cancellationToken);
        var began = await write.Db.Sessions.Where(s => s.Id == run.SessionId).Select(s => (DateTimeOffset?)s.CreatedAt).SingleOrDefaultAsync(cancellationToken);
        return (templateId, began);
    }
}
