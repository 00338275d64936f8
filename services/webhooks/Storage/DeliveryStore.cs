using System.Data.Common;

using LiveStream.Webhooks.Delivery;

namespace LiveStream.Webhooks.Storage;

/// <summary>An event for those endpoints.</summary>
internal sealed record NewEvent(Guid EventId, string CustomerId, string RoomId, string Type, byte[] Body, DateTimeOffset At, IReadOnlyList<string> EndpointIds);

/// <summary>Deliveries again, of events that are there; <paramref name="Queue"/> as in <see cref="PendingDelivery"/>.</summary>
internal sealed record RepeatedDelivery(long DeliveryId, string Queue, string Replay);

/// <summary>What is pending in one queue: the highest id.</summary>
internal sealed record PendingQueue(string EndpointId, string Queue, long LastId);

/// <summary>
/// Events and deliveries. One statement after the other: what is told to <c>tell</c> is told before the next statement begins, so
/// that a listener with a queue sees the same order as the database. Many changes are one transaction.
/// </summary>
internal sealed class DeliveryStore(WebhookDatabase database, TimeProvider time) : IAsyncDisposable
{
    public const int LoadLimit = 64;
    private const int TrimBatch = 2000;
    private const int MaxAside = 500;

    private const string PendingColumns =
        "d.id, d.endpoint_id, d.queue, d.event_seq, e.event_id, d.type, e.body, d.replay, d.aside, d.attempts, d.first_at, d.next_at, d.created_at";

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Dictionary<string, DbCommand> _commands = new(StringComparer.Ordinal);
    private DbConnection? _connection;
    private bool? _durable;

    /// <summary>Adds events that are not there yet, with their deliveries. Returns the deliveries.</summary>
    public Task<List<PendingDelivery>> AddAsync(
        IReadOnlyList<NewEvent> events, Action<IReadOnlyList<PendingDelivery>> tell, CancellationToken cancellationToken) => WriteAsync(
        durable: true,
        async transaction =>
        {
            var added = new List<PendingDelivery>();
            foreach (var e in events)
            {
                var insert = Prepared(
                    "INSERT INTO webhook_events (event_id, customer_id, room_id, type, body, created_at) VALUES (@event, @customer, @room, @type, @body, @at) " +
                    "ON CONFLICT (event_id) DO NOTHING RETURNING seq",
                    transaction, ("@event", e.EventId.ToString("D")), ("@customer", e.CustomerId), ("@room", e.RoomId), ("@type", e.Type), ("@body", e.Body),
                    ("@at", e.At.ToUnixTimeMilliseconds()));
                if (await insert.ExecuteScalarAsync(cancellationToken) is not long seq) continue;
                foreach (var endpointId in e.EndpointIds)
                {
                    var id = await AddDeliveryAsync(transaction, seq, endpointId, e.RoomId, "", e.CustomerId, e.RoomId, e.Type, e.At, cancellationToken);
                    added.Add(new PendingDelivery(id, endpointId, e.RoomId, seq, e.EventId, e.Type, e.Body, "", false, 0, null, e.At, e.At));
                }
            }

            return added;
        },
        tell,
        cancellationToken);

