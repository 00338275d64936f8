using LiveStream.Rooms.Domain;
using LiveStream.Rooms.Tokens;
using LiveStream.Storage.Sealing;

using Microsoft.EntityFrameworkCore;

namespace LiveStream.Rooms.Storage;

/// <summary>A room with what is needed to judge who may do what in it.</summary>
internal sealed record RoomWithTemplate(Room Room, Template Template);

/// <summary>A room code with what it stands for, and the key that signs its tokens.</summary>
internal sealed record RoomCodeTarget(RoomCode Code, Room Room, WorkspaceKey Key);

/// <summary>Reads workspaces, rooms and codes. What it returns is not tracked: changing it changes nothing.</summary>
internal sealed class RoomsStore(RoomsDatabase database, SecretSeal<RoomsOptions> seal) : IWorkspaceKeys
{
    public async Task<WorkspaceWithKey?> FindByAccessKeyAsync(string accessKey, CancellationToken cancellationToken)
    {
        var found = await database.ReadAsync(
            db => db.WorkspaceKeys
                .Where(k => k.AccessKey == accessKey && k.RetiredAt == null)
                .Join(db.Workspaces, k => k.CustomerId, w => w.CustomerId, (k, w) => new WorkspaceWithKey(w, k))
                .SingleOrDefaultAsync(cancellationToken),
            cancellationToken);
        found?.Key.Open(seal);
        return found;
    }

    /// <summary>The room, if it belongs to that workspace.</summary>
    public async Task<RoomWithTemplate?> FindRoomAsync(string customerId, string? roomId, CancellationToken cancellationToken)
    {
        if (!ObjectId.IsValid(roomId)) return null;
        return await database.ReadAsync(
            db => db.Rooms
                .Where(r => r.Id == roomId && r.CustomerId == customerId)
                .Join(db.Templates, r => r.TemplateId, t => t.Id, (r, t) => new RoomWithTemplate(r, t))
                .SingleOrDefaultAsync(cancellationToken),
            cancellationToken);
    }

    public async Task<RoomCodeTarget?> FindCodeAsync(string? code, CancellationToken cancellationToken)
    {
        if (!RoomCode.IsValid(code)) return null;
        var target = await database.ReadAsync(
            db => db.RoomCodes
                .Where(c => c.Code == code)
                .Join(db.Rooms, c => c.RoomId, r => r.Id, (c, r) => new { Code = c, Room = r })
                .Join(db.WorkspaceKeys.Where(k => k.RetiredAt == null), x => x.Room.CustomerId, k => k.CustomerId, (x, k) => new { x.Code, x.Room, Key = k })
                // The newest key signs: the older one may be about to end.
                .OrderByDescending(x => x.Key.CreatedAt).ThenByDescending(x => x.Key.AccessKey)
                .Select(x => new RoomCodeTarget(x.Code, x.Room, x.Key))
                .FirstOrDefaultAsync(cancellationToken),
            cancellationToken);
        target?.Key.Open(seal);
        return target;
    }
}
