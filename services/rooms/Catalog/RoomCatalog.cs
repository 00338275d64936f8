using LiveStream.Contracts.Events.V1;
using LiveStream.Hosting.Errors;
using LiveStream.Rooms.Domain;
using LiveStream.Rooms.Storage;
using LiveStream.Rooms.Templates;

using Microsoft.EntityFrameworkCore;

namespace LiveStream.Rooms.Catalog;

/// <summary>A room with its template's name.</summary>
internal sealed record RoomView(Room Room, string TemplateName);

/// <summary>Which rooms a list shows; null for no filter.</summary>
internal sealed record RoomFilter(bool? Enabled, string? Name, string? TemplateId, DateTimeOffset? After, DateTimeOffset? Before);

/// <summary>Makes, changes and finds the rooms of a workspace.</summary>
internal sealed class RoomCatalog(RoomsDatabase database, KnownTemplates templates, IdSequence ids)
{
    /// <summary>
    /// Makes a room, or overwrites the one of that name: a name has one room, however many callers ask at once. Fails with
    /// <see cref="ApiException"/> (400: template, size).
    /// </summary>
    public async Task<RoomView> SaveAsync(Workspace workspace, RoomSettings settings, CancellationToken cancellationToken)
    {
        var template = await templates.FindAsync(workspace.CustomerId, settings.TemplateId, cancellationToken);
        return await database.WriteAsync(session => SaveAsync(session, workspace, settings, template, cancellationToken), cancellationToken);
    }

    /// <summary>
    /// Changes a room. Fails with <see cref="ApiException"/>: 404 for a room that is not there, 400 for a size that does not fit
    /// or a name that another room has.
    /// </summary>
    public Task<RoomView> ChangeAsync(Workspace workspace, string roomId, RoomSettings settings, CancellationToken cancellationToken) => database.WriteAsync(
        async session =>
        {
            var room = await session.LockRoomAsync(workspace.CustomerId, roomId, cancellationToken) ?? throw NotFound();
            if (settings.Name.IsGiven) await RequireFreeNameAsync(session.Db, room, settings.Name.Value, cancellationToken);
            room.Change(settings);
            RequireSize(room);
            Touch(session, room);
            var template = await session.Db.Templates.Where(t => t.Id == room.TemplateId).Select(t => t.Name).SingleAsync(cancellationToken);
            return new RoomView(room, template);
        },
        cancellationToken);

    /// <summary>The room. Fails with <see cref="ApiException"/> (404).</summary>
    public async Task<RoomView> GetAsync(Workspace workspace, string roomId, CancellationToken cancellationToken)
    {
        if (!ObjectId.IsValid(roomId)) throw NotFound();
        return await database.ReadAsync(
            db => WithTemplate(db, db.Rooms.Where(r => r.Id == roomId && r.CustomerId == workspace.CustomerId)).SingleOrDefaultAsync(cancellationToken),
            cancellationToken) ?? throw NotFound();
    }

    /// <summary>Rooms with an id below <paramref name="start"/>, newest first.</summary>
    public async Task<IReadOnlyList<RoomView>> ListAsync(
        Workspace workspace, RoomFilter filter, string? start, int limit, CancellationToken cancellationToken)
    {
        if (filter.Name is { } wanted && !RoomRules.IsName(wanted)) return [];
        return await database.ReadAsync(
            db =>
            {
                var rooms = Filter(db.Rooms.Where(r => r.CustomerId == workspace.CustomerId), filter);
                if (start is not null) rooms = rooms.Where(r => string.Compare(r.Id, start) < 0);
                return WithTemplate(db, rooms.OrderByDescending(r => r.Id).Take(limit)).ToListAsync(cancellationToken);
            },
            cancellationToken);
    }

    internal static ApiException NotFound() => new(404, "room not found");

    private async Task<RoomView> SaveAsync(
        WriteSession session, Workspace workspace, RoomSettings settings, KnownTemplate template, CancellationToken cancellationToken)
    {
        var name = settings.Name.Or(Guid.NewGuid().ToString());
        var room = await session.LockAsync<Room>(
            "rooms", "customer_id = {0} AND name_key = {1}", [workspace.CustomerId, RoomRules.KeyOf(name)], cancellationToken);
        var isNew = room is null;
        if (room is null)
        {
            var (id, at) = ids.Next();
            room = new Room { Id = id, CustomerId = workspace.CustomerId, TemplateId = template.Id, Name = name, CreatedAt = at };
            session.Db.Add(room);
        }

        room.Overwrite(settings, template.Id);
        RequireSize(room);
        if (isNew)
        {
            session.Publish(new RoomCreated(room.CustomerId, room.Id, room.Name, room.TemplateId, room.Enabled, room.CreatedAt));
        }
        else
        {
            Touch(session, room);
        }

        return new RoomView(room, template.Name);
    }

    private static IQueryable<Room> Filter(IQueryable<Room> rooms, RoomFilter filter)
    {
        if (filter.Enabled is { } enabled) rooms = rooms.Where(r => r.Enabled == enabled);
        if (filter.TemplateId is { } templateId) rooms = rooms.Where(r => r.TemplateId == templateId);
        if (filter.Name is { } name)
        {
            var key = RoomRules.KeyOf(name);
            rooms = rooms.Where(r => r.NameKey == key);
        }

        // Ids begin with the second of creation: they bound the part of the index that has to be read.
        if (filter.After is { } after)
        {
            var lowest = ObjectId.LowestOf(after);
            rooms = rooms.Where(r => r.CreatedAt >= after && string.Compare(r.Id, lowest) >= 0);
        }

        if (filter.Before is { } before)
        {
            rooms = rooms.Where(r => r.CreatedAt <= before);
            if (before < DateTimeOffset.MaxValue.AddSeconds(-1))
            {
                var above = ObjectId.LowestOf(before.AddSeconds(1));
                rooms = rooms.Where(r => string.Compare(r.Id, above) < 0);
            }
        }

        return rooms;
    }

    private static IQueryable<RoomView> WithTemplate(RoomsDbContext db, IQueryable<Room> rooms) =>
        rooms.Join(db.Templates, r => r.TemplateId, t => t.Id, (r, t) => new { Room = r, t.Name })
            // A join promises no order.
            .OrderByDescending(x => x.Room.Id)
            .Select(x => new RoomView(x.Room, x.Name));

    private static async Task RequireFreeNameAsync(RoomsDbContext db, Room room, string name, CancellationToken cancellationToken)
    {
        var key = RoomRules.KeyOf(name);
        if (await db.Rooms.AnyAsync(r => r.CustomerId == room.CustomerId && r.NameKey == key && r.Id != room.Id, cancellationToken))
            throw ApiException.InvalidBody("name is that of another room");
    }

    private static void RequireSize(Room room)
    {
        if (RoomRules.CheckSize(room.Size, room.LargeRoom) is { } wrong) throw ApiException.InvalidBody(wrong);
    }

    private static void Touch(WriteSession session, Room room)
    {
        // Two changes within a clock tick, or a clock that steps back, must not look like none.
        var now = session.Now;
        if (now <= (room.UpdatedAt ?? room.CreatedAt)) now = (room.UpdatedAt ?? room.CreatedAt).AddMilliseconds(1);
        room.UpdatedAt = now;
        session.Publish(new RoomUpdated(room.CustomerId, room.Id, room.Name, room.TemplateId, room.Enabled, now));
    }
}
