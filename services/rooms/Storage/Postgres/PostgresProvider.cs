using System.Data;
using System.Data.Common;

using LiveStream.Hosting.Bus;

using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

using Npgsql;

namespace LiveStream.Rooms.Storage.Postgres;

/// <summary>PostgreSQL 13 or newer, reached by <c>Rooms:Database:ConnectionString</c>.</summary>
internal sealed class PostgresProvider(IOptions<RoomsOptions> options) : IDatabaseProvider, IAsyncDisposable
{
    /// <summary>First number of all of our advisory locks; the scripts repeat it.</summary>
    public const int LockClass = 1819047270;

    private const int MigrationLock = 0;
    private const int EventPositionLock = 1;

    private readonly NpgsqlDataSource _source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(options.Value.Database.ConnectionString)
    {
        ApplicationName = "LiveStream",
    });

    public string ScriptFolder => "Postgres";

    // Not FOR UPDATE: new rows may still refer to the locked one.
    public string LockRows => " FOR NO KEY UPDATE";

    public void Configure(DbContextOptionsBuilder options) => options.UseNpgsql(_source);

    // Where workspace.json goes.
    public void Prepare() => Directory.CreateDirectory(Path.GetFullPath(options.Value.DataDirectory));

    public async Task<DbTransaction> BeginExclusiveAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken);
        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = $"SELECT pg_advisory_xact_lock({LockClass}, {MigrationLock})";
        await command.ExecuteNonQueryAsync(cancellationToken);
        return transaction;
    }

    public Task<DbTransaction> BeginMigrationAsync(DbConnection connection, CancellationToken cancellationToken) =>
        BeginExclusiveAsync(connection, cancellationToken);

    public Task VerifyAsync(DbConnection connection, DbTransaction transaction, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<IDisposable> EnterWriteAsync(CancellationToken cancellationToken) => Task.FromResult<IDisposable>(NoTurn.Instance);

    public bool IsConflict(Exception exception) => exception switch
    {
        DbUpdateConcurrencyException => true,
        DbUpdateException { InnerException: PostgresException e } => IsConflict(e),
        PostgresException e => e.SqlState is PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected,
        _ => false,
    };

    public async Task<long> ReadEventHorizonAsync(RoomsDbContext db, CancellationToken cancellationToken)
    {
        if (db.Database.CurrentTransaction is not null) return await ReadHorizonAsync(db, cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var horizon = await ReadHorizonAsync(db, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return horizon;
    }

    public async Task<IEventLease?> TryLeaseAsync(string subscriber, CancellationToken cancellationToken) =>
        await ConnectionLease.TryTakeAsync(_source, subscriber, cancellationToken);

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    // Alone, this transaction sees every position that was drawn; see the trigger events_hold_position.
    private static async Task<long> ReadHorizonAsync(RoomsDbContext db, CancellationToken cancellationToken)
    {
        await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({LockClass}, {EventPositionLock})", cancellationToken);
        return await db.Events.MaxAsync(e => (long?)e.Position, cancellationToken) ?? 0;
    }

    private sealed class NoTurn : IDisposable
    {
        public static readonly NoTurn Instance = new();

        public void Dispose()
        {
        }
    }
}