    /// <summary>Adds deliveries again. Returns them.</summary>
    public Task<List<PendingDelivery>> RepeatAsync(
        IReadOnlyList<RepeatedDelivery> repeated, Action<IReadOnlyList<PendingDelivery>> tell, CancellationToken cancellationToken) => WriteAsync(
        durable: true,
        async transaction =>
        {
            var added = new List<PendingDelivery>();
            var now = time.GetUtcNow();
            foreach (var one in repeated)
            {
                var select = Prepared(
                    "SELECT e.seq, e.event_id, e.type, e.body, e.customer_id, e.room_id, d.endpoint_id FROM webhook_deliveries d JOIN webhook_events e ON e.seq = d.event_seq WHERE d.id = @id",
                    transaction, ("@id", one.DeliveryId));
                (long Seq, Guid EventId, string Type, byte[] Body, string CustomerId, string RoomId, string EndpointId) row;
                await using (var reader = await select.ExecuteReaderAsync(cancellationToken))
                {
                    if (!await reader.ReadAsync(cancellationToken)) continue;
                    row = (reader.GetInt64(0), Guid.Parse(reader.GetString(1)), reader.GetString(2), reader.Bytes(3), reader.GetString(4), reader.GetString(5), reader.GetString(6));
                }

                var id = await AddDeliveryAsync(transaction, row.Seq, row.EndpointId, one.Queue, one.Replay, row.CustomerId, row.RoomId, row.Type, now, cancellationToken);
                added.Add(new PendingDelivery(id, row.EndpointId, one.Queue, row.Seq, row.EventId, row.Type, row.Body, one.Replay, false, 0, null, now, now));
            }

            return added;
        },
        tell,
        cancellationToken);

    /// <summary>Writes down what attempts came to.</summary>
    public Task<bool> SettleAsync(IReadOnlyList<SettledAttempt> settled, Action<bool> tell, CancellationToken cancellationToken) => WriteAsync(
        durable: false,
        async transaction =>
        {
            foreach (var one in settled)
            {
                var (delivery, outcome) = (one.Delivery, one.Outcome);
                // What came of an attempt is truer than that it was called off meanwhile; only a further attempt is not wanted any more.
                await Prepared(
                    "UPDATE webhook_deliveries SET state = @state, aside = @aside, attempts = @attempts, first_at = @first, next_at = @next, last_at = @at, " +
                    "last_status = @status, last_ms = @ms, last_error = @error, last_reply = @reply WHERE id = @id AND (state = 1 OR (state = 4 AND @state <> 1))",
                    transaction, ("@state", (long)one.Decision.State), ("@aside", one.Aside ? 1L : 0L), ("@attempts", (long)one.Attempts),
                    ("@first", (delivery.FirstAt ?? outcome.At).ToUnixTimeMilliseconds()), ("@next", one.Decision.NextAt.ToUnixTimeMilliseconds()),
                    ("@at", outcome.At.ToUnixTimeMilliseconds()), ("@status", (long)outcome.Status), ("@ms", (long)outcome.Duration.TotalMilliseconds),
                    ("@error", outcome.Error), ("@reply", outcome.Reply), ("@id", delivery.Id)).ExecuteNonQueryAsync(cancellationToken);
                if (one.Decision.State == DeliveryState.Delivered) continue;
                await Prepared(
                    "INSERT INTO webhook_attempts (delivery_id, number, at, status, ms, error, reply) VALUES (@id, @number, @at, @status, @ms, @error, @reply) " +
                    "ON CONFLICT (delivery_id, number) DO NOTHING",
                    transaction, ("@id", delivery.Id), ("@number", (long)one.Attempts), ("@at", outcome.At.ToUnixTimeMilliseconds()),
                    ("@status", (long)outcome.Status), ("@ms", (long)outcome.Duration.TotalMilliseconds), ("@error", outcome.Error), ("@reply", outcome.Reply))
                    .ExecuteNonQueryAsync(cancellationToken);
            }

            return true;
        },
        tell,
        cancellationToken);

    /// <summary>The next deliveries of a queue behind an id; at most <see cref="LoadLimit"/>.</summary>
    public Task<List<PendingDelivery>> LoadAsync(
        string endpointId, string queue, long after, Action<IReadOnlyList<PendingDelivery>> tell, CancellationToken cancellationToken) => ReadAsync(
        $"SELECT {PendingColumns} FROM webhook_deliveries d JOIN webhook_events e ON e.seq = d.event_seq WHERE d.endpoint_id = @endpoint AND d.queue = @queue " +
        $"AND d.id > @after AND d.state = 1 AND d.aside = 0 ORDER BY d.id LIMIT {LoadLimit}",
        ReadPending, tell, cancellationToken, ("@endpoint", endpointId), ("@queue", queue), ("@after", after));

