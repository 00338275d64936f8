using LiveStream.Contracts.Events.V1;
using LiveStream.Contracts.Recording;
using LiveStream.Contracts.Rooms;
using LiveStream.Contracts.Rooms.V1;
using LiveStream.Hosting.Bus;
using LiveStream.Media.Hls;
using LiveStream.Objects;
using LiveStream.Recording.Vod;

using Google.Protobuf.WellKnownTypes;

using Microsoft.Extensions.Logging;

namespace LiveStream.Recording;

/// <summary>
/// Makes the recording of a live stream whose media is at rest: the playlists, the zip, and last the report. The event comes
/// again until that is done, also after a crash, and each step may be done twice: it writes the same objects.
/// </summary>
internal sealed class RecordingMaker(
    JournalReader journals, ZipWriter zips, IObjectStore store, IRecordings recordings, RecordingMetrics metrics, TimeProvider time, ILogger<RecordingMaker> logger)
    : IEventHandler<LiveStreamRecorded>
{
    /// <summary>Where the best layer's size cannot be stored: nothing of the show could be.</summary>
    private const string UploadError = "UPLOAD_ERROR";

    private readonly ZipPatience patience = new(time);

    public async Task HandleAsync(EventEnvelope<LiveStreamRecorded> envelope, CancellationToken cancellationToken)
    {
        var (stream, began) = (envelope.Body, time.GetTimestamp());
        var report = new RecordingReport { CustomerId = stream.CustomerId, StreamId = stream.StreamId, At = Timestamp.FromDateTimeOffset(time.GetUtcNow()) };
        var pages = await journals.ReadAsync(stream.Path, cancellationToken);
        var show = RecordedShow.Of(pages);
        if (!show.Videos.Any())
        {
            if (show.Lost > 0) report.Failure = new RecordingFailure { Type = UploadError, Message = "Failed to upload recordings. Check if upload config is correct." };
            else report.Nothing = new NothingRecorded();
            logger.NothingRecorded(stream.StreamId);
        }
        else
        {
            logger.RecordingBegins(stream.StreamId, pages.Count);
            report.Made = await MakeAsync(stream, show, cancellationToken);
            logger.RecordingMade(stream.StreamId, show.Renditions[0].Segments.Count, show.Lost, (long)report.Made.ZipSize, time.GetElapsedTime(began));
        }

        await recordings.ReportRecordingAsync(report, cancellationToken);
        metrics.Ended(report.WhatCase.ToString(), (long)(report.Made?.ZipSize ?? 0), time.GetElapsedTime(began));
    }

    private async Task<RecordingMade> MakeAsync(LiveStreamRecorded stream, RecordedShow show, CancellationToken cancellationToken)
    {
        var folder = RecordingKeys.FolderOf(stream.Path);
        var size = show.Renditions.Sum(rendition => rendition.Segments.Sum(segment => segment.Bytes));
        foreach (var rendition in show.Renditions)
        {
            var playlist = VodPlaylists.Media(show, rendition);
            size += playlist.Length;
            await store.PutAsync($"{folder}/{rendition.Name}/{HlsNames.Media}", ObjectTypes.Playlist, [playlist], cancellationToken);
        }

        var master = VodPlaylists.Multivariant(show);
        var masterKey = $"{folder}/{HlsNames.Multivariant}";
        await store.PutAsync(masterKey, ObjectTypes.Playlist, [master], cancellationToken);
        var zipSize = stream.Zip ? await TryZipAsync(stream, show, size, cancellationToken) : null;
        var inits = show.Videos.SelectMany(rendition => rendition.Inits).ToList();
        return new RecordingMade
        {
            PlaylistKey = masterKey,
            PlaylistSize = (ulong)(size + master.Length),
            ZipKey = zipSize is null ? "" : RecordingKeys.ZipOf(stream.Path),
            ZipSize = (ulong)(zipSize ?? 0),
            DurationSeconds = (uint)Math.Round(show.Duration.TotalSeconds),
            MaxWidth = (uint)inits.Max(init => init.Width),
            MaxHeight = (uint)inits.Max(init => init.Height),
            Layers = (uint)show.Videos.Count(),
            LostSegments = (uint)show.Lost,
        };
    }

    /// <summary>Bytes of the zip; null where it is given up.</summary>
    private async Task<long?> TryZipAsync(LiveStreamRecorded stream, RecordedShow show, long size, CancellationToken cancellationToken)
    {
        if (patience.IsOver(stream.StreamId)) return null;
        try
        {
            // An earlier try whose report was lost has made it: what is there is whole.
            await using (var made = await store.OpenAsync(RecordingKeys.ZipOf(stream.Path), cancellationToken))
            {
                if (made is not null) return made.Length;
            }

            store.RequireRoom(size);
            return await zips.WriteAsync(stream.Path, show, cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            // Whatever it fails by: the event comes again, unless the zip is given up.
            if (!patience.Failed(stream.StreamId, e)) throw;
            logger.ZipGivenUp(e, stream.StreamId, store.PathOf(RecordingKeys.FolderOf(stream.Path)));
            return null;
        }
    }
}
