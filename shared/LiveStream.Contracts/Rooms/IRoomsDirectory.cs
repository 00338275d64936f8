using LiveStream.Contracts.Rooms.V1;

namespace LiveStream.Contracts.Rooms;

/// <summary>The <c>RoomsDirectory</c> service of <c>Protos/rooms_directory.proto</c> as signalling sees it.</summary>
public interface IRoomsDirectory
{
    /// <summary>
    /// Resolves an auth token to what its bearer may do. Fails with <see cref="ControlException"/>:
    /// Unauthenticated (missing, malformed, badly signed, expired), PermissionDenied (other room, unknown role,
    /// disabled room), NotFound (unknown room).
    /// </summary>
    Task<JoinGrant> AuthorizeAsync(AuthorizeRequest request, CancellationToken cancellationToken);
}
