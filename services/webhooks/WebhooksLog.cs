using Microsoft.Extensions.Logging;

namespace LiveStream.Webhooks;

/// <summary>Log messages 7000 to 7999. Secrets, headers and bodies are never logged.</summary>
internal static partial class WebhooksLog
{
    [LoggerMessage(7001, LogLevel.Information, "Applied {Count} migrations of webhooks")]
    public static partial void Migrated(this ILogger logger, int count);

    [LoggerMessage(7002, LogLevel.Warning, "Deliveries wait: the database failed; trying again in {Pause}")]
    public static partial void StoreFailed(this ILogger logger, Exception exception, TimeSpan pause);

    [LoggerMessage(7003, LogLevel.Warning, "Event {EventId} of type {Type} could not be delivered to {EndpointId}: {Reason}; given up after {Attempts} attempts")]
    public static partial void GaveUp(this ILogger logger, Guid eventId, string type, string endpointId, string reason, int attempts);

    [LoggerMessage(7004, LogLevel.Warning, "Endpoint {EndpointId} is turned off: {Reason}")]
    public static partial void EndpointDisabled(this ILogger logger, string endpointId, string reason);

    [LoggerMessage(7005, LogLevel.Information, "Removed {Count} deliveries past their retention")]
    public static partial void Trimmed(this ILogger logger, int count);

    [LoggerMessage(7006, LogLevel.Warning, "Event {MessageId} of type {Type} was left out: {Reason}")]
    public static partial void EventLeftOut(this ILogger logger, Guid messageId, string type, string reason);

    [LoggerMessage(7007, LogLevel.Information, "Made {Path}, which seals the secrets of webhooks; keep a copy with the database's")]
    public static partial void KeyFileMade(this ILogger logger, string path);

    [LoggerMessage(7009, LogLevel.Information, "Secrets of {Count} rows were sealed with an old key and are sealed with {Key} now. Once every process says 0, Webhooks:OldSealingKeys can go")]
    public static partial void SecretsResealed(this ILogger logger, int count, string key);

    [LoggerMessage(7008, LogLevel.Warning, "Background work of webhooks failed; trying again in {Pause}")]
    public static partial void WorkFailed(this ILogger logger, Exception exception, TimeSpan pause);
}
