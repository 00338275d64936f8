using System.Data.Common;
using System.Globalization;

namespace LiveStream.Storage.Migrations;

/// <summary>
/// Brings a database to the newest schema: applies the scripts that its history table lacks, all in one exclusive
/// transaction, and refuses a database whose applied scripts are not those of this program.
/// </summary>
public sealed class MigrationRunner(IMigrationTarget target, TimeProvider time, string historyTable = MigrationRunner.History)
{
    /// <summary>Table of the scripts that were applied, unless a service has one of its own.</summary>
    public const string History = "schema_history";

    /// <summary>Applies what is missing; the number of scripts applied. Fails with <see cref="MigrationException"/>.</summary>
    public async Task<int> RunAsync(DbConnection connection, IReadOnlyList<MigrationScript> scripts, CancellationToken cancellationToken)
    {
        await using var transaction = await target.BeginMigrationAsync(connection, cancellationToken);
        await ExecuteAsync(
            connection, transaction, $"CREATE TABLE IF NOT EXISTS {historyTable} (id TEXT PRIMARY KEY, sha TEXT NOT NULL, at TEXT NOT NULL)", cancellationToken);
        var applied = await ReadHistoryAsync(connection, transaction, cancellationToken);

        foreach (var id in applied.Keys.Except(scripts.Select(script => script.Id), StringComparer.Ordinal))
            throw new MigrationException($"the database has migration {id}, which this version does not know: it was made by a newer version");

        var count = 0;
        foreach (var script in scripts)
        {
            if (applied.TryGetValue(script.Id, out var sha))
            {
                if (sha != script.Sha) throw new MigrationException($"migration {script.Id} was changed after it was applied");
                continue;
            }

            await ExecuteAsync(connection, transaction, script.Sql, cancellationToken);
            await ExecuteAsync(
                connection, transaction, $"INSERT INTO {historyTable} (id, sha, at) VALUES (@id, @sha, @at)", cancellationToken,
                ("@id", script.Id), ("@sha", script.Sha), ("@at", time.GetUtcNow().ToString("O", CultureInfo.InvariantCulture)));
            count++;
        }

        if (count > 0) await target.VerifyAsync(connection, transaction, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return count;
    }

    private async Task<Dictionary<string, string>> ReadHistoryAsync(DbConnection connection, DbTransaction transaction, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
#pragma warning disable CA2100 // The table's name is a constant of the caller's.
        command.CommandText = $"SELECT id, sha FROM {historyTable}";
#pragma warning restore CA2100
        var history = new Dictionary<string, string>(StringComparer.Ordinal);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) history[reader.GetString(0)] = reader.GetString(1);
        return history;
    }

    private static async Task ExecuteAsync(
        DbConnection connection, DbTransaction transaction, string sql, CancellationToken cancellationToken, params (string Name, string Value)[] parameters)
    {
        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
        // An index of a large table takes as long as it takes; given up half way, it would begin anew with each start.
        command.CommandTimeout = 0;
#pragma warning disable CA2100 // The text is one of this assembly's own resources or a constant above.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var (name, value) in parameters)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.Value = value;
            command.Parameters.Add(parameter);
        }

        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}

/// <summary>The database does not fit this program; starting would damage it.</summary>
public sealed class MigrationException(string message) : IOException(message);
