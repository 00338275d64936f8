using System.Data;
using System.Data.Common;

using LiveStream.Hosting.Bus;
using LiveStream.Storage;
using LiveStream.Storage.Sealing;

using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

using Npgsql;

namespace LiveStream.Webhooks.Storage;

/// <summary>PostgreSQL 13 or newer; the tables may share a database with those of rooms.</summary>
internal sealed class PostgresWebhooks(IOptions<WebhooksOptions> options, SecretSeal<WebhooksOptions> seal, TimeProvider time, ILogger<PostgresWebhooks> logger)
    : WebhookDatabase(options, seal, time, logger), IAsyncDisposable
{
    // Another one than that of rooms' scripts: two services may start at once.
    private const int MigrationLock = 1819047271;
    private const int LeaseLock = MigrationLock + 1;
    private const int PoolSize = 10;
    private const string MaxPoolSize = "Maximum Pool Size";

    private readonly NpgsqlDataSource _source = CreateSource(options.Value.Database.ConnectionString);

    public override bool IsShared => true;

    protected override string ScriptFolder => "Postgres";

    public override Task SetDurableAsync(DbConnection connection, bool durable, CancellationToken cancellationToken) =>
        connection.RunAsync(durable ? "SET synchronous_commit = on" : "SET synchronous_commit = off", cancellationToken);

    public override async Task<DbTransaction> BeginMigrationAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken);
        await using var command = connection.Command("SELECT pg_advisory_xact_lock(@class, 0)", ("@class", MigrationLock));
        command.Transaction = transaction;
        // As long as another process migrates.
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync(cancellationToken);
        return transaction;
    }

    /// <summary>An advisory lock of a connection kept for it: the server ends it with the connection, and so with the process.</summary>
    public override async Task<IEventLease?> TryLeaseAsync(string name, CancellationToken cancellationToken)
    {
        var connection = await _source.OpenConnectionAsync(cancellationToken);
        try
        {
            await using var command = connection.Command("SELECT pg_try_advisory_lock(@class, hashtext(@name))", ("@class", LeaseLock), ("@name", name));
            if (await command.ExecuteScalarAsync(cancellationToken) is not true) return null;
            var lease = new ConnectionLease(connection);
            connection = null;
            return lease;
        }
        finally
        {
            if (connection is not null) await connection.DisposeAsync();
        }
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    protected override async Task<DbConnection> OpenRawAsync(CancellationToken cancellationToken) => await _source.OpenConnectionAsync(cancellationToken);

    private static NpgsqlDataSource CreateSource(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        if (!settings.ContainsKey(MaxPoolSize)) settings.MaxPoolSize = PoolSize;
        settings.ApplicationName ??= "LiveStream webhooks";
        settings.Options = PostgresSessions.WithKeepAlive(settings.Options);
        return NpgsqlDataSource.Create(settings);
    }

    private sealed class ConnectionLease(NpgsqlConnection connection) : IEventLease
    {
        public async Task<bool> IsHeldAsync(CancellationToken cancellationToken)
        {
            try
            {
                await using var command = connection.Command("SELECT 1");
                return await command.ExecuteScalarAsync(cancellationToken) is 1;
            }
            catch (Exception e) when (e is NpgsqlException or InvalidOperationException)
            {
                return false;
            }
        }

        public async ValueTask DisposeAsync()
        {
            try
            {
                // The pool resets a connection no earlier than at its next use; until then the lock would stay.
                await connection.RunAsync("SELECT pg_advisory_unlock_all()", CancellationToken.None);
            }
            catch (Exception e) when (e is NpgsqlException or InvalidOperationException)
            {
                // A broken connection holds nothing.
            }
            finally
            {
                await connection.DisposeAsync();
            }
        }
    }
}
