using LiveStream.Contracts.Events.V1;
using LiveStream.Hosting.Errors;
using LiveStream.Rooms.Domain;
using LiveStream.Rooms.Storage;

using Microsoft.EntityFrameworkCore;

namespace LiveStream.Rooms.Catalog;

/// <summary>Makes, switches and lists the codes of rooms. All calls fail with <see cref="ApiException"/>, 404 or 403.</summary>
internal sealed class RoomCodes(RoomsDatabase database, IdSequence ids)
{
    /// <summary>
    /// Brings the codes in line with the template: a code for each role that has none, none enabled for a role that is gone.
    /// Returns all codes of the room, newest first; called again it changes nothing.
    /// </summary>
    public Task<IReadOnlyList<RoomCode>> SyncAsync(Workspace workspace, string roomId, CancellationToken cancellationToken) => database.WriteAsync<IReadOnlyList<RoomCode>>(
        async session =>
        {
            var (room, roles) = await OpenRoomAsync(session, workspace, roomId, cancellationToken);
            var codes = await session.Db.RoomCodes.Where(c => c.RoomId == room.Id).ToListAsync(cancellationToken);
            foreach (var code in codes.Where(code => !roles.Contains(code.Role))) Switch(session, room, code, enabled: false);
            foreach (var role in roles.Except(codes.Select(code => code.Role), StringComparer.Ordinal).ToArray()) codes.Add(Add(session, room, role, codes.Count));
            return [.. codes.OrderByDescending(code => code.Id, StringComparer.Ordinal)];
        },
        cancellationToken);

    /// <summary>One more code for a role.</summary>
    public Task<RoomCode> AddAsync(Workspace workspace, string roomId, string role, CancellationToken cancellationToken) => database.WriteAsync(
        async session =>
        {
            var (room, roles) = await OpenRoomAsync(session, workspace, roomId, cancellationToken);
            if (!roles.Contains(role)) throw new ApiException(404, "role not found");
            return Add(session, room, role, await session.Db.RoomCodes.CountAsync(c => c.RoomId == room.Id, cancellationToken));
        },
        cancellationToken);

    /// <summary>Turns a code on or off; on only where its room and its role can be joined.</summary>
    public Task<RoomCode> SwitchAsync(Workspace workspace, string code, bool enabled, CancellationToken cancellationToken) => database.WriteAsync(
        async session =>
        {
            var roomId = RoomCode.IsValid(code)
                ? await session.Db.RoomCodes.Where(c => c.Code == code).Select(c => c.RoomId).SingleOrDefaultAsync(cancellationToken)
                : null;
            var room = await session.LockRoomAsync(workspace.CustomerId, roomId, cancellationToken) ?? throw new ApiException(404, "room code not found");
            var found = await session.Db.RoomCodes.SingleAsync(c => c.Code == code, cancellationToken);
            if (enabled)
            {
                RequireEnabled(room);
                var roles = await RolesAsync(session.Db, room, cancellationToken);
                if (!roles.Contains(found.Role)) throw new ApiException(403, "room code cannot be enabled: role not found");
            }

            Switch(session, room, found, enabled);
            return found;
        },
        cancellationToken);

    /// <summary>Codes with an id below <paramref name="start"/>, newest first.</summary>
    public Task<IReadOnlyList<RoomCode>> ListAsync(
        Workspace workspace, string roomId, string? role, bool? enabled, string? start, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<RoomCode>>(
            async db =>
            {
                if (!ObjectId.IsValid(roomId) || !await db.Rooms.AnyAsync(r => r.Id == roomId && r.CustomerId == workspace.CustomerId, cancellationToken))
                    throw RoomCatalog.NotFound();
                var codes = db.RoomCodes.Where(c => c.RoomId == roomId);
                if (role is not null) codes = codes.Where(c => c.Role == role);
                if (enabled is { } wanted) codes = codes.Where(c => c.Enabled == wanted);
                if (start is not null) codes = codes.Where(c => string.Compare(c.Id, start) < 0);
                return await codes.OrderByDescending(c => c.Id).Take(limit).ToListAsync(cancellationToken);
            },
            cancellationToken);

    private static async Task<(Room Room, IReadOnlyCollection<string> Roles)> OpenRoomAsync(
        WriteSession session, Workspace workspace, string roomId, CancellationToken cancellationToken)
    {
        var room = await session.LockRoomAsync(workspace.CustomerId, roomId, cancellationToken) ?? throw RoomCatalog.NotFound();
        RequireEnabled(room);
        return (room, await RolesAsync(session.Db, room, cancellationToken));
    }

    private static void RequireEnabled(Room room)
    {
        if (!room.Enabled) throw new ApiException(403, "room disabled");
    }

    private static async Task<IReadOnlyCollection<string>> RolesAsync(RoomsDbContext db, Room room, CancellationToken cancellationToken)
    {
        var template = await db.Templates.AsNoTracking().SingleAsync(t => t.Id == room.TemplateId, cancellationToken);
        return template.Document.Roles.Keys;
    }

    private static void Switch(WriteSession session, Room room, RoomCode code, bool enabled)
    {
        if (!code.Switch(enabled, session.Now)) return;
        session.Publish(new RoomCodeChanged(room.CustomerId, room.Id, code.Id, code.Role, code.Enabled, code.UpdatedAt));
    }

    private RoomCode Add(WriteSession session, Room room, string role, int existing)
    {
        if (existing >= RoomCode.MaximumPerRoom) throw new ApiException(403, $"room has {RoomCode.MaximumPerRoom} room codes already");
        var (id, at) = ids.Next();
        var code = RoomCode.Create(id, room.Id, role, at);
        session.Db.Add(code);
        session.Publish(new RoomCodeCreated(room.CustomerId, room.Id, code.Id, code.Role, code.CreatedAt));
        return code;
    }
}
