using LiveStream.Contracts.Rooms.V1;

namespace LiveStream.Contracts.Rooms;

/// <summary>
/// The <c>LiveRooms</c> service of <c>Protos/live_rooms.proto</c> as signalling sees it. Every method fails with
/// <see cref="ControlException"/>: NotFound for an unknown room, and what its comment says.
/// </summary>
public interface ILiveRooms
{
    /// <summary>The roles and limits of a room.</summary>
    Task<RoomPolicy> GetPolicyAsync(GetPolicyRequest request, CancellationToken cancellationToken);

    /// <summary>Starts a live stream. AlreadyExists: one is on air; PermissionDenied: the room is disabled.</summary>
    Task<StartRoomStreamReply> StartStreamAsync(StartRoomStreamRequest request, CancellationToken cancellationToken);

    /// <summary>Ends the room's live streams. NotFound: none is on air.</summary>
    Task<StopRoomStreamsReply> StopStreamsAsync(StopRoomStreamsRequest request, CancellationToken cancellationToken);

    /// <summary>
    /// Shows payloads to the viewers of the room's live stream. NotFound: none is on air; FailedPrecondition: the template does
    /// not allow it; InvalidArgument: a payload or duration out of bounds.
    /// </summary>
    Task<InsertRoomTimedMetadataReply> InsertTimedMetadataAsync(InsertRoomTimedMetadataRequest request, CancellationToken cancellationToken);

    /// <summary>The room's live stream now, if there is one, then every change, until cancelled.</summary>
    IAsyncEnumerable<RoomStream> WatchStreamsAsync(WatchRoomStreamsRequest request, CancellationToken cancellationToken);

    /// <summary>Writes the record of sessions. InvalidArgument: no report like that; FailedPrecondition: another signalling node has the room.</summary>
    Task<SessionReportReply> ReportSessionAsync(SessionReport request, CancellationToken cancellationToken);

    /// <summary>Who is in the room by the record of sessions.</summary>
    Task<OpenSession> GetOpenSessionAsync(GetOpenSessionRequest request, CancellationToken cancellationToken);

    /// <summary>Disables the room; who is inside is not touched.</summary>
    Task<LockRoomReply> LockRoomAsync(LockRoomRequest request, CancellationToken cancellationToken);
}
