namespace LiveStream.Rooms.Tests.Databases;

/// <summary>An empty database of one product, for one test or one class of tests.</summary>
public abstract class TestDatabase
{
    /// <summary>Opens it; the settings that lead a host or a provider to it, as on the command line. The same at every call.</summary>
    internal abstract Task<string[]> SettingsAsync();
}

/// <summary>The file that the data folder holds.</summary>
public sealed class SqliteDatabase : TestDatabase
{
    internal override Task<string[]> SettingsAsync() => Task.FromResult(Array.Empty<string>());
}

/// <summary>A database of the server that all tests of this process share.</summary>
public sealed class PostgresDatabase : TestDatabase
{
    private static readonly Lazy<Task<LiveStream.Testing.PostgresServer>> s_server =
        new(() => LiveStream.Testing.PostgresServer.StartAsync(durable: false, CancellationToken.None));

    private static int s_databases;

    private readonly Lazy<Task<string>> _connection = new(CreateAsync);

    internal Task<string> ConnectionStringAsync() => _connection.Value;

    internal override async Task<string[]> SettingsAsync() =>
        ["--Rooms:Database:Provider=Postgres", $"--Rooms:Database:ConnectionString={await ConnectionStringAsync()}"];

    private static async Task<string> CreateAsync() =>
        await (await s_server.Value).CreateDatabaseAsync($"test_{Interlocked.Increment(ref s_databases)}", CancellationToken.None);
}
