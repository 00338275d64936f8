using System.Data.Common;

using LiveStream.Rooms.Domain;
using LiveStream.Rooms.Storage;
using LiveStream.Rooms.Storage.Postgres;
using LiveStream.Rooms.Storage.Sqlite;
using LiveStream.Rooms.Tests.Databases;
using LiveStream.Storage;
using LiveStream.Storage.Migrations;

using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace LiveStream.Rooms.Tests.Storage;

public sealed class MigrationRunnerTestsOnSqlite : MigrationRunnerTests
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("livestream-rooms-");

    [Fact]
    public async Task Prepare_NewDatabase_IsReadableByItsOwnerOnly()
    {
        if (OperatingSystem.IsWindows()) return;
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_folder.FullName, "livestream.db")));
    }

    [Fact]
    public async Task Run_OnADatabaseOfTheFirstVersion_KeepsItsRowsAndItsForeignKeys()
    {
        var scripts = RoomsSchema.Scripts(Provider);
        await RunAsync([scripts[0]]);
        await using (var before = Context())
        {
            await before.Database.ExecuteSqlRawAsync(
                """
                INSERT INTO workspaces VALUES ('65aa00000000000000000001', '65aa00000000000000000002', '65aa00000000000000000003', 'secret', 'w', 1000);
                INSERT INTO templates VALUES ('65bb00000000000000000001', '65aa00000000000000000001', 't', 1, '{{}}', 2000, 2000);
                INSERT INTO rooms VALUES ('65cc00000000000000000001', '65aa00000000000000000001', '65bb00000000000000000001', 'Demo', 'd', 1, 3000, 4000);
                INSERT INTO room_codes VALUES ('abc-defg-hij', '65cc00000000000000000001', 'host', 0, 5000, 6000);
                INSERT INTO live_streams VALUES ('65dd00000000000000000001', '65aa00000000000000000001', '65cc00000000000000000001', 'default', 'p', '', 1, 0, 5, '', 7000, NULL, NULL, 7000);
                """);
        }

        Assert.Equal(scripts.Count - 1, await RunAsync(scripts));

        await using var db = Context();
        var key = await db.WorkspaceKeys.SingleAsync();
        Assert.Equal(("65aa00000000000000000003", "65aa00000000000000000001", "secret", true), (key.AccessKey, key.CustomerId, key.SealedSecret, key.IsValid));
        var room = await db.Rooms.SingleAsync();
        Assert.Equal(("Demo", "demo", "d", true, "auto"), (room.Name, room.NameKey, room.Description, room.Enabled, room.Region));
        Assert.Equal((3000, 4000), (room.CreatedAt.ToUnixTimeMilliseconds(), room.UpdatedAt!.Value.ToUnixTimeMilliseconds()));
        Assert.Empty(room.Polls);
        Assert.Null(room.Recording);
        var code = await db.RoomCodes.SingleAsync();
        Assert.Equal(("abc-defg-hij", "host", false), (code.Code, code.Role, code.Enabled));
        Assert.StartsWith("00000005", code.Id, StringComparison.Ordinal);
        Assert.True(ObjectId.IsValid(code.Id));
        Assert.Equal(room.Id, (await db.LiveStreams.SingleAsync()).RoomId);
        await Assert.ThrowsAnyAsync<DbException>(() => db.Database.ExecuteSqlAsync($"DELETE FROM rooms"));
    }

    [Fact]
    public async Task Run_ScriptThatLeavesARowWithoutItsParent_IsRefused()
    {
        var first = new MigrationScript("0001_a", "CREATE TABLE a (x TEXT PRIMARY KEY); CREATE TABLE b (x TEXT REFERENCES a (x)); INSERT INTO a VALUES ('1'); INSERT INTO b VALUES ('1')");
        await RunAsync([first]);

        var e = await Assert.ThrowsAsync<MigrationException>(() => RunAsync([first, new("0002_b", "DELETE FROM a")]));

        Assert.Contains("b refers to a row of a", e.Message.Replace("a row of b", "b", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    public override Task DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return Task.CompletedTask;
    }

    private protected override Task<IDatabaseProvider> CreateProviderAsync() =>
        Task.FromResult<IDatabaseProvider>(new SqliteProvider(Options.Create(new RoomsOptions { DataDirectory = _folder.FullName })));
}

public sealed class MigrationRunnerTestsOnPostgres : MigrationRunnerTests
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("livestream-rooms-");

    public override async Task DisposeAsync()
    {
        await ((PostgresProvider)Provider).DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private protected override async Task<IDatabaseProvider> CreateProviderAsync() => new PostgresProvider(Options.Create(new RoomsOptions
    {
        DataDirectory = _folder.FullName,
        Database = new() { Provider = DatabaseProvider.Postgres, ConnectionString = await new PostgresDatabase().ConnectionStringAsync() },
    }));
}

public abstract class MigrationRunnerTests : IAsyncLifetime
{
    private protected IDatabaseProvider Provider { get; private set; } = null!;

    public Task InitializeAsync() => OpenAsync();

    public abstract Task DisposeAsync();

    [Fact]
    public async Task Run_Twice_AppliesOnce()
    {
        var scripts = RoomsSchema.Scripts(Provider);

        Assert.NotEmpty(scripts);
        Assert.Equal(scripts.Count, await RunAsync(scripts));
        Assert.Equal(0, await RunAsync(scripts));
    }

    [Fact]
    public async Task Run_SeveralAtOnceOnAnEmptyDatabase_OneAppliesAll()
    {
        var scripts = RoomsSchema.Scripts(Provider);

        var applied = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => RunAsync(scripts))));

        Assert.Equal(scripts.Count, applied.Sum());
        Assert.Equal(3, applied.Count(count => count == 0));
    }

    [Fact]
    public async Task Run_ScriptChangedAfterItWasApplied_IsRefused()
    {
        await RunAsync([new("0001_a", "CREATE TABLE a (x TEXT)")]);

        var e = await Assert.ThrowsAsync<MigrationException>(() => RunAsync([new("0001_a", "CREATE TABLE a (y TEXT)")]));

        Assert.Contains("0001_a", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_DatabaseOfANewerVersion_IsRefused()
    {
        await RunAsync([new("0001_a", "CREATE TABLE a (x TEXT)"), new("0002_b", "CREATE TABLE b (x TEXT)")]);

        await Assert.ThrowsAsync<MigrationException>(() => RunAsync([new("0001_a", "CREATE TABLE a (x TEXT)")]));
    }

    [Fact]
    public async Task Run_SecondScriptFails_LeavesNothingOfTheFirst()
    {
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(
            () => RunAsync([new("0001_a", "CREATE TABLE a (x TEXT)"), new("0002_b", "CREATE NONSENSE")]));

        Assert.Equal(1, await RunAsync([new("0001_a", "CREATE TABLE a (x TEXT)")]));
    }

    [Fact]
    public async Task Schema_AfterAllScripts_HasEveryMappedColumn()
    {
        await RunAsync(RoomsSchema.Scripts(Provider));
        await using var db = Context();

        foreach (var entity in db.Model.GetEntityTypes())
        {
            var columns = string.Join(", ", entity.GetProperties().Select(property => $"\"{property.GetColumnName()}\""));
#pragma warning disable EF1002 // Names out of the model.
            await db.Database.ExecuteSqlRawAsync($"SELECT {columns} FROM \"{entity.GetTableName()}\" WHERE 1 = 0");
#pragma warning restore EF1002
        }
    }

    private protected abstract Task<IDatabaseProvider> CreateProviderAsync();

    private protected async Task OpenAsync()
    {
        if (Provider is not null) return;
        Provider = await CreateProviderAsync();
        Provider.Prepare();
    }

    private protected RoomsDbContext Context()
    {
        var options = new DbContextOptionsBuilder<RoomsDbContext>();
        Provider.Configure(options);
        return new RoomsDbContext(options.Options);
    }

    private protected async Task<int> RunAsync(IReadOnlyList<MigrationScript> scripts)
    {
        await using var db = Context();
        await db.Database.OpenConnectionAsync();
        return await new MigrationRunner(Provider, TimeProvider.System).RunAsync(db.Database.GetDbConnection(), scripts, CancellationToken.None);
    }
}
