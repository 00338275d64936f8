using System.Data.Common;
using System.Text.Json.Nodes;

using LiveStream.Rooms.Domain;
using LiveStream.Rooms.Storage.Mappings;
using LiveStream.Storage.Sealing;

namespace LiveStream.Rooms.Storage;

/// <summary>
/// Seals the secrets that earlier versions kept readable, in one transaction: of all rows or of none. The keys of workspaces tell
/// whether it was done, as there is at least one wherever there is anything.
/// </summary>
internal sealed class StoredSecrets(DbTransaction transaction, SecretSeal seal)
{
    // Rows in memory at a time.
    private const int Portion = 500;

    private const string Readable = $"sealed_secret NOT LIKE '{SecretSeal.TextPrefix}%'";

    /// <summary>A value that was sealed, with its owner; null where there is none.</summary>
    public async Task<(byte[] Box, string Owner)?> SampleAsync(CancellationToken cancellationToken)
    {
        var rows = await ReadAsync($"SELECT access_key, sealed_secret FROM workspace_keys WHERE NOT ({Readable}) LIMIT 1", "", cancellationToken);
        return rows.Count > 0 ? (SecretSeal.BytesOf((string)rows[0].Value), WorkspaceKey.OwnerOf(rows[0].Id)) : null;
    }

    /// <summary>Seals everything, unless it is; the number of rows that were changed.</summary>
    public async Task<int> SealAsync(CancellationToken cancellationToken)
    {
        var keys = await ReadAsync($"SELECT access_key, sealed_secret FROM workspace_keys WHERE {Readable}", "", cancellationToken);
        if (keys.Count == 0) return 0;
        foreach (var (id, secret) in keys)
            await WriteAsync("UPDATE workspace_keys SET sealed_secret = @value WHERE access_key = @id", id, seal.SealText((string)secret, WorkspaceKey.OwnerOf(id)), cancellationToken);

        var secrets = await ReadAsync("SELECT name, sealed_secret FROM server_secrets", "", cancellationToken);
        foreach (var (id, secret) in secrets)
            await WriteAsync("UPDATE server_secrets SET sealed_secret = @value WHERE name = @id", id, seal.Seal((byte[])secret, ServerSecret.OwnerOf(id)), cancellationToken);

        return keys.Count + secrets.Count
            + await SealJsonAsync("rooms", "webhook", SealHeaders, cancellationToken)
            + await SealJsonAsync("rooms", "recording", SealUpload, cancellationToken)
            + await SealJsonAsync("templates", "document", SealCredentials, cancellationToken);
    }

    private bool SealHeaders(JsonNode webhook, string id)
    {
        webhook["headers"] = seal.SealText((webhook["headers"] ?? new JsonObject()).ToJsonString(), SealedWebhook.OwnerOf(id));
        return true;
    }

    private bool SealUpload(JsonNode recording, string id) => SealMember(recording["upload_info"], "secret", UploadInfo.OwnerOf(id));

    private bool SealCredentials(JsonNode document, string id) =>
        SealMember(document["settings"]?["recording"]?["upload"]?["credentials"], "secretKey", Template.OwnerOf(id));

    private bool SealMember(JsonNode? holder, string name, string owner)
    {
        if (holder is not JsonObject members || members[name] is not { } secret) return false;
        members[name] = seal.SealText((string)secret!, owner);
        return true;
    }

    private async Task<int> SealJsonAsync(string table, string column, Func<JsonNode, string, bool> change, CancellationToken cancellationToken)
    {
        var (count, last) = (0, "");
        while (true)
        {
            var rows = await ReadAsync($"SELECT id, {column} FROM {table} WHERE {column} IS NOT NULL AND id > @after ORDER BY id LIMIT {Portion}", last, cancellationToken);
            foreach (var (id, text) in rows)
            {
                last = id;
                var json = JsonNode.Parse((string)text)!;
                if (!change(json, id)) continue;
                await WriteAsync($"UPDATE {table} SET {column} = @value WHERE id = @id", id, json.ToJsonString(), cancellationToken);
                count++;
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

    private async Task WriteAsync(string sql, string id, object value, CancellationToken cancellationToken)
    {
        await using var command = CommandOf(sql);
        Add(command, "@id", id);
        Add(command, "@value", value);
        await command.ExecuteNonQueryAsync(cancellationToken);
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
