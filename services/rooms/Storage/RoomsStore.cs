using LiveStream.Rooms.Domain;
using LiveStream.Rooms.Tokens;

using Microsoft.EntityFrameworkCore;

namespace LiveStream.Rooms.Storage;

/// <summary>A room with what is needed to judge who may do what in it.</summary>
internal sealed record RoomWithTemplate(Room Room, Template Template);

/// <summary>A room code with what it stands for.</summary>
internal sealed record RoomCodeTarget(RoomCode Code, Room Room, Workspace Workspace);

/// <summary>Reads workspaces, rooms and codes. What it returns is not tracked: changing it changes nothing.</summary>
internal sealed class RoomsStore(IDbContextFactory<RoomsDbContext> contexts) : IWorkspaceKeys
{
    public async Task<Workspace?> FindByAccessKeyAsync(string accessKey, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.Workspaces.AsNoTracking().SingleOrDefaultAsync(w => w.AccessKey == accessKey, cancellationToken);
    }

    /// <summary>The room, if it belongs to that workspace.</summary>
    public async Task<RoomWithTemplate?> FindRoomAsync(string customerId, string? roomId, CancellationToken cancellationToken)
    {
        if (!ObjectId.IsValid(roomId)) return null;
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.Rooms.AsNoTracking()
            .Where(r => r.Id == roomId && r.CustomerId == customerId)
            .Join(db.Templates, r => r.TemplateId, t => t.Id, (r, t) => new RoomWithTemplate(r, t))
            .SingleOrDefaultAsync(cancellationToken);
    }

    public async Task<RoomCodeTarget?> FindCodeAsync(string? code, CancellationToken cancellationToken)
    {
        if (!RoomCode.IsValid(code)) return null;
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.RoomCodes.AsNoTracking()
            .Where(c => c.Code == code)
            .Join(db.Rooms, c => c.RoomId, r => r.Id, (c, r) => new { Code = c, Room = r })
            .Join(db.Workspaces, x => x.Room.CustomerId, w => w.CustomerId, (x, w) => new RoomCodeTarget(x.Code, x.Room, w))
            .SingleOrDefaultAsync(cancellationToken);
    }
}
