using LiveStream.Contracts;
using LiveStream.Signalling.Room.State;
using LiveStream.Signalling.Sessions;
using Microsoft.Extensions.Logging;

namespace LiveStream.Signalling;

/// <summary>Log messages of the service, ids 3000 to 3999. Tokens and ICE passwords never appear in them.</summary>
internal static partial class SignallingLog
{
    [LoggerMessage(3000, LogLevel.Information, "{Kind} session {SessionId} of role {Role} opened in room {RoomId} as transport {TransportId}")]
    public static partial void SessionOpened(this ILogger logger, SessionKind kind, string sessionId, string role, string roomId, string transportId);

    [LoggerMessage(3001, LogLevel.Information, "{Kind} session {SessionId} in room {RoomId} ended: {Reason}")]
    public static partial void SessionEnded(this ILogger logger, SessionKind kind, string sessionId, string roomId, string reason);

    [LoggerMessage(3002, LogLevel.Information, "ICE of session {SessionId} in room {RoomId} restarted")]
    public static partial void IceRestarted(this ILogger logger, string sessionId, string roomId);

    [LoggerMessage(3003, LogLevel.Warning, "{Kind} session in room {RoomId} refused: {Admission}")]
    public static partial void SessionRefused(this ILogger logger, SessionKind kind, string roomId, Admission admission);

    [LoggerMessage(3004, LogLevel.Warning, "The media server did not {What}, asking again: {Message}")]
    public static partial void CallFailed(this ILogger logger, string what, string message);

    [LoggerMessage(3010, LogLevel.Information, "The media server did {What} when asked again, after {Failures} failures")]
    public static partial void CallRepeated(this ILogger logger, string what, int failures);

    [LoggerMessage(3011, LogLevel.Error, "The media server refused to {What}: {Error} {Message}")]
    public static partial void CallRefused(this ILogger logger, string what, ControlError error, string message);

    [LoggerMessage(3005, LogLevel.Warning, "Events of room {RoomId} broke off, asking again: {Error} {Message}")]
    public static partial void WatchBroken(this ILogger logger, string roomId, ControlError error, string message);

    [LoggerMessage(3006, LogLevel.Information, "Session {SessionId} in room {RoomId} lost its peer, waiting {Grace} for it")]
    public static partial void PeerDisconnected(this ILogger logger, string sessionId, string roomId, TimeSpan grace);

    [LoggerMessage(3007, LogLevel.Information, "Closing {Count} sessions for shutdown")]
    public static partial void ShuttingDown(this ILogger logger, int count);

    [LoggerMessage(3065, LogLevel.Information, "Ending without {Count} WHIP and WHEP sessions, whose media goes on")]
    public static partial void SessionsLeft(this ILogger logger, int count);

    [LoggerMessage(3008, LogLevel.Debug, "Request {Method} {Path} refused with {Status}: {Message}")]
    public static partial void RequestRefused(this ILogger logger, string method, string path, int status, string message);

    [LoggerMessage(3009, LogLevel.Error, "Request {Method} {Path} failed inside: {Message}")]
    public static partial void RequestFailed(this ILogger logger, string method, string path, string message);

    [LoggerMessage(3020, LogLevel.Information, "Session {SessionId} began in room {RoomId}")]
    public static partial void SessionBegan(this ILogger logger, string sessionId, string roomId);

    [LoggerMessage(3021, LogLevel.Information, "Session {SessionId} in room {RoomId} is over after {Duration}")]
    public static partial void SessionOver(this ILogger logger, string sessionId, string roomId, TimeSpan duration);

    [LoggerMessage(3022, LogLevel.Information, "Peer {PeerId} joined room {RoomId} as {Role}")]
    public static partial void PeerEntered(this ILogger logger, string peerId, string role, string roomId);

    [LoggerMessage(3023, LogLevel.Information, "Peer {PeerId} ({Role}) is gone from room {RoomId}: {Cause} after {Duration}")]
    public static partial void PeerGone(this ILogger logger, string peerId, string role, string roomId, LeaveCause cause, TimeSpan duration);

    [LoggerMessage(3024, LogLevel.Information, "Peer {PeerId} changed from {From} to {Role} in room {RoomId}")]
    public static partial void RoleChanged(this ILogger logger, string peerId, string from, string role, string roomId);

    [LoggerMessage(3025, LogLevel.Error, "{Fact} failed in room {RoomId}")]
    public static partial void FactFailed(this ILogger logger, Exception exception, string fact, string roomId);

