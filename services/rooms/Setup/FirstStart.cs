using LiveStream.Contracts;
using LiveStream.Contracts.Webhooks;
using LiveStream.Contracts.Webhooks.V1;
using LiveStream.Rooms.Domain;
using LiveStream.Rooms.Storage;
using LiveStream.Storage;
using LiveStream.Storage.Sealing;
using LiveStream.Storage.Migrations;

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
    IWebhooksControl webhooks,
    IdSequence ids,
    SecretSeal<RoomsOptions> seal,
    TimeProvider time,
    IOptions<RoomsOptions> options,
    ILogger<FirstStart> logger) : IHostedService
{
    private const string DemoRoomName = "demo";

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        provider.Prepare();
        await MigrateAsync(cancellationToken);
        var file = await ReadOrSeedAsync(cancellationToken);
        if (await SigningSecretAsync(file.CustomerId, cancellationToken) is { Length: > 0 } secret) file = file with { WebhookSecret = secret };
        WriteFile(file);
        workspace.Set(file);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // The file is a copy for people: webhooks that are away keep nobody from working.
    private async Task<string> SigningSecretAsync(string customerId, CancellationToken cancellationToken)
    {
        try
        {
            return (await webhooks.GetSigningSecretAsync(new GetSigningSecretRequest { CustomerId = customerId }, cancellationToken)).Secret;
        }
        catch (ControlException e)
        {
            logger.WebhooksAway(WorkspaceFile.FileName, e.Message);
            return "";
        }
    }

    private async Task MigrateAsync(CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        await db.Database.OpenConnectionAsync(cancellationToken);
        var applied = await migrations.RunAsync(db.Database.GetDbConnection(), RoomsSchema.Scripts(provider), cancellationToken);
        if (applied > 0) logger.Migrated(applied);
        await UnlockAsync(db, cancellationToken);
    }

    // Exclusive: of two programs that find secrets unsealed, one seals them.
    private async Task UnlockAsync(RoomsDbContext db, CancellationToken cancellationToken)
    {
        await db.Database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await provider.BeginExclusiveAsync(db.Database.GetDbConnection(), cancellationToken);
        var stored = new StoredSecrets(transaction, seal);
        var key = options.Value.Key;
        if (seal.Unlock(key, await stored.SampleAsync(cancellationToken))) logger.KeyFileMade(key.File);
        var count = await stored.SealAsync(cancellationToken);
        var resealed = key.HasOld ? await stored.ResealAsync(cancellationToken) : 0;
        await transaction.CommitAsync(cancellationToken);
        if (count > 0) logger.SecretsSealed(count);
        if (key.HasOld) logger.SecretsResealed(resealed, key.Origin);
    }

    private async Task<WorkspaceFile> ReadOrSeedAsync(CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        await db.Database.OpenConnectionAsync(cancellationToken);
        // Exclusive: of two programs that start on one empty database, one seeds and the other one reads.
        await using var exclusive = await provider.BeginExclusiveAsync(db.Database.GetDbConnection(), cancellationToken);
        await using var transaction = (await db.Database.UseTransactionAsync(exclusive, cancellationToken))!;
        var owner = await db.Workspaces.OrderBy(w => w.CreatedAt).FirstOrDefaultAsync(cancellationToken);
        if (owner is null)
        {
            var now = time.GetUtcNow();
            owner = Workspace.Create("default", now);
            var template = StarterTemplate.Create(owner.CustomerId, now);
            var demo = new Room
            {
                Id = ids.Next().Id,
                CustomerId = owner.CustomerId,
                TemplateId = template.Id,
                Name = DemoRoomName,
                CreatedAt = now,
            };
            db.AddRange(owner, WorkspaceKey.Create(owner.CustomerId, now).Seal(seal), template, demo);
            db.AddRange(template.Document.Roles.Keys.Select(role => RoomCode.Create(ids.Next().Id, demo.Id, role, now)));
            await db.SaveChangesAsync(cancellationToken);
            logger.WorkspaceCreated(owner.CustomerId, demo.Id);
        }

        var key = await db.WorkspaceKeys.Where(k => k.CustomerId == owner.CustomerId && k.RetiredAt == null)
            .OrderByDescending(k => k.CreatedAt).ThenByDescending(k => k.AccessKey).FirstAsync(cancellationToken);
        var room = await db.Rooms.Where(r => r.CustomerId == owner.CustomerId).OrderBy(r => r.Id).FirstAsync(cancellationToken);
        var codes = await db.RoomCodes.Where(c => c.RoomId == room.Id && c.Enabled).OrderByDescending(c => c.Id).ToListAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);

        // The oldest code of a role is written last and wins.
        var byRole = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var code in codes) byRole[code.Role] = code.Code;
        return new WorkspaceFile
        {
            CustomerId = owner.CustomerId,
            AppId = owner.AppId,
            AccessKey = key.AccessKey,
            Secret = key.Open(seal).Secret,
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
