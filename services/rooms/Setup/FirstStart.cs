using LiveStream.Rooms.Domain;
using LiveStream.Rooms.Storage;
using LiveStream.Rooms.Storage.Migrations;

using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LiveStream.Rooms.Setup;

/// <summary>
/// Before the server listens: brings the schema up to date; in an empty database makes a workspace, the starter
/// template, a demo room and a code for each role; writes <c>workspace.json</c> where it is missing or differs.
/// </summary>
internal sealed class FirstStart(
    IDbContextFactory<RoomsDbContext> contexts,
    IDatabaseProvider provider,
    MigrationRunner migrations,
    EmbeddedWorkspace workspace,
    TimeProvider time,
    IOptions<RoomsOptions> options,
    ILogger<FirstStart> logger) : IHostedService
{
    private const string DemoRoomName = "demo";

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        provider.Prepare();
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var connection = db.Database.GetDbConnection();
        await db.Database.OpenConnectionAsync(cancellationToken);
        var applied = await migrations.RunAsync(connection, MigrationScript.Of(provider.ScriptFolder), cancellationToken);
        if (applied > 0) logger.Migrated(applied);

        var file = await ReadOrSeedAsync(db, cancellationToken);
        WriteFile(file);
        workspace.Set(file);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task<WorkspaceFile> ReadOrSeedAsync(RoomsDbContext db, CancellationToken cancellationToken)
    {
        // Exclusive: of two programs that start on one empty folder, one seeds and the other one reads.
        await using var transaction = await db.Database.BeginTransactionAsync(System.Data.IsolationLevel.Serializable, cancellationToken);
        var owner = await db.Workspaces.OrderBy(w => w.CreatedAt).FirstOrDefaultAsync(cancellationToken);
        if (owner is null)
        {
            var now = time.GetUtcNow();
            owner = Workspace.Create("default", now);
            var template = StarterTemplate.Create(owner.CustomerId, now);
            var demo = new Room
            {
                Id = ObjectId.New(now),
                CustomerId = owner.CustomerId,
                TemplateId = template.Id,
                Name = DemoRoomName,
                CreatedAt = now,
                UpdatedAt = now,
            };
            db.AddRange(owner, template, demo);
            db.AddRange(template.Document.Roles.Keys.Select(role => RoomCode.Create(demo.Id, role, now)));
            await db.SaveChangesAsync(cancellationToken);
            logger.WorkspaceCreated(owner.CustomerId, demo.Id);
        }

        var room = await db.Rooms.Where(r => r.CustomerId == owner.CustomerId).OrderBy(r => r.CreatedAt).FirstAsync(cancellationToken);
        var codes = await db.RoomCodes.Where(c => c.RoomId == room.Id && c.Enabled).OrderByDescending(c => c.CreatedAt).ToListAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);

        // The oldest code of a role is written last and wins.
        var byRole = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var code in codes) byRole[code.Role] = code.Code;
        return new WorkspaceFile
        {
            CustomerId = owner.CustomerId,
            AppId = owner.AppId,
            AccessKey = owner.AccessKey,
            Secret = owner.Secret,
            RoomId = room.Id,
            RoomCodes = byRole,
        };
    }

    private void WriteFile(WorkspaceFile file)
    {
        var path = Path.Combine(Path.GetFullPath(options.Value.DataDirectory), WorkspaceFile.FileName);
        var content = file.ToUtf8();
        if (File.Exists(path) && File.ReadAllBytes(path).AsSpan().SequenceEqual(content)) return;
        PrivateFile.WriteAtomically(path, content);
        logger.WorkspaceFileWritten(path);
    }
}