    /// <summary>Deliveries that were passed and are due.</summary>
    public Task<List<PendingDelivery>> LoadAsideAsync(Action<IReadOnlyList<PendingDelivery>> tell, CancellationToken cancellationToken) => ReadAsync(
        $"SELECT {PendingColumns} FROM webhook_deliveries d JOIN webhook_events e ON e.seq = d.event_seq WHERE d.state = 1 AND d.aside = 1 AND d.next_at <= @now " +
        $"ORDER BY d.next_at LIMIT {MaxAside}",
        ReadPending, tell, cancellationToken, ("@now", time.GetUtcNow().ToUnixTimeMilliseconds()));

    /// <summary>All queues with something pending; and the highest id of all deliveries, as a queue without a name and an endpoint.</summary>
    public Task<List<PendingQueue>> ListQueuesAsync(Action<IReadOnlyList<PendingQueue>> tell, CancellationToken cancellationToken) => ReadAsync(
        "SELECT endpoint_id, queue, MAX(id) FROM webhook_deliveries WHERE state = 1 AND aside = 0 GROUP BY endpoint_id, queue " +
        "UNION ALL SELECT '', '', COALESCE(MAX(id), 0) FROM webhook_deliveries",
        reader => new PendingQueue(reader.GetString(0), reader.GetString(1), reader.GetInt64(2)), tell, cancellationToken);

    /// <summary>The highest id of all deliveries; 0 without any.</summary>
    public Task<List<long>> ReadLastIdAsync(Action<IReadOnlyList<long>> tell, CancellationToken cancellationToken) => ReadAsync(
        "SELECT COALESCE(MAX(id), 0) FROM webhook_deliveries", reader => reader.GetInt64(0), tell, cancellationToken);

    /// <summary>What is sent for an event; null where it is gone.</summary>
    public async Task<byte[]?> ReadBodyAsync(long eventSeq, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var found = await connection.ReadAsync("SELECT body FROM webhook_events WHERE seq = @seq", reader => reader.Bytes(0), cancellationToken, ("@seq", eventSeq));
        return found.Count > 0 ? found[0] : null;
    }

    /// <summary>Ends whatever is pending for an endpoint.</summary>
    public Task<bool> CancelAsync(string endpointId, string reason, CancellationToken cancellationToken) => WriteAsync(
        durable: false,
        async transaction =>
        {
            await Prepared(
                "UPDATE webhook_deliveries SET state = @state, last_error = @reason WHERE endpoint_id = @endpoint AND state = 1",
                transaction, ("@state", (long)DeliveryState.Cancelled), ("@reason", reason), ("@endpoint", endpointId)).ExecuteNonQueryAsync(cancellationToken);
            return true;
        },
        _ => { },
        cancellationToken);

    /// <summary>Removes what is older than that, in portions so that nobody waits long; the number of deliveries removed.</summary>
    public async Task<int> TrimAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        var total = 0;
        while (true)
        {
            var removed = await WriteAsync(
                durable: false,
                async transaction =>
                {
                    // Rows of one time are close to each other: the oldest ids are looked at, and nothing else.
                    var count = await Prepared(
                        $"DELETE FROM webhook_deliveries WHERE id IN (SELECT id FROM webhook_deliveries ORDER BY id LIMIT {TrimBatch}) AND created_at < @before",
                        transaction, ("@before", before.ToUnixTimeMilliseconds())).ExecuteNonQueryAsync(cancellationToken);
                    await Prepared(
                        "DELETE FROM webhook_attempts WHERE delivery_id < (SELECT COALESCE(MIN(id), 9223372036854775807) FROM webhook_deliveries)", transaction)
                        .ExecuteNonQueryAsync(cancellationToken);
                    // A day later, as what is repeated today may be as old as that.
                    await Prepared(
                        $"DELETE FROM webhook_events WHERE seq IN (SELECT seq FROM webhook_events ORDER BY seq LIMIT {TrimBatch}) AND created_at < @before",
                        transaction, ("@before", before.AddDays(-1).ToUnixTimeMilliseconds())).ExecuteNonQueryAsync(cancellationToken);
                    return count;
                },
                _ => { },
                cancellationToken);
            total += removed;
            if (removed < TrimBatch) return total;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _turn.WaitAsync();
        await CloseAsync();
        _turn.Dispose();
    }

