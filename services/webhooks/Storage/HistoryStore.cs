using System.Data.Common;
using System.Globalization;
using System.Text;

using LiveStream.Webhooks.Delivery;

namespace LiveStream.Webhooks.Storage;

/// <summary>Which deliveries are meant; null for no filter.</summary>
internal sealed record DeliveryFilter(
    string? EndpointId, string? RoomId, DeliveryState? State, IReadOnlyList<string> Types, DateTimeOffset? From, DateTimeOffset? To,
    bool OriginalsOnly = false);

/// <summary>A delivery as it is shown. The body is null in lists.</summary>
internal sealed record DeliveryView(
    long Id, Guid EventId, string EndpointId, string RoomId, string Type, string Replay, DeliveryState State, int Attempts, DateTimeOffset? NextAt,
    DateTimeOffset? LastAt, int LastStatus, int LastMilliseconds, string LastError, string LastReply, DateTimeOffset CreatedAt, byte[]? Body);

/// <summary>An attempt that failed.</summary>
internal sealed record AttemptView(int Number, DateTimeOffset At, int Status, int Milliseconds, string Error, string Reply);

/// <summary>Reads what was delivered.</summary>
internal sealed class HistoryStore(WebhookDatabase database)
{
    private const string Columns =
        "d.id, e.event_id, d.endpoint_id, d.room_id, d.type, d.replay, d.state, d.attempts, d.next_at, d.last_at, d.last_status, d.last_ms, d.last_error, d.last_reply, d.created_at";

    private const string From = "webhook_deliveries d JOIN webhook_events e ON e.seq = d.event_seq";

    /// <summary>Deliveries with an id below <paramref name="start"/>, the newest first; and with bodies where wanted.</summary>
    public async Task<List<DeliveryView>> ListAsync(
        string customerId, DeliveryFilter filter, long? start, int offset, int limit, bool bodies, CancellationToken cancellationToken)
    {
        var (where, parameters) = Where(customerId, filter);
        if (start is { } before)
        {
            where += " AND d.id < @start";
            parameters.Add(("@start", before));
        }

        await using var connection = await database.OpenAsync(cancellationToken);
        return await connection.ReadAsync(
            string.Create(CultureInfo.InvariantCulture, $"SELECT {Columns}{(bodies ? ", e.body" : "")} FROM {From} WHERE {where} ORDER BY d.id DESC LIMIT {limit} OFFSET {offset}"),
            reader => Read(reader, bodies), cancellationToken, [.. parameters]);
    }

