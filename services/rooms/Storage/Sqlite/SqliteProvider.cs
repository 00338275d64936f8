using System.Data;
using System.Data.Common;

using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace LiveStream.Rooms.Storage.Sqlite;

/// <summary>The embedded default: one file, <c>livestream.db</c>, in the data folder, with a write-ahead log beside it.</summary>
internal sealed class SqliteProvider(IOptions<RoomsOptions> options) : IDatabaseProvider
{
    private readonly string _path = Path.Combine(Path.GetFullPath(options.Value.DataDirectory), "livestream.db");

    public string ScriptFolder => "Sqlite";

    public void Configure(DbContextOptionsBuilder options) => options.UseSqlite(new SqliteConnectionStringBuilder
    {
        DataSource = _path,
        ForeignKeys = true,
        // Seconds that a writer waits for another one.
        DefaultTimeout = 10,
    }.ToString());

    public void Prepare()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
        // The file holds the workspace's secret; SQLite gives its log files the same mode.
        PrivateFile.CreateIfMissing(_path);

        using var connection = new SqliteConnection($"Data Source={_path};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA journal_mode=WAL";
        command.ExecuteNonQuery();
    }

    // SQLite's immediate transaction: the second runner waits here.
    public async Task<DbTransaction> BeginExclusiveAsync(DbConnection connection, CancellationToken cancellationToken) =>
        await connection.BeginTransactionAsync(IsolationLevel.Serializable, cancellationToken);
}
