using LiveStream.Contracts.Rooms.V1;

namespace LiveStream.Contracts.Rooms;

/// <summary>The <c>Workspaces</c> service of <c>Protos/workspaces.proto</c>, for services that other servers call.</summary>
public interface IWorkspaces
{
    /// <summary>
    /// The workspace of a management token. Fails with <see cref="ControlException"/> (Unauthenticated), whose message says
    /// what is wrong with the token.
    /// </summary>
    Task<ServerGrant> AuthorizeServerAsync(AuthorizeServerRequest request, CancellationToken cancellationToken);

    /// <summary>A workspace. Fails with <see cref="ControlException"/> (NotFound).</summary>
    Task<WorkspaceDescription> DescribeWorkspaceAsync(DescribeWorkspaceRequest request, CancellationToken cancellationToken);

    /// <summary>A room of a workspace. Fails with <see cref="ControlException"/> (NotFound).</summary>
    Task<RoomDescription> DescribeRoomAsync(DescribeRoomRequest request, CancellationToken cancellationToken);
}
