using System.Data.Common;

namespace LiveStream.Webhooks.Storage;

/// <summary>A replay: deliveries of the past that are repeated, slowly.</summary>
/// <param name="Id">UUID.</param>
/// <param name="CustomerId">Workspace.</param>
/// <param name="Filters">As the caller gave them, JSON.</param>
/// <param name="Status">As the contract names it: <c>Running</c>, <c>completed</c>, <c>completed_with_failures</c>.</param>
/// <param name="Total">Deliveries that it repeats.</param>
/// <param name="Repeated">Of them begun.</param>
/// <param name="NextId">The first delivery not yet begun.</param>
/// <param name="LastId">The last one.</param>
/// <param name="StartedAt">When.</param>
/// <param name="CompletedAt">When; null while it runs.</param>
internal sealed record Replay(
    string Id, string CustomerId, string Filters, string Status, int Total, int Repeated, long NextId, long LastId, DateTimeOffset StartedAt, DateTimeOffset? CompletedAt)
{
    public const string Running = "Running", Completed = "completed", CompletedWithFailures = "completed_with_failures";
}

/// <summary>Rows of replays.</summary>
internal sealed class ReplayStore(WebhookDatabase database)
{
    private const string Columns = "id, customer_id, filters, status, total, repeated, next_id, last_id, started_at, completed_at";

    public async Task<Replay?> FindAsync(string customerId, string id, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return (await connection.ReadAsync(
            $"SELECT {Columns} FROM webhook_replays WHERE id = @id AND customer_id = @customer", Read, cancellationToken, ("@id", id), ("@customer", customerId))).FirstOrDefault();
    }

    /// <summary>Those that run, of all workspaces; the oldest first.</summary>
    public async Task<List<Replay>> ListRunningAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return await connection.ReadAsync($"SELECT {Columns} FROM webhook_replays WHERE status = @status ORDER BY started_at", Read, cancellationToken, ("@status", Replay.Running));
    }

    public async Task SaveAsync(Replay replay, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await connection.RunAsync(
            $"INSERT INTO webhook_replays ({Columns}) VALUES (@id, @customer, @filters, @status, @total, @repeated, @next, @last, @started, @completed) " +
            "ON CONFLICT (id) DO UPDATE SET status = excluded.status, repeated = excluded.repeated, next_id = excluded.next_id, completed_at = excluded.completed_at",
            cancellationToken,
            ("@id", replay.Id), ("@customer", replay.CustomerId), ("@filters", replay.Filters), ("@status", replay.Status), ("@total", (long)replay.Total),
            ("@repeated", (long)replay.Repeated), ("@next", replay.NextId), ("@last", replay.LastId), ("@started", replay.StartedAt.ToUnixTimeMilliseconds()),
            ("@completed", replay.CompletedAt.Milliseconds()));
    }

    private static Replay Read(DbDataReader reader) => new(
        reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), (int)reader.GetInt64(4), (int)reader.GetInt64(5), reader.GetInt64(6),
        reader.GetInt64(7), reader.Time(8), reader.TimeOrNever(9));
}
