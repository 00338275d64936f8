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
}
