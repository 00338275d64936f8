using LiveStream.Sfu.Srtp;
using Microsoft.Extensions.Logging;

namespace LiveStream.Sfu;

/// <summary>Log lines of the SFU, ids 4000 to 4999.</summary>
internal static partial class SfuLog
{
    [LoggerMessage(4001, LogLevel.Information, "SFU {NodeId} listens on {Address}, UDP and TCP ports {FirstPort} to {LastPort}")]
    public static partial void Listening(this ILogger logger, string nodeId, string address, int firstPort, int lastPort);

    [LoggerMessage(4002, LogLevel.Information, "Room {RoomId}: transport {TransportId} connected from {Remote} with {Profile}")]
    public static partial void TransportConnected(this ILogger logger, string roomId, string transportId, string remote, SrtpProfile profile);

    [LoggerMessage(4003, LogLevel.Information, "Room {RoomId}: transport {TransportId} closed: {Reason}")]
    public static partial void TransportClosed(this ILogger logger, string roomId, string transportId, string reason);

    [LoggerMessage(4004, LogLevel.Information, "Room {RoomId}: export {ExportId} started")]
    public static partial void ExportStarted(this ILogger logger, string roomId, string exportId);

    [LoggerMessage(4005, LogLevel.Information, "Room {RoomId}: export {ExportId} stopped")]
    public static partial void ExportStopped(this ILogger logger, string roomId, string exportId);

    [LoggerMessage(4006, LogLevel.Warning, "Room {RoomId}: the connection of export {ExportId} broke")]
    public static partial void ExportLost(this ILogger logger, string roomId, string exportId);

    [LoggerMessage(4007, LogLevel.Error, "Media worker {Worker} met a fault and goes on")]
    public static partial void WorkerFault(this ILogger logger, Exception exception, int worker);

    [LoggerMessage(4008, LogLevel.Warning, "Room {RoomId}: a watcher was too slow and was dropped")]
    public static partial void WatcherDropped(this ILogger logger, string roomId);

    [LoggerMessage(4009, LogLevel.Warning, "This node could not announce itself: {Reason}; trying again every {Interval}")]
    public static partial void NotAnnounced(this ILogger logger, string reason, TimeSpan interval);

    [LoggerMessage(4010, LogLevel.Information, "This node is announced as {NodeId} at {Address}")]
    public static partial void Announced(this ILogger logger, string nodeId, string address);
}
