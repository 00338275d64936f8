using Microsoft.Extensions.Logging;

namespace LiveStream.Recording;

/// <summary>Log messages of the recording service, ids 6000 to 6999.</summary>
internal static partial class RecordingLog
{
    [LoggerMessage(6001, LogLevel.Information, "Makes the recording of live stream {StreamId} from {Pages} pages of its journal")]
    public static partial void RecordingBegins(this ILogger logger, string streamId, int pages);

    [LoggerMessage(6002, LogLevel.Information, "Recording of live stream {StreamId}: {Segments} segments, {LostSegments} lost, zip of {ZipBytes} bytes, after {Elapsed}")]
    public static partial void RecordingMade(this ILogger logger, string streamId, int segments, int lostSegments, long zipBytes, TimeSpan elapsed);

    [LoggerMessage(6003, LogLevel.Warning, "Page {Key} of a journal cannot be read and is passed over")]
    public static partial void JournalPageBroken(this ILogger logger, string key);

    [LoggerMessage(6004, LogLevel.Warning, "{Key} is in the journal and not in the store")]
    public static partial void ObjectMissing(this ILogger logger, string key);

    [LoggerMessage(6005, LogLevel.Information, "Nothing was recorded of live stream {StreamId}")]
    public static partial void NothingRecorded(this ILogger logger, string streamId);

    [LoggerMessage(6006, LogLevel.Error, "The zip of live stream {StreamId} cannot be made and is left out, so that later recordings do not wait for it. Make room in the object store, or mend what the error says; everything that belongs into the zip is in {Folder}")]
    public static partial void ZipGivenUp(this ILogger logger, Exception exception, string streamId, string folder);
}
