using System.Data.Common;
using System.Text.Json;
using System.Text.Json.Serialization;

using LiveStream.Storage.Sealing;
using LiveStream.Webhooks.Destinations;
using LiveStream.Webhooks.Signing;

namespace LiveStream.Webhooks.Storage;

/// <summary>Rows of endpoints and of keys; headers and keys are sealed.</summary>
internal sealed class EndpointStore(WebhookDatabase database, SecretSeal<WebhooksOptions> seal, TimeProvider time)
{
    private const string Columns =
        "id, customer_id, room_id, source, url, headers, event_types, description, ordered, enabled, disabled_reason, failing_since, created_at, updated_at";

    private const string Changed = "UPDATE webhook_catalog SET version = version + 1";

    /// <summary>A number that grows with every change of an endpoint or key, whichever process makes it.</summary>
    public async Task<long> ReadVersionAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return await VersionAsync(connection, cancellationToken);
    }

    /// <summary>All endpoints, with their keys, and the version that they have at least.</summary>
    public async Task<(List<WebhookEndpoint> Endpoints, long Version)> ListAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        // First: what changes while they are read is read once more.
        var version = await VersionAsync(connection, cancellationToken);
        var keys = (await connection.ReadAsync(
            "SELECT id, owner, kind, secret, expires_at FROM webhook_secrets ORDER BY id DESC",
            reader => (Owner: reader.GetString(1), Key: ReadKey(reader, reader.GetString(1))), cancellationToken))
            .ToLookup(row => row.Owner, row => row.Key, StringComparer.Ordinal);
        var endpoints = await connection.ReadAsync($"SELECT {Columns} FROM webhook_endpoints ORDER BY id", Read, cancellationToken);
        return (endpoints.ConvertAll(endpoint => endpoint with { Keys = [.. keys[endpoint.KeyOwner]] }), version);
    }

    /// <summary>
    /// Adds an endpoint, or replaces the one of that id; keys are not touched. False, and nothing is done, where somebody else has
    /// changed something since <paramref name="seen"/>; else the version is the next one.
    /// </summary>
    public async Task<bool> TrySaveAsync(WebhookEndpoint endpoint, long seen, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await InAsync(transaction, "UPDATE webhook_catalog SET version = version + 1 WHERE version = @seen", [("@seen", seen)], cancellationToken) == 0) return false;
        await InAsync(
            transaction,
            $"INSERT INTO webhook_endpoints ({Columns}) VALUES (@id, @customer, @room, @source, @url, @headers, @types, @description, @ordered, @enabled, @reason, @failing, @created, @updated) " +
            "ON CONFLICT (id) DO UPDATE SET url = excluded.url, headers = excluded.headers, event_types = excluded.event_types, description = excluded.description, " +
            "ordered = excluded.ordered, enabled = excluded.enabled, disabled_reason = excluded.disabled_reason, failing_since = excluded.failing_since, updated_at = excluded.updated_at",
            [
            ("@id", endpoint.Id), ("@customer", endpoint.CustomerId), ("@room", endpoint.RoomId), ("@source", endpoint.Source), ("@url", endpoint.Url),
            ("@headers", seal.Seal(JsonSerializer.SerializeToUtf8Bytes(endpoint.Headers, StorageJson.Default.IReadOnlyDictionaryStringString), endpoint.Id)),
            ("@types", JsonSerializer.Serialize(endpoint.EventTypes, StorageJson.Default.IReadOnlyListString)), ("@description", endpoint.Description),
            ("@ordered", endpoint.Ordered ? 1L : 0L), ("@enabled", endpoint.Enabled ? 1L : 0L), ("@reason", endpoint.DisabledReason),
            ("@failing", endpoint.FailingSince.Milliseconds()), ("@created", endpoint.CreatedAt.ToUnixTimeMilliseconds()), ("@updated", endpoint.UpdatedAt.ToUnixTimeMilliseconds()),
            ],
            cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
        return true;
    }

    /// <summary>Removes an endpoint and its keys.</summary>
    public async Task DeleteAsync(string id, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await InAsync(transaction, Changed, [], cancellationToken);
        await InAsync(transaction, "DELETE FROM webhook_endpoints WHERE id = @id", [("@id", id)], cancellationToken);
        await InAsync(transaction, "DELETE FROM webhook_secrets WHERE owner = @id", [("@id", id)], cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
    }

    /// <summary>Keys of an endpoint or a workspace, the newest first.</summary>
    public async Task<List<SigningKey>> ListKeysAsync(string owner, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return await ReadKeysAsync(connection, owner, cancellationToken);
    }

    /// <summary>
    /// Adds a key. Those of its kind that sign already do so until <paramref name="oldExpire"/>, and of them only the newest: two at a
    /// time. Returns all keys of the owner.
    /// </summary>
    public async Task<List<SigningKey>> AddKeyAsync(string owner, SignatureKind kind, DateTimeOffset oldExpire, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await InAsync(transaction, Changed, [], cancellationToken);
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        (string, object)[] of = [("@owner", owner), ("@kind", (long)kind), ("@now", now), ("@old", oldExpire.ToUnixTimeMilliseconds())];
        await InAsync(transaction, "DELETE FROM webhook_secrets WHERE owner = @owner AND kind = @kind AND (expires_at <> 0 OR @old <= @now)", of, cancellationToken);
        await InAsync(transaction, "UPDATE webhook_secrets SET expires_at = @old WHERE owner = @owner AND kind = @kind AND @now >= 0", of, cancellationToken);
        (string, object)[] row = [("@owner", owner), ("@kind", (long)kind), ("@secret", seal.Seal(SigningKey.NewSecret(), owner)), ("@now", now)];
        await InAsync(transaction, "INSERT INTO webhook_secrets (owner, kind, secret, created_at, expires_at) VALUES (@owner, @kind, @secret, @now, 0)", row, cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
        return await ReadKeysAsync(connection, owner, cancellationToken);
    }

    /// <summary>The keys of a workspace, made now where there are none.</summary>
    public async Task<List<SigningKey>> EnsureKeysAsync(string owner, CancellationToken cancellationToken)
    {
        var keys = await ListKeysAsync(owner, cancellationToken);
        return keys.Count > 0 ? keys : await AddKeyAsync(owner, SignatureKind.Hmac, time.GetUtcNow(), cancellationToken);
    }

    private static async Task<long> VersionAsync(DbConnection connection, CancellationToken cancellationToken) =>
        (await connection.ReadAsync("SELECT version FROM webhook_catalog", reader => reader.GetInt64(0), cancellationToken))[0];

    private static async Task<int> InAsync(DbTransaction transaction, string text, (string, object)[] parameters, CancellationToken cancellationToken)
    {
        await using var command = transaction.Connection!.Command(text, parameters);
        command.Transaction = transaction;
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private Task<List<SigningKey>> ReadKeysAsync(DbConnection connection, string owner, CancellationToken cancellationToken) => connection.ReadAsync(
        "SELECT id, owner, kind, secret, expires_at FROM webhook_secrets WHERE owner = @owner ORDER BY id DESC", reader => ReadKey(reader, owner), cancellationToken, ("@owner", owner));

    private SigningKey ReadKey(DbDataReader reader, string owner) =>
        new(reader.GetInt64(0), (SignatureKind)reader.GetInt64(2), seal.Open(reader.Bytes(3), owner), reader.TimeOrNever(4));

    private WebhookEndpoint Read(DbDataReader reader) => new(
        reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetString(4),
        JsonSerializer.Deserialize(seal.Open(reader.Bytes(5), reader.GetString(0)), StorageJson.Default.IReadOnlyDictionaryStringString)!,
        JsonSerializer.Deserialize(reader.GetString(6), StorageJson.Default.IReadOnlyListString)!,
        reader.GetString(7), reader.GetInt64(8) == 1, reader.GetInt64(9) == 1, reader.GetString(10), reader.TimeOrNever(11), reader.Time(12), reader.Time(13));
}

/// <summary>Generated JSON of columns.</summary>
[JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
internal sealed partial class StorageJson : JsonSerializerContext;
