using System.Text.Json;
using System.Text.Json.Serialization;

using LiveStream.Storage.Sealing;

namespace LiveStream.Rooms.Domain;

/// <summary>How a room is recorded, whatever its template says.</summary>
/// <param name="Enabled">Each session is recorded.</param>
/// <param name="UploadInfo">Where recordings go; null for the server's own storage.</param>
public sealed record RoomRecording(
    [property: JsonPropertyName("enabled")] bool Enabled,
    [property: JsonPropertyName("upload_info")] UploadInfo? UploadInfo);

/// <summary>A bucket of the customer.</summary>
/// <param name="Type"><c>s3</c>, <c>gs</c>, <c>oss</c> or <c>azure</c>.</param>
/// <param name="Location">The bucket.</param>
/// <param name="Prefix">Start of every path in it.</param>
/// <param name="Region">The bucket's region, where it has one.</param>
/// <param name="Key">Name of the key; never shown by a read.</param>
/// <param name="Secret">The key's secret; never shown. Sealed once it is part of a room.</param>
public sealed record UploadInfo(
    [property: JsonPropertyName("type")] string Type,
    [property: JsonPropertyName("location")] string Location,
    [property: JsonPropertyName("prefix")] string Prefix,
    [property: JsonPropertyName("region")] string? Region,
    [property: JsonPropertyName("key")] string? Key,
    [property: JsonPropertyName("secret")] string? Secret)
{
    /// <summary>Shown instead of a secret; sent back with the same key it means the secret that is there.</summary>
    public const string HiddenSecret = "********";

    private static readonly string[] s_types = ["s3", "gs", "oss", "azure"];

    /// <summary>Whether there is such a kind of storage.</summary>
    public static bool IsType(string text) => s_types.Contains(text, StringComparer.Ordinal);

    /// <summary>
    /// For a room that has <paramref name="current"/>: with that one's key and secret where this one was shown without and sent back, else
    /// with its own, sealed.
    /// </summary>
    public UploadInfo Kept(UploadInfo? current, string roomId, SecretSeal seal)
    {
        // A read shows neither: what was read and is sent back keeps both.
        if (Key is null && Secret is null && current is not null && (current.Type, current.Location) == (Type, Location))
            return this with { Key = current.Key, Secret = current.Secret };
        if (Secret == HiddenSecret && Key is not null && Key == current?.Key) return this with { Secret = current.Secret };
        return Secret is null ? this : this with { Secret = seal.SealText(Secret, OwnerOf(roomId)) };
    }

    /// <summary>The row that secrets are sealed for.</summary>
    internal static string OwnerOf(string roomId) => $"rooms.recording/{roomId}";
}

/// <summary>Where a room's events are sent.</summary>
/// <param name="Url">An http or https address.</param>
/// <param name="Headers">Sent along with each event.</param>
public sealed record RoomWebhook(
    [property: JsonPropertyName("url")] string Url,
    [property: JsonPropertyName("headers")] IReadOnlyDictionary<string, string> Headers);

/// <summary>A room's webhook as the database has it.</summary>
/// <param name="Url">Where events are sent.</param>
/// <param name="Headers">The headers' JSON, sealed.</param>
public sealed record SealedWebhook(
    [property: JsonPropertyName("url")] string Url,
    [property: JsonPropertyName("headers")] string Headers)
{
    /// <summary>The webhook, for that room.</summary>
    public static SealedWebhook Of(RoomWebhook webhook, string roomId, SecretSeal seal) => new(
        webhook.Url, seal.SealText(JsonSerializer.Serialize(webhook.Headers, RoomJson.Default.IReadOnlyDictionaryStringString), OwnerOf(roomId)));

    /// <summary>With its headers.</summary>
    public RoomWebhook Open(string roomId, SecretSeal seal) => new(
        Url, JsonSerializer.Deserialize(seal.OpenText(Headers, OwnerOf(roomId)), RoomJson.Default.IReadOnlyDictionaryStringString)!);

    /// <summary>The row that headers are sealed for.</summary>
    internal static string OwnerOf(string roomId) => $"rooms.webhook/{roomId}";
}

/// <summary>Generated JSON of a room's parts as the database keeps them.</summary>
[JsonSerializable(typeof(RoomRecording))]
[JsonSerializable(typeof(SealedWebhook))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
internal sealed partial class RoomJson : JsonSerializerContext;
