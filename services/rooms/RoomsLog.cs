using Microsoft.Extensions.Logging;

namespace LiveStream.Rooms;

/// <summary>Log messages 2000 to 2999. Tokens, secrets and room codes are never logged.</summary>
internal static partial class RoomsLog
{
    [LoggerMessage(2001, LogLevel.Information, "Applied {Count} database migrations")]
    public static partial void Migrated(this ILogger logger, int count);

    [LoggerMessage(2002, LogLevel.Information, "Created workspace {CustomerId} with demo room {RoomId}")]
    public static partial void WorkspaceCreated(this ILogger logger, string customerId, string roomId);

    [LoggerMessage(2003, LogLevel.Information, "Wrote {Path}")]
    public static partial void WorkspaceFileWritten(this ILogger logger, string path);

    [LoggerMessage(2004, LogLevel.Warning, "{File} goes without the secret of webhooks until the next start: {Reason}")]
    public static partial void WebhooksAway(this ILogger logger, string file, string reason);

    [LoggerMessage(2005, LogLevel.Information, "Made {Path}, which seals the secrets of rooms; keep a copy with the database's")]
    public static partial void KeyFileMade(this ILogger logger, string path);

    [LoggerMessage(2006, LogLevel.Information, "Sealed what was readable in the database: {Count} rows")]
    public static partial void SecretsSealed(this ILogger logger, int count);

    [LoggerMessage(2007, LogLevel.Information, "Secrets of {Count} rows were sealed with an old key and are sealed with {Key} now. Once every process says 0, Rooms:OldSealingKeys can go")]
    public static partial void SecretsResealed(this ILogger logger, int count, string key);

    [LoggerMessage(2101, LogLevel.Information, "Live stream {StreamId} of room {RoomId} starting")]
    public static partial void StreamStarting(this ILogger logger, string streamId, string roomId);

    [LoggerMessage(2102, LogLevel.Information, "Live stream {StreamId} of room {RoomId} is {Status} {Reason}")]
    public static partial void StreamChanged(this ILogger logger, string streamId, string roomId, Domain.LiveStreamStatus status, string reason);

    [LoggerMessage(2103, LogLevel.Warning, "Live stream {StreamId} could not be started: {Reason}")]
    public static partial void StreamRefused(this ILogger logger, string streamId, string reason);

    [LoggerMessage(2104, LogLevel.Warning, "Live stream {StreamId} was live before the restart and is not any more")]
    public static partial void StreamOrphaned(this ILogger logger, string streamId);

    [LoggerMessage(2105, LogLevel.Error, "Watching the packager failed; trying again in {Delay}")]
    public static partial void WatchFailed(this ILogger logger, Exception exception, TimeSpan delay);

    [LoggerMessage(2106, LogLevel.Information, "The recording of live stream {StreamId} is made: {Seconds} s, {LostSegments} segments lost")]
    public static partial void StreamRecorded(this ILogger logger, string streamId, uint seconds, uint lostSegments);

    [LoggerMessage(2107, LogLevel.Error, "Live stream {StreamId} has no recording: {Reason}")]
    public static partial void StreamNotRecorded(this ILogger logger, string streamId, string reason);

    [LoggerMessage(2108, LogLevel.Warning, "Live stream {StreamId} of room {RoomId} was lost by its packager and goes on with segment {Segment}")]
    public static partial void StreamContinues(this ILogger logger, string streamId, string roomId, uint segment);

    [LoggerMessage(2151, LogLevel.Information, "Packager {Node} at {Address} has room for {Capacity} streams")]
    public static partial void PackagerFound(this ILogger logger, string node, string address, uint capacity);

    [LoggerMessage(2152, LogLevel.Warning, "Packager {Node} at {Address} is silent: its streams go on at others")]
    public static partial void PackagerLost(this ILogger logger, string node, string address);

    [LoggerMessage(2153, LogLevel.Warning, "Live stream {StreamId} is at another packager: {Node} forgets it")]
    public static partial void StreamForgotten(this ILogger logger, string streamId, string node);

    [LoggerMessage(2161, LogLevel.Information, "Signalling node {Node} at {Address} has room for {Capacity} peers")]
    public static partial void SignallingFound(this ILogger logger, string node, string address, uint capacity);

    [LoggerMessage(2162, LogLevel.Warning, "Signalling node {Node} at {Address} is silent: its rooms go on at others")]
    public static partial void SignallingLost(this ILogger logger, string node, string address);

    [LoggerMessage(2163, LogLevel.Error, "Looking for silent signalling nodes failed")]
    public static partial void SignallingSweepFailed(this ILogger logger, Exception exception);

    [LoggerMessage(2110, LogLevel.Warning, "The packager did not take that live stream {StreamId} is stopped: {Reason}")]
    public static partial void StopUnheard(this ILogger logger, string streamId, string reason);

    [LoggerMessage(2111, LogLevel.Warning, "Recording {RecordingId} could not be started: {Reason}")]
    public static partial void RecordingRefused(this ILogger logger, string recordingId, string reason);

    [LoggerMessage(2121, LogLevel.Warning, "Session {SessionId} of room {RoomId} is closed: nobody knows it any more")]
    public static partial void SessionSwept(this ILogger logger, string sessionId, string roomId);

    [LoggerMessage(2122, LogLevel.Error, "Looking after open sessions failed")]
    public static partial void SweepFailed(this ILogger logger, Exception exception);
}
