using System.Net;

using Microsoft.Extensions.Logging;

namespace LiveStream.Rpc;

/// <summary>Log messages 8000 to 8999.</summary>
internal static partial class RpcLog
{
    [LoggerMessage(8001, LogLevel.Error, "{Method} failed")]
    public static partial void CallFailed(this ILogger logger, Exception exception, string method);

    [LoggerMessage(8002, LogLevel.Warning, "{Method} could not be answered: the database is not available")]
    public static partial void StoreUnavailable(this ILogger logger, Exception exception, string method);

    [LoggerMessage(8003, LogLevel.Warning, "A call from {Address} has no valid credentials; do all services have the same setting?")]
    public static partial void CallerRefused(this ILogger logger, IPAddress? address);

    [LoggerMessage(8004, LogLevel.Information, "{Peer} is reached again")]
    public static partial void PeerBack(this ILogger logger, string peer);

    [LoggerMessage(8005, LogLevel.Warning, "{Peer} cannot be reached: {Reason}")]
    public static partial void PeerAway(this ILogger logger, string peer, string reason);
}
