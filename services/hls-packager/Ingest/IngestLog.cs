using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace LiveStream.HlsPackager.Ingest;

/// <summary>Log messages of the ingest, ids 5600 to 5649.</summary>
internal static partial class IngestLog
{
    [LoggerMessage(5600, LogLevel.Information, "Exports are accepted on {EndPoint}")]
    public static partial void Listening(this ILogger logger, EndPoint? endPoint);

    [LoggerMessage(5601, LogLevel.Warning, "Export connection could not be accepted: {Error}")]
    public static partial void AcceptFailed(this ILogger logger, SocketError error);

    [LoggerMessage(5602, LogLevel.Warning, "Export connection refused: {Limit} are open")]
    public static partial void TooManyConnections(this ILogger logger, int limit);

    [LoggerMessage(5603, LogLevel.Warning, "Connection from {EndPoint} closed: its first frame names no export")]
    public static partial void BadHello(this ILogger logger, EndPoint? endPoint);

    [LoggerMessage(5604, LogLevel.Warning, "Connection from {EndPoint} closed: export {ExportId} is not known here")]
    public static partial void UnknownExport(this ILogger logger, string exportId, EndPoint? endPoint);

    [LoggerMessage(5605, LogLevel.Information, "Export {ExportId} connected")]
    public static partial void ExportConnected(this ILogger logger, string exportId);

    [LoggerMessage(5606, LogLevel.Warning, "Export {ExportId} disconnected: {Reason}")]
    public static partial void ExportDisconnected(this ILogger logger, string exportId, string reason);

    [LoggerMessage(5607, LogLevel.Warning, "Export {ExportId} of room {RoomId} could not be started ({Reason}); next try in {Delay}")]
    public static partial void ExportFailed(this ILogger logger, string exportId, string roomId, string reason, TimeSpan delay);

    [LoggerMessage(5608, LogLevel.Warning, "Watching room {RoomId} failed ({Reason}); next try in {Delay}")]
    public static partial void WatchFailed(this ILogger logger, string roomId, string reason, TimeSpan delay);

    [LoggerMessage(5609, LogLevel.Information, "Room {RoomId} shows video track {TrackId} of peer {PeerId} with {Layers} layers")]
    public static partial void VideoShown(this ILogger logger, string roomId, string trackId, string peerId, int layers);

    [LoggerMessage(5610, LogLevel.Information, "Room {RoomId} plays audio track {TrackId} of peer {PeerId}")]
    public static partial void AudioPlayed(this ILogger logger, string roomId, string trackId, string peerId);

    [LoggerMessage(5611, LogLevel.Warning, "Room {RoomId}: {Reason}")]
    public static partial void NothingToShow(this ILogger logger, string roomId, string reason);

    [LoggerMessage(5612, LogLevel.Warning, "Room {RoomId}: {Waiting} samples wait for the packager; video is dropped up to the next key frame")]
    public static partial void ConsumerTooSlow(this ILogger logger, string roomId, int waiting);

    [LoggerMessage(5613, LogLevel.Debug, "Key frame request for track {TrackId} failed: {Reason}")]
    public static partial void KeyFrameRequestFailed(this ILogger logger, string trackId, string reason);

    [LoggerMessage(5614, LogLevel.Error, "Ingest of room {RoomId} failed")]
    public static partial void IngestFailed(this ILogger logger, Exception error, string roomId);
}
