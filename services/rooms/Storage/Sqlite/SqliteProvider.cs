using System.Data;
using System.Data.Common;

using LiveStream.Hosting.Bus;
using LiveStream.Storage;
using LiveStream.Storage.Migrations;

using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace LiveStream.Rooms.Storage.Sqlite;

/// <summary>The embedded default: one file, <c>livestream.db</c>, in the data folder, with a write-ahead log beside it.</summary>
internal sealed class SqliteProvider(IOptions<RoomsOptions> options) : IDatabaseProvider, IDisposable
{
    private const int Busy = 5;
    private const int Locked = 6;
    private const int ConstraintUnique = 2067;
    private const int ConstraintPrimaryKey = 1555;

    private readonly string _path = Path.Combine(Path.GetFullPath(options.Value.DataDirectory), "livestream.db");

    // SQLite has one writer at a time. Waiting here is in order and costs nothing; waiting in SQLite is by sleeping threads.
    private readonly SemaphoreSlim _writers = new(1, 1);

    public string ScriptFolder => "Sqlite";

    // A writer has the whole database.
    public string LockRows => "";

    public bool WritesInSelects => false;

    private string ConnectionString => new SqliteConnectionStringBuilder
    {
        DataSource = _path,
        ForeignKeys = true,
        // Seconds that a writer waits for another process.
        DefaultTimeout = 10,
    }.ToString();

    public void Configure(DbContextOptionsBuilder options, bool background) => options.UseSqlite(ConnectionString);

    public void Prepare()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
        // The file holds the workspace's secret; SQLite gives its log files the same mode.
        PrivateFile.CreateIfMissing(_path);

        using var connection = new SqliteConnection($"Data Source={_path};Pooling=False");
        connection.Open();
        Execute(connection, null, "PRAGMA journal_mode=WAL");
    }

    // SQLite's immediate transaction: the second program waits here.
    public async Task<DbTransaction> BeginExclusiveAsync(DbConnection connection, CancellationToken cancellationToken) =>
        await connection.BeginTransactionAsync(IsolationLevel.Serializable, cancellationToken);

    // A script changes a table by making a new one; what refers to the old one meanwhile is checked by VerifyAsync. The next
    // opening of the connection turns foreign keys on again.
    public Task<DbTransaction> BeginMigrationAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        Execute(connection, null, "PRAGMA foreign_keys=OFF");
        return BeginExclusiveAsync(connection, cancellationToken);
    }

    public async Task VerifyAsync(DbConnection connection, DbTransaction transaction, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = "PRAGMA foreign_key_check";
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (await reader.ReadAsync(cancellationToken)) throw new MigrationException($"a row of {reader.GetString(0)} refers to a row of {reader.GetString(2)} that is missing");
    }

    public async Task<IDisposable> EnterWriteAsync(CancellationToken cancellationToken)
    {
        await _writers.WaitAsync(cancellationToken);
        return new Turn(_writers);
    }

    public bool IsConflict(Exception exception) => exception switch
    {
        DbUpdateConcurrencyException => true,
        DbUpdateException { InnerException: SqliteException e } => IsConflict(e),
        SqliteException e => e.SqliteErrorCode is Busy or Locked || e.SqliteExtendedErrorCode is ConstraintUnique or ConstraintPrimaryKey,
        _ => false,
    };

    // Rows have a position from the beginning: one writer at a time draws and commits them in the same order.
    public Task SequenceEventsAsync(RoomsDbContext db, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<IEventLease?> TryLeaseAsync(string subscriber, CancellationToken cancellationToken) =>
        Task.FromResult<IEventLease?>(FileLease.TryTake($"{_path}.{subscriber}.lock"));

    /// <summary>Closes the pooled connections to this file, with which its log is written back into it; those to other files are others'.</summary>
    public void Dispose()
    {
        using (var connection = new SqliteConnection(ConnectionString)) SqliteConnection.ClearPool(connection);
        _writers.Dispose();
    }

    private static void Execute(DbConnection connection, DbTransaction? transaction, string sql)
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
#pragma warning disable CA2100 // Constants above.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    private sealed class Turn(SemaphoreSlim writers) : IDisposable
    {
        private SemaphoreSlim? _writers = writers;

        public void Dispose() => Interlocked.Exchange(ref _writers, null)?.Release();
    }
}