    /// <summary>How many there are, at most <paramref name="most"/>, and their lowest and highest ids.</summary>
    public async Task<(int Count, long First, long Last)> CountAsync(string customerId, DeliveryFilter filter, int most, CancellationToken cancellationToken)
    {
        var (where, parameters) = Where(customerId, filter);
        await using var connection = await database.OpenAsync(cancellationToken);
        var found = await connection.ReadAsync(
            string.Create(CultureInfo.InvariantCulture, $"SELECT COUNT(*), COALESCE(MIN(x.id), 0), COALESCE(MAX(x.id), 0) FROM (SELECT d.id FROM webhook_deliveries d WHERE {where} ORDER BY d.id LIMIT {most}) x"),
            reader => ((int)reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2)), cancellationToken, [.. parameters]);
        return found[0];
    }

    /// <summary>Ids behind one, ascending, that a replay repeats.</summary>
    public async Task<List<long>> ListIdsAsync(string customerId, DeliveryFilter filter, long from, long to, int limit, CancellationToken cancellationToken)
    {
        var (where, parameters) = Where(customerId, filter);
        parameters.Add(("@first", from));
        parameters.Add(("@last", to));
        await using var connection = await database.OpenAsync(cancellationToken);
        return await connection.ReadAsync(
            string.Create(CultureInfo.InvariantCulture, $"SELECT d.id FROM webhook_deliveries d WHERE {where} AND d.id >= @first AND d.id <= @last ORDER BY d.id LIMIT {limit}"),
            reader => reader.GetInt64(0), cancellationToken, [.. parameters]);
    }

    /// <summary>One delivery with its body and the attempts that failed; null where there is none.</summary>
    public async Task<(DeliveryView Delivery, IReadOnlyList<AttemptView> Attempts)?> FindAsync(string customerId, long id, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var found = await connection.ReadAsync(
            $"SELECT {Columns}, e.body FROM {From} WHERE d.id = @id AND d.customer_id = @customer", reader => Read(reader, true), cancellationToken,
            ("@id", id), ("@customer", customerId));
        if (found.Count == 0) return null;
        var attempts = await connection.ReadAsync(
            "SELECT number, at, status, ms, error, reply FROM webhook_attempts WHERE delivery_id = @id ORDER BY number",
            reader => new AttemptView((int)reader.GetInt64(0), reader.Time(1), (int)reader.GetInt64(2), (int)reader.GetInt64(3), reader.GetString(4), reader.GetString(5)),
            cancellationToken, ("@id", id));
        return (found[0], attempts);
    }

    /// <summary>How many deliveries of a replay are delivered, and how many failed.</summary>
    public async Task<(int Delivered, int Failed)> CountReplayAsync(string replay, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var found = await connection.ReadAsync(
            "SELECT state, COUNT(*) FROM webhook_deliveries WHERE replay = @replay GROUP BY state",
            reader => (State: (DeliveryState)reader.GetInt64(0), Count: (int)reader.GetInt64(1)), cancellationToken, ("@replay", replay));
        return (
            found.Where(row => row.State == DeliveryState.Delivered).Sum(row => row.Count),
            found.Where(row => row.State is DeliveryState.Failed or DeliveryState.Cancelled).Sum(row => row.Count));
    }

    /// <summary>Ids of events that a replay could not deliver.</summary>
    public async Task<List<string>> ListFailedAsync(string replay, int most, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return await connection.ReadAsync(
            string.Create(CultureInfo.InvariantCulture, $"SELECT e.event_id FROM {From} WHERE d.replay = @replay AND d.state IN (3, 4) ORDER BY d.id LIMIT {most}"),
            reader => reader.GetString(0), cancellationToken, ("@replay", replay));
    }

    private static (string Where, List<(string Name, object Value)> Parameters) Where(string customerId, DeliveryFilter filter)
    {
        var where = new StringBuilder("d.customer_id = @customer");
        // Repetitions are deliveries, but no events of their own, nor to be repeated.
        if (filter.OriginalsOnly) where.Append(" AND d.replay = ''");
        var parameters = new List<(string, object)> { ("@customer", customerId) };
        if (filter.EndpointId is { } endpoint) Add("d.endpoint_id = @endpoint", "@endpoint", endpoint);
        if (filter.RoomId is { } room) Add("d.room_id = @room", "@room", room);
        if (filter.State is { } state) Add("d.state = @state", "@state", (long)state);
        if (filter.From is { } from) Add("d.created_at >= @from", "@from", from.ToUnixTimeMilliseconds());
        if (filter.To is { } to) Add("d.created_at <= @to", "@to", to.ToUnixTimeMilliseconds());
        if (filter.Types.Count > 0)
        {
            where.Append(" AND d.type IN (").AppendJoin(", ", filter.Types.Select((_, i) => $"@type{i}")).Append(')');
            parameters.AddRange(filter.Types.Select((type, i) => ($"@type{i}", (object)type)));
        }

        return (where.ToString(), parameters);

        void Add(string condition, string name, object value)
        {
            where.Append(" AND ").Append(condition);
            parameters.Add((name, value));
        }
    }

    private static DeliveryView Read(DbDataReader reader, bool body) => new(
        reader.GetInt64(0), Guid.Parse(reader.GetString(1)), reader.GetString(2), reader.GetString(3), reader.GetString(4), reader.GetString(5),
        (DeliveryState)reader.GetInt64(6), (int)reader.GetInt64(7), reader.TimeOrNever(8), reader.TimeOrNever(9), (int)reader.GetInt64(10), (int)reader.GetInt64(11),
        reader.GetString(12), reader.GetString(13), reader.Time(14), body ? reader.Bytes(15) : null);
}