    private static PendingDelivery ReadPending(DbDataReader reader) => new(
        reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.GetInt64(3), Guid.Parse(reader.GetString(4)), reader.GetString(5), reader.Bytes(6),
        reader.GetString(7), reader.GetInt64(8) == 1, (int)reader.GetInt64(9), reader.TimeOrNever(10), reader.Time(11), reader.Time(12));

    private async Task<long> AddDeliveryAsync(
        DbTransaction transaction, long seq, string endpointId, string queue, string replay, string customerId, string roomId, string type, DateTimeOffset at,
        CancellationToken cancellationToken) => (long)(await Prepared(
        "INSERT INTO webhook_deliveries (event_seq, endpoint_id, queue, replay, state, aside, attempts, first_at, next_at, last_at, last_status, last_ms, last_error, " +
        "last_reply, customer_id, room_id, type, created_at) VALUES (@seq, @endpoint, @queue, @replay, 1, 0, 0, 0, @at, 0, 0, 0, '', '', @customer, @room, @type, @at) RETURNING id",
        transaction, ("@seq", seq), ("@endpoint", endpointId), ("@queue", queue), ("@replay", replay), ("@at", at.ToUnixTimeMilliseconds()),
        ("@customer", customerId), ("@room", roomId), ("@type", type)).ExecuteScalarAsync(cancellationToken))!;

    private async Task<T> WriteAsync<T>(bool durable, Func<DbTransaction, Task<T>> write, Action<T> tell, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var connection = _connection ??= await database.OpenAsync(cancellationToken);
            if (_durable != durable)
            {
                await database.SetDurableAsync(connection, durable, cancellationToken);
                _durable = durable;
            }

            T result;
            await using (var transaction = await connection.BeginTransactionAsync(cancellationToken))
            {
                result = await write(transaction);
                await transaction.CommitAsync(CancellationToken.None);
            }

            tell(result);
            return result;
        }
        catch
        {
            // A connection that failed is not trusted any more.
            await CloseAsync();
            throw;
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<List<T>> ReadAsync<T>(
        string text, Func<DbDataReader, T> read, Action<IReadOnlyList<T>> tell, CancellationToken cancellationToken, params (string Name, object Value)[] parameters)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var connection = _connection ??= await database.OpenAsync(cancellationToken);
            await using var reader = await Prepared(text, null, parameters).ExecuteReaderAsync(cancellationToken);
            var rows = new List<T>();
            while (await reader.ReadAsync(cancellationToken)) rows.Add(read(reader));
            tell(rows);
            return rows;
        }
        catch
        {
            await CloseAsync();
            throw;
        }
        finally
        {
            _turn.Release();
        }
    }

    // Statements are few and always the same: each is prepared once for the connection.
    private DbCommand Prepared(string text, DbTransaction? transaction, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        if (!_commands.TryGetValue(text, out var command))
        {
            command = _connection!.Command(text, parameters);
            _commands.Add(text, command);
            command.Transaction = transaction;
            command.Prepare();
            return command;
        }

        command.Transaction = transaction;
        for (var i = 0; i < parameters.Length; i++) command.Parameters[i].Value = parameters[i].Value;
        return command;
    }

    private async Task CloseAsync()
    {
        foreach (var command in _commands.Values) await command.DisposeAsync();
        _commands.Clear();
        if (_connection is not null) await _connection.DisposeAsync();
        _connection = null;
        _durable = null;
    }
}
