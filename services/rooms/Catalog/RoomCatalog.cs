using LiveStream.Contracts.Events.V1;
using LiveStream.Hosting.Errors;
using LiveStream.Rooms.Domain;
using LiveStream.Rooms.Storage;
using LiveStream.Rooms.Templates;
using LiveStream.Storage.Sealing;

using Microsoft.EntityFrameworkCore;

namespace LiveStream.Rooms.Catalog;

/// <summary>A room with its template's name, and its webhook as people know it.</summary>
internal sealed record RoomView(Room Room, string TemplateName)
{
    /// <summary>Null for none.</summary>
    public RoomWebhook? Webhook { get; private init; }

    /// <summary>With the room's webhook.</summary>
    public RoomView Open(SecretSeal seal) => Room.Webhook is { } webhook ? this with { Webhook = webhook.Open(Room.Id, seal) } : this;
}

/// <summary>Which rooms a list shows; null for no filter.</summary>
internal sealed record RoomFilter(bool? Enabled, string? Name, string? TemplateId, DateTimeOffset? After, DateTimeOffset? Before);

/// <summary>Makes, changes and finds the rooms of a workspace.</summary>
internal sealed class RoomCatalog(RoomsDatabase database, KnownTemplates templates, IdSequence ids, SecretSeal<RoomsOptions> seal)
{
    private OneStatement<Room>? _statements;

    /// <summary>
    /// Makes a room, or overwrites the one of that name: a name has one room, however many callers ask at once. Fails with
    /// <see cref="ApiException"/> (400: template, size).
    /// </summary>
    public async Task<RoomView> SaveAsync(Workspace workspace, RoomSettings settings, CancellationToken cancellationToken)
    {
        var template = await templates.FindAsync(workspace.CustomerId, settings.TemplateId, cancellationToken);
        return await database.WriteAtOnceAsync((db, now) => SaveAtOnceAsync(db, workspace, settings, template, now), cancellationToken)
            ?? await database.WriteAsync(session => SaveAsync(session, workspace, settings, template, cancellationToken), cancellationToken);
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
            room.Change(settings, seal);
            RequireSize(room);
            session.Publish(Touch(room, session.Now));
            var template = await session.Db.Templates.Where(t => t.Id == room.TemplateId).Select(t => t.Name).SingleAsync(cancellationToken);
            return new RoomView(room, template).Open(seal);
        },
        cancellationToken);

    /// <summary>The room. Fails with <see cref="ApiException"/> (404).</summary>
    public async Task<RoomView> GetAsync(Workspace workspace, string roomId, CancellationToken cancellationToken)
    {
        if (!ObjectId.IsValid(roomId)) throw NotFound();
        var found = await database.ReadAsync(
            db => WithTemplate(db, db.Rooms.Where(r => r.Id == roomId && r.CustomerId == workspace.CustomerId)).SingleOrDefaultAsync(cancellationToken),
            cancellationToken) ?? throw NotFound();
        return found.Open(seal);
    }

    /// <summary>Rooms with an id below <paramref name="start"/>, newest first.</summary>
    public async Task<IReadOnlyList<RoomView>> ListAsync(
        Workspace workspace, RoomFilter filter, string? start, int limit, CancellationToken cancellationToken)
    {
        if (filter.Name is { } wanted && !RoomRules.IsName(wanted)) return [];
        var found = await database.ReadAsync(
            db =>
            {
                var rooms = Filter(db.Rooms.Where(r => r.CustomerId == workspace.CustomerId), filter);
                if (start is not null) rooms = rooms.Where(r => string.Compare(r.Id, start) < 0);
                return WithTemplate(db, rooms.OrderByDescending(r => r.Id).Take(limit)).ToListAsync(cancellationToken);
            },
            cancellationToken);
        return found.ConvertAll(view => view.Open(seal));
    }

    /// <summary>Tells that a server could not end the room's session.</summary>
    public Task TellEndFailedAsync(Room room, bool isLock, string reason, string error, int status, CancellationToken cancellationToken) => database.WriteAsync(
        session =>
        {
            session.Publish(new RoomEndFailed(room.CustomerId, room.Id, PeerId: "", Name: "", Role: "", UserId: "", isLock, reason, error, status, session.Now));
            return Task.FromResult(true);
        },
        cancellationToken);

    internal static ApiException NotFound() => new(404, "room not found");

    private async Task<RoomView> SaveAsync(
        WriteSession session, Workspace workspace, RoomSettings settings, KnownTemplate template, CancellationToken cancellationToken)
    {
        var made = Make(workspace, settings, template);
        var room = await session.LockAsync<Room>("rooms", "customer_id = {0} AND name_key = {1}", [workspace.CustomerId, made.NameKey], cancellationToken);
        if (room is null)
        {
            session.Db.Add(made);
            session.Publish(Created(made));
        }
        else
        {
            Overwrite(room, settings, template);
            session.Publish(Touch(room, session.Now));
        }

        return new RoomView(room ?? made, template.Name).Open(seal);
    }

    // Null where another change came in between.
    private async Task<RoomView?> SaveAtOnceAsync(RoomsDbContext db, Workspace workspace, RoomSettings settings, KnownTemplate template, DateTimeOffset now)
    {
        var statements = LazyInitializer.EnsureInitialized(
            ref _statements, () => new OneStatement<Room>(db.Model, [nameof(Room.CustomerId), nameof(Room.NameKey)], nameof(Room.UpdatedAt)));
        var made = Make(workspace, settings, template);
        var room = await statements.AddAsync(db, made, EventRow.Of(Created(made), new MessageIds().Next(), now), CancellationToken.None);
        if (room is null) return null;
        if (room.Id != made.Id)
        {
            var before = room.UpdatedAt;
            Overwrite(room, settings, template);
            if (!await statements.ReplaceAsync(db, room, before, EventRow.Of(Touch(room, now), new MessageIds().Next(), now), CancellationToken.None)) return null;
        }

        return new RoomView(room, template.Name).Open(seal);
    }

    private Room Make(Workspace workspace, RoomSettings settings, KnownTemplate template)
    {
        var (id, at) = ids.Next();
        var room = new Room
        {
            Id = id,
            CustomerId = workspace.CustomerId,
            TemplateId = template.Id,
            Name = settings.Name.Or(Guid.NewGuid().ToString()),
            CreatedAt = at,
        };
        Overwrite(room, settings, template);
        return room;
    }

    private void Overwrite(Room room, RoomSettings settings, KnownTemplate template)
    {
        room.Overwrite(settings, template.Id, seal);
        RequireSize(room);
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

    private static RoomCreated Created(Room room) => new(room.CustomerId, room.Id, room.Name, room.TemplateId, room.Enabled, room.CreatedAt);

    private static RoomUpdated Touch(Room room, DateTimeOffset now)
    {
        // Two changes within a clock tick, or a clock that steps back, must not look like none.
        if (now <= (room.UpdatedAt ?? room.CreatedAt)) now = (room.UpdatedAt ?? room.CreatedAt).AddMilliseconds(1);
        room.UpdatedAt = now;
        return new RoomUpdated(room.CustomerId, room.Id, room.Name, room.TemplateId, room.Enabled, now);
    }
}
