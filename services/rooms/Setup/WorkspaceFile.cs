using System.Text.Json;
using System.Text.Json.Serialization;

namespace LiveStream.Rooms.Setup;

/// <summary>
/// <c>workspace.json</c>: the keys of the workspace and the codes of its demo room, for scripts and people on this
/// machine. A copy of what the database says, never read back.
/// </summary>
public sealed record WorkspaceFile
{
    /// <summary>Name of the file in the data folder.</summary>
    public const string FileName = "workspace.json";

    /// <summary>24 hex digits.</summary>
    [JsonPropertyName("customer_id")]
    public required string CustomerId { get; init; }

    /// <summary>24 hex digits.</summary>
    [JsonPropertyName("app_id")]
    public required string AppId { get; init; }

    /// <summary>Names the key in tokens.</summary>
    [JsonPropertyName("access_key")]
    public required string AccessKey { get; init; }

    /// <summary>The HS256 key.</summary>
    [JsonPropertyName("secret")]
    public required string Secret { get; init; }

    /// <summary>Signs webhooks that have no secret of their own: <c>whsec_</c> and Base64; null where the process has none.</summary>
    [JsonPropertyName("webhook_secret")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? WebhookSecret { get; init; }

    /// <summary>The demo room.</summary>
    [JsonPropertyName("room_id")]
    public required string RoomId { get; init; }

    /// <summary>The demo room's code of each role.</summary>
    [JsonPropertyName("room_codes")]
    public required IReadOnlyDictionary<string, string> RoomCodes { get; init; }

    /// <summary>The file's bytes, indented JSON.</summary>
    internal byte[] ToUtf8() => JsonSerializer.SerializeToUtf8Bytes(this, WorkspaceFileJson.Default.WorkspaceFile);
}

/// <summary>Generated JSON of <see cref="WorkspaceFile"/>.</summary>
[JsonSourceGenerationOptions(WriteIndented = true)]
[JsonSerializable(typeof(WorkspaceFile))]
internal sealed partial class WorkspaceFileJson : JsonSerializerContext;
