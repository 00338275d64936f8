using System.Data;
using System.Data.Common;

using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

using Npgsql;

namespace LiveStream.Webhooks.Storage;

/// <summary>PostgreSQL 13 or newer; the tables may share a database with those of rooms.</summary>
internal sealed class PostgresWebhooks(IOptions<WebhooksOptions> options, TimeProvider time, ILogger<PostgresWebhooks> logger)
    : WebhookDatabase(time, logger), IAsyncDisposable
{
    // Another one than that of rooms' scripts: two services may start at once.
    private const int MigrationLock = 1819047271;
    private const int PoolSize = 10;
    private const string MaxPoolSize = "Maximum Pool Size";

    private readonly NpgsqlDataSource _source = CreateSource(options.Value.Database.ConnectionString);

    protected override string ScriptFolder => "Postgres";

    public override Task SetDurableAsync(DbConnection connection, bool durable, CancellationToken cancellationToken) =>
        connection.RunAsync(durable ? "SET synchronous_commit = on" : "SET synchronous_commit = off", cancellationToken);

    public override async Task<DbTransaction> BeginMigrationAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken);
        await using var command = connection.Command("SELECT pg_advisory_xact_lock(@class, 0)", ("@class", MigrationLock));
        command.Transaction = transaction;
        await command.ExecuteNonQueryAsync(cancellationToken);
        return transaction;
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    protected override async Task<DbConnection> OpenRawAsync(CancellationToken cancellationToken) => await _source.OpenConnectionAsync(cancellationToken);

    private static NpgsqlDataSource CreateSource(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        if (!settings.ContainsKey(MaxPoolSize)) settings.MaxPoolSize = PoolSize;
        settings.ApplicationName ??= "LiveStream webhooks";
        return NpgsqlDataSource.Create(settings);
    }
}
