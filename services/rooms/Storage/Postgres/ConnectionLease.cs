using LiveStream.Hosting.Bus;

using Npgsql;

namespace LiveStream.Rooms.Storage.Postgres;

/// <summary>
/// A lease by an advisory lock of a connection kept for it: the server ends it with the connection, and so with the process.
/// </summary>
internal sealed class ConnectionLease : IEventLease
{
    private readonly NpgsqlConnection _connection;

    private ConnectionLease(NpgsqlConnection connection) => _connection = connection;

    /// <summary>The lease, or null while another process has it.</summary>
    public static async Task<ConnectionLease?> TryTakeAsync(NpgsqlDataSource source, string subscriber, CancellationToken cancellationToken)
    {
        var connection = await source.OpenConnectionAsync(cancellationToken);
        try
        {
            await using var command = connection.CreateCommand();
            // The name's hash is the second number; two subscribers that share one would only wait for each other.
            command.CommandText = "SELECT pg_try_advisory_lock($1, hashtext($2))";
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = PostgresProvider.LockClass + 1 });
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = subscriber });
            if (await command.ExecuteScalarAsync(cancellationToken) is true)
            {
                var lease = new ConnectionLease(connection);
                connection = null;
                return lease;
            }

            return null;
        }
        finally
        {
            if (connection is not null) await connection.DisposeAsync();
        }
    }

    public async Task<bool> IsHeldAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var command = _connection.CreateCommand();
            command.CommandText = "SELECT 1";
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
            await using var command = _connection.CreateCommand();
            command.CommandText = "SELECT pg_advisory_unlock_all()";
            await command.ExecuteNonQueryAsync(CancellationToken.None);
        }
        catch (Exception e) when (e is NpgsqlException or InvalidOperationException)
        {
            // A broken connection holds nothing.
        }
        finally
        {
            await _connection.DisposeAsync();
        }
    }
}