    [LoggerMessage(3026, LogLevel.Warning, "{Command} failed in room {RoomId}")]
    public static partial void CommandFailed(this ILogger logger, Exception exception, string command, string roomId);

    [LoggerMessage(3027, LogLevel.Warning, "{Command} in room {RoomId} was not done within {Timeout}")]
    public static partial void CommandTimedOut(this ILogger logger, string command, string roomId, TimeSpan timeout);

    [LoggerMessage(3028, LogLevel.Warning, "Reports of live streams of room {RoomId} broke off, asking again: {Error} {Message}")]
    public static partial void StreamWatchBroken(this ILogger logger, string roomId, ControlError error, string message);

    [LoggerMessage(3029, LogLevel.Warning, "Socket {SocketId} is dropped: its client does not keep up, {QueuedBytes} bytes wait")]
    public static partial void SlowClientDropped(this ILogger logger, long socketId, long queuedBytes);

    [LoggerMessage(3031, LogLevel.Warning, "A report of session {SessionId} was not taken, asking again: {Error} {Message}")]
    public static partial void ReportFailed(this ILogger logger, string sessionId, ControlError error, string message);

    [LoggerMessage(3032, LogLevel.Error, "A report of session {SessionId} in room {RoomId} is lost: {Reason}")]
    public static partial void ReportLost(this ILogger logger, string sessionId, string roomId, string reason);

    [LoggerMessage(3040, LogLevel.Information, "Peer {PeerId} in room {RoomId} publishes by transport {PublishId} and receives by {SubscribeId}")]
    public static partial void MediaOpened(this ILogger logger, string peerId, string roomId, string publishId, string subscribeId);

    [LoggerMessage(3041, LogLevel.Warning, "Media of peer {PeerId} in room {RoomId} is lost, the client is told to connect anew: {Reason}")]
    public static partial void MediaLost(this ILogger logger, string peerId, string roomId, string reason);

    [LoggerMessage(3042, LogLevel.Warning, "Transport {TransportId} of peer {PeerId}, who has not come back, is closed in room {RoomId}")]
    public static partial void StrangerClosed(this ILogger logger, string transportId, string peerId, string roomId);

    [LoggerMessage(3043, LogLevel.Warning, "No offer for peer {PeerId} in room {RoomId}, asking again: {Error} {Message}")]
    public static partial void OfferFailed(this ILogger logger, string peerId, string roomId, ControlError error, string message);

    [LoggerMessage(3044, LogLevel.Warning, "Nobody was told that peer {PeerId} may not join room {RoomId}: {Error} {Message}")]
    public static partial void RefusalUntold(this ILogger logger, string peerId, string roomId, ControlError error, string message);

    [LoggerMessage(3030, LogLevel.Debug, "Socket refused with {Code}: {Reason}")]
    public static partial void SocketRefused(this ILogger logger, int code, string reason);

    [LoggerMessage(3060, LogLevel.Information, "This node is announced as {NodeId} at {Address}")]
    public static partial void Announced(this ILogger logger, string nodeId, string address);

    [LoggerMessage(3061, LogLevel.Warning, "This node could not announce itself: {Reason}; trying again every {Interval}")]
    public static partial void NotAnnounced(this ILogger logger, string reason, TimeSpan interval);

    [LoggerMessage(3062, LogLevel.Warning, "Room {RoomId} is at another node by now: who is in it is sent there")]
    public static partial void RoomLost(this ILogger logger, string roomId);

    [LoggerMessage(3063, LogLevel.Warning, "Node {NodeId}, which has room {RoomId}, cannot be reached: {Reason}")]
    public static partial void OtherNodeAway(this ILogger logger, string nodeId, string roomId, string reason);

    [LoggerMessage(3064, LogLevel.Information, "Room {RoomId} goes on here: {Count} people of session {SessionId} may come back")]
    public static partial void RoomTakenOver(this ILogger logger, string roomId, int count, string sessionId);

    [LoggerMessage(3050, LogLevel.Information, "Media node {NodeId} at {Address} is there, with room for {Capacity} transports")]
    public static partial void NodeFound(this ILogger logger, string nodeId, string address, uint capacity);

    [LoggerMessage(3051, LogLevel.Warning, "Media node {NodeId} at {Address} is lost; its rooms move")]
    public static partial void NodeLost(this ILogger logger, string nodeId, string address);
}
