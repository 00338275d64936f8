using Microsoft.Extensions.Logging;

namespace LiveStream.HlsPackager;

/// <summary>Log messages of the packager, ids 5000 to 5599.</summary>
internal static partial class PackagerLog
{
    [LoggerMessage(5000, LogLevel.Information, "Live stream {StreamId} of room {RoomId} is accepted at {Path}")]
    public static partial void StreamAccepted(this ILogger logger, string streamId, string roomId, string path);

    [LoggerMessage(5001, LogLevel.Information, "Live stream {StreamId} can be played")]
    public static partial void StreamRunning(this ILogger logger, string streamId);

    [LoggerMessage(5002, LogLevel.Information, "Live stream {StreamId} has ended: {Reason}")]
    public static partial void StreamStopped(this ILogger logger, string streamId, string reason);

    [LoggerMessage(5003, LogLevel.Error, "Live stream {StreamId} has failed")]
    public static partial void StreamFailed(this ILogger logger, Exception exception, string streamId);

    [LoggerMessage(5004, LogLevel.Information, "Live stream {StreamId} shows track {TrackId} with layers {Layers}")]
    public static partial void LayersShown(this ILogger logger, string streamId, string trackId, string layers);

    [LoggerMessage(5005, LogLevel.Information, "Live stream {StreamId} waits for a publisher: {Reason}")]
    public static partial void PublisherAway(this ILogger logger, string streamId, string reason);

    [LoggerMessage(5006, LogLevel.Debug, "A key frame for live stream {StreamId} could not be asked for: {Reason}")]
    public static partial void KeyFrameRequestFailed(this ILogger logger, string streamId, string reason);

    [LoggerMessage(5007, LogLevel.Information, "Live stream {StreamId} breaks: {Reason}")]
    public static partial void StreamBreaks(this ILogger logger, string streamId, string reason);

    [LoggerMessage(5020, LogLevel.Warning, "The disk is too slow: {Name} of {Run} is not kept")]
    public static partial void DiskTooSlow(this ILogger logger, string run, string name);

    [LoggerMessage(5021, LogLevel.Error, "{Name} of {Run} could not be written")]
    public static partial void DiskWriteFailed(this ILogger logger, Exception exception, string run, string name);

    [LoggerMessage(5022, LogLevel.Warning, "The files of {Run} could not be deleted")]
    public static partial void DiskDeleteFailed(this ILogger logger, Exception exception, string run);

    [LoggerMessage(5030, LogLevel.Warning, "The object store is too slow: the recording of {Run} has holes from here on")]
    public static partial void RecordingDrops(this ILogger logger, string run);

    [LoggerMessage(5031, LogLevel.Warning, "{Key} could not be stored: {Reason}; again in {Pause}")]
    public static partial void RecordingPutFailed(this ILogger logger, string key, string reason, TimeSpan pause);

    [LoggerMessage(5032, LogLevel.Error, "{Key} is not stored")]
    public static partial void RecordingGivenUp(this ILogger logger, string key);

    [LoggerMessage(5033, LogLevel.Error, "The recording of {Run} has failed")]
    public static partial void RecordingFailed(this ILogger logger, Exception exception, string run);

    [LoggerMessage(5034, LogLevel.Information, "The recording of live stream {StreamId} is at rest")]
    public static partial void RecordingAtRest(this ILogger logger, string streamId);

    [LoggerMessage(5041, LogLevel.Information, "Packager {Node} is known to rooms: {Known} {Reason}")]
    public static partial void Announced(this ILogger logger, string node, bool known, string reason);

    [LoggerMessage(5040, LogLevel.Information, "Room {RoomId} has moved from media node {From} to {To}")]
    public static partial void RoomMoved(this ILogger logger, string roomId, string from, string to);
}
