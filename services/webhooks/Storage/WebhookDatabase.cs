using System.Data;
using System.Data.Common;

using LiveStream.Hosting.Bus;
using LiveStream.Storage.Migrations;
using LiveStream.Storage.Sealing;

using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LiveStream.Webhooks.Storage;

/// <summary>
/// The tables <c>webhook_*</c>. Statements are plain SQL that both products understand; numbers are 64 bits wide. Fails with
/// <see cref="DbException"/> when the database does, with <see cref="SealingException"/> when its secrets cannot be opened. Safe from
/// several threads.
/// </summary>
internal abstract class WebhookDatabase(IOptions<WebhooksOptions> options, SecretSeal seal, TimeProvider time, ILogger logger) : IMigrationTarget, IProcessLeases
{
    private const string HistoryTable = "webhook_schema_history";

    private readonly Lock _gate = new();
    private Task? _prepared;

    /// <summary>Folder of the product's scripts.</summary>
    protected abstract string ScriptFolder { get; }

    /// <summary>Other processes may work with the same tables.</summary>
    public abstract bool IsShared { get; }

    /// <summary>The schema is there and its secrets can be opened.</summary>
    public bool IsPrepared
    {
        get
        {
            lock (_gate) return _prepared is { IsCompletedSuccessfully: true };
        }
    }

    /// <summary>A connection to read by, or to write little; it goes back with its disposal.</summary>
    public async Task<DbConnection> OpenAsync(CancellationToken cancellationToken)
    {
        await PrepareAsync(cancellationToken);
        return await OpenRawAsync(cancellationToken);
    }

    /// <summary>
    /// Says whether the transactions to come must outlive a loss of power. All outlive the end of the process; an attempt's
    /// result that is lost means one more attempt.
    /// </summary>
    public abstract Task SetDurableAsync(DbConnection connection, bool durable, CancellationToken cancellationToken);

    public abstract Task<IEventLease?> TryLeaseAsync(string name, CancellationToken cancellationToken);

    public abstract Task<DbTransaction> BeginMigrationAsync(DbConnection connection, CancellationToken cancellationToken);

    public Task VerifyAsync(DbConnection connection, DbTransaction transaction, CancellationToken cancellationToken) => Task.CompletedTask;

    protected abstract Task<DbConnection> OpenRawAsync(CancellationToken cancellationToken);

    /// <summary>What must be there before the first connection.</summary>
    protected virtual void PrepareFiles()
    {
    }

    /// <summary>
    /// Brings the schema up to date and checks the sealing key: once, a failure is tried again by the next caller. Fails with
    /// <see cref="MigrationException"/> or <see cref="SealingException"/> where trying again is of no use.
    /// </summary>
    public Task PrepareAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_prepared is null or { IsFaulted: true }) _prepared = Task.Run(MigrateAsync, CancellationToken.None);
            return _prepared.WaitAsync(cancellationToken);
        }
    }

    private async Task MigrateAsync()
    {
        PrepareFiles();
        await using var connection = await OpenRawAsync(CancellationToken.None);
        var scripts = MigrationScript.Of(typeof(WebhookDatabase).Assembly, $"{typeof(WebhookDatabase).Namespace}.Migrations.{ScriptFolder}/");
        var applied = await new MigrationRunner(this, time, HistoryTable).RunAsync(connection, scripts, CancellationToken.None);
        if (applied > 0) logger.Migrated(applied);

        var sealedOnes = await connection.ReadAsync(
            "SELECT secret, owner FROM webhook_secrets ORDER BY id DESC LIMIT 1", reader => (reader.Bytes(0), reader.GetString(1)), CancellationToken.None);
        var key = options.Value.Key;
        if (seal.Unlock(key, sealedOnes.Count > 0 ? sealedOnes[0] : null)) logger.KeyFileMade(key.File);
        if (key.HasOld) logger.SecretsResealed(await ResealAsync(connection), key.Origin);
    }

    // Only what is still as it was read: a row that another process has changed meanwhile is sealed by that one.
    private async Task<int> ResealAsync(DbConnection connection)
    {
        var count = 0;
        foreach (var (id, box, owner) in await connection.ReadAsync(
            "SELECT id, secret, owner FROM webhook_secrets", reader => (reader.GetInt64(0), reader.Bytes(1), reader.GetString(2)), CancellationToken.None))
        {
            if (seal.Reseal(box, owner) is { } anew)
                count += await connection.RunAsync(
                    "UPDATE webhook_secrets SET secret = @anew WHERE id = @id AND secret = @box", CancellationToken.None, ("@anew", anew), ("@id", id), ("@box", box));
        }

        foreach (var (id, box) in await connection.ReadAsync(
            "SELECT id, headers FROM webhook_endpoints", reader => (reader.GetString(0), reader.Bytes(1)), CancellationToken.None))
        {
            if (seal.Reseal(box, id) is { } anew)
                count += await connection.RunAsync(
                    "UPDATE webhook_endpoints SET headers = @anew WHERE id = @id AND headers = @box", CancellationToken.None, ("@anew", anew), ("@id", id), ("@box", box));
        }

        return count;
    }
}

/// <summary>Short forms of ADO.NET.</summary>
internal static class Sql
{
    /// <summary>A command whose parameters are named <c>@a</c> and so on.</summary>
    public static DbCommand Command(this DbConnection connection, string text, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // Texts are constants of this assembly; values go by parameters.
        command.CommandText = text;
#pragma warning restore CA2100
        foreach (var (name, value) in parameters) command.Add(name, value);
        return command;
    }

    /// <summary>Sets a parameter, added where it is not there yet.</summary>
    public static void Add(this DbCommand command, string name, object value)
    {
        if (command.Parameters.Contains(name))
        {
            command.Parameters[name].Value = value;
            return;
        }

        var parameter = command.CreateParameter();
        parameter.ParameterName = name;
        parameter.Value = value;
        command.Parameters.Add(parameter);
    }

    /// <summary>Runs it; the rows it changed.</summary>
    public static async Task<int> RunAsync(
        this DbConnection connection, string text, CancellationToken cancellationToken, params (string Name, object Value)[] parameters)
    {
        await using var command = connection.Command(text, parameters);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Runs it; what <paramref name="read"/> makes of each row.</summary>
    public static async Task<List<T>> ReadAsync<T>(
        this DbConnection connection, string text, Func<DbDataReader, T> read, CancellationToken cancellationToken, params (string Name, object Value)[] parameters)
    {
        await using var command = connection.Command(text, parameters);
        await using var reader = await command.ExecuteReaderAsync(CommandBehavior.Default, cancellationToken);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken)) rows.Add(read(reader));
        return rows;
    }

    /// <summary>A time as the tables have it; 0 is never.</summary>
    public static long Milliseconds(this DateTimeOffset? time) => time?.ToUnixTimeMilliseconds() ?? 0;

    public static DateTimeOffset Time(this DbDataReader reader, int column) => DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(column));

    public static DateTimeOffset? TimeOrNever(this DbDataReader reader, int column) => reader.GetInt64(column) is not 0 and var at ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null;

    public static byte[] Bytes(this DbDataReader reader, int column) => (byte[])reader.GetValue(column);
}
