using Microsoft.Extensions.Logging;

namespace LiveStream.Bus;

/// <summary>Log messages 1200 to 1299.</summary>
internal static partial class BusLog
{
    [LoggerMessage(1201, LogLevel.Warning, "{Subscriber} could not handle {EventType} {MessageId}, try {Tries}; again in {Pause}")]
    public static partial void HandlerFailed(
        this ILogger logger, Exception exception, string subscriber, string eventType, Guid messageId, int tries, TimeSpan pause);
}
