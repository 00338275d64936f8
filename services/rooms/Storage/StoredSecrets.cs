using System.Data.Common;
using System.Text.Json.Nodes;

using LiveStream.Rooms.Domain;
using LiveStream.Rooms.Storage.Mappings;
using LiveStream.Storage.Sealing;

namespace LiveStream.Rooms.Storage;

/// <summary>
/// The secrets of all tables, of rows or of none in one transaction: sealed where earlier versions kept them readable, and sealed anew
/// after a change of the key. The keys of workspaces tell which of both it is, as there is at least one wherever there is anything.
/// </summary>
internal sealed class StoredSecrets(DbTransaction transaction, SecretSeal seal)
{
    // Rows in memory at a time.
    private const int Portion = 500;

    private const string Readable = $"sealed_secret NOT LIKE '{SecretSeal.TextPrefix}%'";

    /// <summary>What becomes of a value of that owner; null where it stays.</summary>
    private delegate string? Change(string value, string owner);

    /// <summary>A value that was sealed, with its owner; null where there is none.</summary>
    public async Task<(byte[] Box, string Owner)?> SampleAsync(CancellationToken cancellationToken)
    {
        var rows = await ReadAsync($"SELECT access_key, sealed_secret FROM workspace_keys WHERE NOT ({Readable}) LIMIT 1", "", cancellationToken);
        return rows.Count > 0 ? (SecretSeal.BytesOf((string)rows[0].Value), WorkspaceKey.OwnerOf(rows[0].Id)) : null;
    }

    /// <summary>Seals everything, unless it is; the number of rows that were changed.</summary>
    public async Task<int> SealAsync(CancellationToken cancellationToken)
    {
        var readable = await ReadAsync($"SELECT access_key, sealed_secret FROM workspace_keys WHERE {Readable} LIMIT 1", "", cancellationToken);
        return readable.Count == 0 ? 0 : await ChangeAsync(Readable, seal.SealText, seal.Seal, cancellationToken);
    }

    /// <summary>Seals with the key in use what another one sealed; the number of rows that were changed.</summary>
    public Task<int> ResealAsync(CancellationToken cancellationToken) => ChangeAsync($"NOT ({Readable})", seal.ResealText, seal.Reseal, cancellationToken);

    private async Task<int> ChangeAsync(string ofKeys, Change text, Func<ReadOnlySpan<byte>, string, byte[]?> bytes, CancellationToken cancellationToken)
    {
        var count = 0;
        foreach (var (id, value) in await ReadAsync($"SELECT access_key, sealed_secret FROM workspace_keys WHERE {ofKeys}", "", cancellationToken))
            if (text((string)value, WorkspaceKey.OwnerOf(id)) is { } changed)
                count += await WriteAsync("workspace_keys", "access_key", "sealed_secret", id, value, changed, cancellationToken);
        foreach (var (id, value) in await ReadAsync("SELECT name, sealed_secret FROM server_secrets", "", cancellationToken))
            if (bytes((byte[])value, ServerSecret.OwnerOf(id)) is { } changed)
                count += await WriteAsync("server_secrets", "name", "sealed_secret", id, value, changed, cancellationToken);

        return count
            + await ChangeJsonAsync("rooms", "webhook", (webhook, id) => ChangeHeaders(webhook, SealedWebhook.OwnerOf(id), text), cancellationToken)
            + await ChangeJsonAsync("rooms", "recording", (recording, id) => ChangeMember(recording["upload_info"], "secret", UploadInfo.OwnerOf(id), text), cancellationToken)
            + await ChangeJsonAsync("templates", "document", (document, id) => ChangeMember(
                document["settings"]?["recording"]?["upload"]?["credentials"], "secretKey", Template.OwnerOf(id), text), cancellationToken);
    }

    // Readable, they are an object; sealed, a text.
    private static bool ChangeHeaders(JsonNode webhook, string owner, Change change)
    {
        var headers = webhook["headers"] ?? new JsonObject();
        if (change(headers is JsonValue text ? (string)text! : headers.ToJsonString(), owner) is not { } changed) return false;
        webhook["headers"] = changed;
        return true;
    }

    private static bool ChangeMember(JsonNode? holder, string name, string owner, Change change)
    {
        if (holder is not JsonObject members || members[name] is not { } secret || change((string)secret!, owner) is not { } changed) return false;
        members[name] = changed;
        return true;
    }

    private async Task<int> ChangeJsonAsync(string table, string column, Func<JsonNode, string, bool> change, CancellationToken cancellationToken)
    {
        var (count, last) = (0, "");
        while (true)
        {
            var rows = await ReadAsync($"SELECT id, {column} FROM {table} WHERE {column} IS NOT NULL AND id > @after ORDER BY id LIMIT {Portion}", last, cancellationToken);
            foreach (var (id, text) in rows)
            {
                last = id;
                var json = JsonNode.Parse((string)text)!;
                if (change(json, id)) count += await WriteAsync(table, "id", column, id, text, json.ToJsonString(), cancellationToken);
            }

            if (rows.Count < Portion) return count;
        }
    }

    private async Task<List<(string Id, object Value)>> ReadAsync(string sql, string after, CancellationToken cancellationToken)
    {
        await using var command = CommandOf(sql);
        if (sql.Contains("@after", StringComparison.Ordinal)) Add(command, "@after", after);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<(string, object)>();
        while (await reader.ReadAsync(cancellationToken)) rows.Add((reader.GetString(0), reader.GetValue(1)));
        return rows;
    }

    // Only what is still as it was read: a row that another process has changed meanwhile is sealed by that one.
    private async Task<int> WriteAsync(string table, string key, string column, string id, object read, object value, CancellationToken cancellationToken)
    {
        await using var command = CommandOf($"UPDATE {table} SET {column} = @value WHERE {key} = @id AND {column} = @read");
        Add(command, "@id", id);
        Add(command, "@read", read);
        Add(command, "@value", value);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private DbCommand CommandOf(string sql)
    {
        var command = transaction.Connection!.CreateCommand();
        command.Transaction = transaction;
#pragma warning disable CA2100 // Names are constants above; values go by parameters.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command;
    }

    private static void Add(DbCommand command, string name, object value)
    {
        var parameter = command.CreateParameter();
        parameter.ParameterName = name;
        parameter.Value = value;
        command.Parameters.Add(parameter);
    }
}
