using System.Text.Json.Serialization;

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
/// <param name="Secret">The key's secret; never shown.</param>
public sealed record UploadInfo(
    [property: JsonPropertyName("type")] string Type,
    [property: JsonPropertyName("location")] string Location,
    [property: JsonPropertyName("prefix")] string Prefix,
    [property: JsonPropertyName("region")] string? Region,
    [property: JsonPropertyName("key")] string? Key,
    [property: JsonPropertyName("secret")] string? Secret)
{
    private static readonly string[] s_types = ["s3", "gs", "oss", "azure"];

    /// <summary>Whether there is such a kind of storage.</summary>
    public static bool IsType(string text) => s_types.Contains(text, StringComparer.Ordinal);
}

/// <summary>Where a room's events are sent.</summary>
/// <param name="Url">An http or https address.</param>
/// <param name="Headers">Sent along with each event.</param>
public sealed record RoomWebhook(
    [property: JsonPropertyName("url")] string Url,
    [property: JsonPropertyName("headers")] IReadOnlyDictionary<string, string> Headers);

/// <summary>Generated JSON of a room's parts as the database keeps them.</summary>
[JsonSerializable(typeof(RoomRecording))]
[JsonSerializable(typeof(RoomWebhook))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
internal sealed partial class RoomJson : JsonSerializerContext;
