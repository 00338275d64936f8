using System.Data;
using System.Data.Common;

using LiveStream.Hosting.Bus;
using LiveStream.Storage;
using LiveStream.Storage.Sealing;

using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LiveStream.Webhooks.Storage;

/// <summary>A file of its own, <c>webhooks.db</c>: SQLite has one writer at a time, and deliveries must not hold up rooms.</summary>
internal sealed class SqliteWebhooks(IOptions<WebhooksOptions> options, SecretSeal<WebhooksOptions> seal, TimeProvider time, ILogger<SqliteWebhooks> logger)
    : WebhookDatabase(options, seal, time, logger), IDisposable
{
    private readonly string _path = Path.Combine(Path.GetFullPath(options.Value.DataDirectory), "webhooks.db");

    private string ConnectionString => new SqliteConnectionStringBuilder
    {
        DataSource = _path,
        // Seconds that a writer waits for another one.
        DefaultTimeout = 10,
    }.ToString();

    public override bool IsShared => false;

    protected override string ScriptFolder => "Sqlite";

    /// <summary>Closes the pooled connections to this file, with which its log is written back into it; those to other files are others'.</summary>
    public void Dispose()
    {
        using var connection = new SqliteConnection(ConnectionString);
        SqliteConnection.ClearPool(connection);
    }

    public override Task SetDurableAsync(DbConnection connection, bool durable, CancellationToken cancellationToken) =>
        connection.RunAsync(durable ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL", cancellationToken);

    public override async Task<DbTransaction> BeginMigrationAsync(DbConnection connection, CancellationToken cancellationToken) =>
        await connection.BeginTransactionAsync(IsolationLevel.Serializable, cancellationToken);

    /// <summary>A lock on a file beside the database: the operating system ends it with the process.</summary>
    public override Task<IEventLease?> TryLeaseAsync(string name, CancellationToken cancellationToken)
    {
        var path = Path.Combine(Path.GetDirectoryName(_path)!, $"{name}.lock");
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
            PrivateFile.CreateIfMissing(path);
            return Task.FromResult<IEventLease?>(new FileLease(new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 0)));
        }
        catch (IOException) when (File.Exists(path))
        {
            return Task.FromResult<IEventLease?>(null);
        }
    }

    protected override async Task<DbConnection> OpenRawAsync(CancellationToken cancellationToken)
    {
        var connection = new SqliteConnection(ConnectionString);
        await connection.OpenAsync(cancellationToken);
        return connection;
    }

    protected override void PrepareFiles()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
        PrivateFile.CreateIfMissing(_path);
        using var connection = new SqliteConnection($"Data Source={_path};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA journal_mode=WAL";
        command.ExecuteNonQuery();
    }

    private sealed class FileLease(FileStream file) : IEventLease
    {
        public Task<bool> IsHeldAsync(CancellationToken cancellationToken) => Task.FromResult(true);

        public ValueTask DisposeAsync() => file.DisposeAsync();
    }
}
