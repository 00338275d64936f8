using System.Data;
using System.Data.Common;

using LiveStream.Hosting.Bus;
using LiveStream.Storage;

using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

using Npgsql;

namespace LiveStream.Rooms.Storage.Postgres;

/// <summary>PostgreSQL 13 or newer, reached by <c>Rooms:Database:ConnectionString</c>.</summary>
internal sealed class PostgresProvider(IOptions<RoomsOptions> options) : IDatabaseProvider, IAsyncDisposable
{
    /// <summary>First number of our advisory locks.</summary>
    public const int LockClass = 1819047270;

    private const int MigrationLock = 0;
    private const int SequencingLock = 1;
    private const int SequencedAtOnce = 1000;

    private const string PoolSize = "Maximum Pool Size";
    private const string AutoPrepare = "Max Auto Prepare";
    private const string NoReset = "No Reset On Close";
    private const int PreparedStatements = 100;

    // More connections than that make the server switch between them rather than work.
    private const int DefaultPoolSize = 40;

    private const int BackgroundPoolSize = 20;

    private static readonly string s_lockSequencing = $"SELECT pg_advisory_xact_lock({LockClass}, {SequencingLock})";

    private static readonly string s_sequence = $"""
        WITH ready AS MATERIALIZED (
            SELECT id FROM events WHERE position IS NULL AND tx < pg_snapshot_xmin(pg_current_snapshot()) ORDER BY id LIMIT {SequencedAtOnce}),
        numbered AS MATERIALIZED (
            SELECT id, nextval('event_positions') AS position FROM (SELECT id FROM ready ORDER BY id) AS ordered)
        UPDATE events SET position = numbered.position FROM numbered WHERE events.id = numbered.id
        """;

    private readonly NpgsqlDataSource _source = NpgsqlDataSource.Create(Complete(options.Value.Database.ConnectionString, background: false));
    private readonly NpgsqlDataSource _background = NpgsqlDataSource.Create(Complete(options.Value.Database.ConnectionString, background: true));

    public string ScriptFolder => "Postgres";

    // Not FOR UPDATE: new rows may still refer to the locked one.
    public string LockRows => " FOR NO KEY UPDATE";

    public bool WritesInSelects => true;

    public void Configure(DbContextOptionsBuilder options, bool background) => options.UseNpgsql(background ? _background : _source);

    // Where workspace.json goes.
    public void Prepare() => Directory.CreateDirectory(Path.GetFullPath(options.Value.DataDirectory));

    public async Task<DbTransaction> BeginExclusiveAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken);
        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = $"SELECT pg_advisory_xact_lock({LockClass}, {MigrationLock})";
        // As long as another process migrates.
        command.CommandTimeout = 0;
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

    // A row is ready when its transaction is below the oldest one that still runs. If one event was caused by another, its
    // transaction inserted it after the other's was committed: its id is higher, and the other is ready whenever it is.
    public async Task SequenceEventsAsync(RoomsDbContext db, CancellationToken cancellationToken)
    {
        await db.Database.OpenConnectionAsync(cancellationToken);
        try
        {
            int count;
            do
            {
                // One round trip, one transaction. One at a time; the statement after the lock sees what the one before has done.
                await using var batch = new NpgsqlBatch((NpgsqlConnection)db.Database.GetDbConnection());
                batch.BatchCommands.Add(new NpgsqlBatchCommand(s_lockSequencing));
                batch.BatchCommands.Add(new NpgsqlBatchCommand(s_sequence));
                await batch.ExecuteNonQueryAsync(cancellationToken);
                count = batch.BatchCommands[1].RecordsAffected;
            }
            while (count == SequencedAtOnce);
        }
        finally
        {
            await db.Database.CloseConnectionAsync();
        }
    }

    public async Task<IEventLease?> TryLeaseAsync(string subscriber, CancellationToken cancellationToken) =>
        await ConnectionLease.TryTakeAsync(_background, subscriber, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        await _background.DisposeAsync();
    }

    /// <summary>How the connection string is completed: what it says itself stays.</summary>
    internal static NpgsqlConnectionStringBuilder Complete(string connectionString, bool background)
    {
        // ShouldSerialize tells what is given; ContainsKey tells what could be.
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        if (background) settings.MaxPoolSize = BackgroundPoolSize;
        else if (!settings.ShouldSerialize(PoolSize)) settings.MaxPoolSize = DefaultPoolSize;
        // The statements are few and always the same. A proxy that shares connections needs it off: Max Auto Prepare=0.
        if (!settings.ShouldSerialize(AutoPrepare)) settings.MaxAutoPrepare = PreparedStatements;
        // Nothing here changes a session's state, so there is none to reset before each request's own statements.
        if (!settings.ShouldSerialize(NoReset)) settings.NoResetOnClose = true;
        settings.ApplicationName ??= "LiveStream";
        // A transaction that its client forgot would hold up events, and rows. Background work writes positions and cursors only:
        // should a crash of PostgreSQL take the last moments of them, their events are delivered again.
        settings.Options ??= background
            ? "-c idle_in_transaction_session_timeout=60000 -c synchronous_commit=off"
            : "-c idle_in_transaction_session_timeout=60000";
        settings.Options = PostgresSessions.WithKeepAlive(settings.Options);
        return settings;
    }

    private sealed class NoTurn : IDisposable
    {
        public static readonly NoTurn Instance = new();

        public void Dispose()
        {
        }
    }
}
