using Microsoft.Extensions.Logging;

namespace LiveStream.Bus;

/// <summary>Log messages 1200 to 1299.</summary>
internal static partial class BusLog
{
    [LoggerMessage(1201, LogLevel.Warning, "{Subscriber} could not handle {EventType} {MessageId}, try {Tries}; again in {Pause}")]
    public static partial void HandlerFailed(
        this ILogger logger, Exception exception, string subscriber, string eventType, Guid messageId, int tries, TimeSpan pause);

    [LoggerMessage(1202, LogLevel.Warning, "The reader of {Queue} did not end; another one takes its place")]
    public static partial void ReaderDidNotStop(this ILogger logger, Exception exception, string queue);

    [LoggerMessage(1203, LogLevel.Warning, "The broker does not deliver {Queue}; what is in it waits: {Reason}")]
    public static partial void ReaderLost(this ILogger logger, string queue, string reason);

    [LoggerMessage(1204, LogLevel.Information, "The broker delivers {Queue}")]
    public static partial void ReaderReady(this ILogger logger, string queue);

    [LoggerMessage(1205, LogLevel.Error, "{Subscriber} cannot read {EventType} {MessageId}, which goes to the error queue")]
    public static partial void Unreadable(this ILogger logger, Exception exception, string subscriber, string eventType, Guid messageId);

    [LoggerMessage(1206, LogLevel.Error, "A message for {Subscriber} is no event; it goes to the error queue or the queue of what is skipped")]
    public static partial void NoEvent(this ILogger logger, string subscriber);
}
