using LiveStream.Contracts;
using LiveStream.Contracts.Rooms;
using LiveStream.Contracts.Rooms.V1;
using LiveStream.Rooms.Endpoints;
using LiveStream.Rooms.Storage;
using LiveStream.Rooms.Tokens;
using LiveStream.Storage.Sealing;

using Microsoft.EntityFrameworkCore;

namespace LiveStream.Rooms.Joining;

/// <summary>Answers services that other servers call.</summary>
internal sealed class Workspaces(TokenReader tokens, RoomsDatabase database, SecretSeal<RoomsOptions> seal) : IWorkspaces
{
    private static readonly string[] s_types = [TokenType.Management];

    public async Task<ServerGrant> AuthorizeServerAsync(AuthorizeServerRequest request, CancellationToken cancellationToken)
    {
        var check = await tokens.CheckAsync(request.Token, s_types, cancellationToken);
        return check.Error == TokenError.None
            ? new ServerGrant { CustomerId = check.Workspace!.CustomerId, AppId = check.Workspace.AppId }
            : throw new ControlException(ControlError.Unauthenticated, RequireToken.DetailOf(check.Error));
    }

    public async Task<WorkspaceDescription> DescribeWorkspaceAsync(DescribeWorkspaceRequest request, CancellationToken cancellationToken)
    {
        var appId = await database.ReadAsync(
            db => db.Workspaces.Where(w => w.CustomerId == request.CustomerId).Select(w => w.AppId).SingleOrDefaultAsync(cancellationToken), cancellationToken);
        return new WorkspaceDescription
        {
            CustomerId = request.CustomerId,
            AppId = appId ?? throw new ControlException(ControlError.NotFound, "workspace not found"),
        };
    }

    public async Task<RoomDescription> DescribeRoomAsync(DescribeRoomRequest request, CancellationToken cancellationToken)
    {
        var found = await database.ReadAsync(
            db => db.Rooms.Where(r => r.Id == request.RoomId && r.CustomerId == request.CustomerId)
                .Join(db.Workspaces, r => r.CustomerId, w => w.CustomerId, (r, w) => new { Room = r, w.AppId })
                .SingleOrDefaultAsync(cancellationToken),
            cancellationToken) ?? throw new ControlException(ControlError.NotFound, "room not found");
        var description = new RoomDescription { RoomId = found.Room.Id, Name = found.Room.Name, TemplateId = found.Room.TemplateId, AppId = found.AppId };
        if (found.Room.Webhook?.Open(found.Room.Id, seal) is { } webhook)
        {
            description.Webhook = new RoomWebhookTarget { Url = webhook.Url };
            description.Webhook.Headers.Add(webhook.Headers.ToDictionary(StringComparer.Ordinal));
        }

        return description;
    }
}
