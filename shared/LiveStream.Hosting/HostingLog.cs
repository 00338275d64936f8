using Microsoft.Extensions.Logging;

namespace LiveStream.Hosting;

/// <summary>Log messages 1000 to 1999.</summary>
internal static partial class HostingLog
{
    [LoggerMessage(1001, LogLevel.Error, "{Method} {Path} failed")]
    public static partial void RequestFailed(this ILogger logger, Exception? exception, string method, string path);

    [LoggerMessage(1002, LogLevel.Critical, "Cannot start: {Reason}")]
    public static partial void CannotStart(this ILogger logger, string reason);

    [LoggerMessage(1003, LogLevel.Information, "Settings from {Path}")]
    public static partial void SettingsFrom(this ILogger logger, string path);

    [LoggerMessage(1004, LogLevel.Warning, "{Method} {Path} could not be answered: the database is not available")]
    public static partial void StoreUnavailable(this ILogger logger, Exception exception, string method, string path);

    [LoggerMessage(1101, LogLevel.Error, "Reading the event log for {Subscriber} failed; trying again in {Pause}")]
    public static partial void EventLogFailed(this ILogger logger, Exception exception, string subscriber, TimeSpan pause);

    [LoggerMessage(1102, LogLevel.Warning, "{Subscriber} could not handle {EventType} {MessageId}, try {Tries}; again in {Pause}")]
    public static partial void EventHandlerFailed(
        this ILogger logger, Exception exception, string subscriber, string eventType, Guid messageId, int tries, TimeSpan pause);

    [LoggerMessage(1103, LogLevel.Information, "Removed {Count} events past their retention")]
    public static partial void EventsTrimmed(this ILogger logger, int count);

    [LoggerMessage(1104, LogLevel.Warning, "Removing old events failed")]
    public static partial void TrimFailed(this ILogger logger, Exception exception);

    [LoggerMessage(1105, LogLevel.Warning, "Looking for new events failed; trying again in {Pause}")]
    public static partial void LookFailed(this ILogger logger, Exception exception, TimeSpan pause);
}
