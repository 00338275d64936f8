using LiveStream.Rooms.Storage;
using LiveStream.Rooms.Storage.Migrations;
using LiveStream.Rooms.Storage.Sqlite;

using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace LiveStream.Rooms.Tests.Storage;

public sealed class MigrationRunnerTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("livestream-rooms-");
    private readonly SqliteProvider _provider;

    public MigrationRunnerTests()
    {
        _provider = new SqliteProvider(Options.Create(new RoomsOptions { DataDirectory = _folder.FullName }));
        _provider.Prepare();
    }

    [Fact]
    public async Task Run_Twice_AppliesOnce()
    {
        var scripts = MigrationScript.Of("Sqlite");

        Assert.NotEmpty(scripts);
        Assert.Equal(scripts.Count, await RunAsync(scripts));
        Assert.Equal(0, await RunAsync(scripts));
    }

    [Fact]
    public async Task Run_SeveralAtOnceOnAnEmptyDatabase_OneAppliesAll()
    {
        var scripts = MigrationScript.Of("Sqlite");

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
        await RunAsync(MigrationScript.Of("Sqlite"));
        await using var db = Context();

        foreach (var entity in db.Model.GetEntityTypes())
        {
            var columns = string.Join(", ", entity.GetProperties().Select(property => $"\"{property.GetColumnName()}\""));
#pragma warning disable EF1002 // Names out of the model.
            await db.Database.ExecuteSqlRawAsync($"SELECT {columns} FROM \"{entity.GetTableName()}\" WHERE 1 = 0");
#pragma warning restore EF1002
        }
    }

    [Fact]
    public void Prepare_NewDatabase_IsReadableByItsOwnerOnly()
    {
        if (OperatingSystem.IsWindows()) return;
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_folder.FullName, "livestream.db")));
    }

    public void Dispose()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        _folder.Delete(recursive: true);
    }

    private RoomsDbContext Context()
    {
        var options = new DbContextOptionsBuilder<RoomsDbContext>();
        _provider.Configure(options);
        return new RoomsDbContext(options.Options);
    }

    private async Task<int> RunAsync(IReadOnlyList<MigrationScript> scripts)
    {
        await using var db = Context();
        await db.Database.OpenConnectionAsync();
        return await new MigrationRunner(_provider, TimeProvider.System).RunAsync(db.Database.GetDbConnection(), scripts, CancellationToken.None);
    }
}
