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
    /// <summary>Shown instead of a secret; sent back with the same key it means the secret that is there.</summary>
    public const string HiddenSecret = "********";

    private static readonly string[] s_types = ["s3", "gs", "oss", "azure"];

    /// <summary>Whether there is such a kind of storage.</summary>
    public static bool IsType(string text) => s_types.Contains(text, StringComparer.Ordinal);

    /// <summary>With the secret of <paramref name="current"/> where this one was shown without and sent back.</summary>
    public UploadInfo KeepHidden(UploadInfo? current) =>
        Secret == HiddenSecret && Key is not null && Key == current?.Key ? this with { Secret = current.Secret } : this;
}

/// <summary>Where a room's events are sent.</summary>
/// <param name="Url">An http or https address.</param>
/// <param name="Headers">Sent along with each event.</param>
public sealed record RoomWebhook(
    [property: JsonPropertyName("url")] string Url,
    [property: JsonPropertyName("headers")] IReadOnlyDictionary<string, string> Headers)
{
    /// <summary>Whether events can be sent there.</summary>
    public static bool IsUrl(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps) && uri.Host.Length > 0;

    /// <summary>Whether it can be sent as a header: a token (RFC 9110 §5.6.2) and visible ASCII, spaces and tabs.</summary>
    public static bool IsHeader(string name, string value)
    {
        const string Marks = "!#$%&'*+-.^_`|~";
        return name.Length is > 0 and <= 256
            && name.All(c => char.IsAsciiLetterOrDigit(c) || Marks.Contains(c, StringComparison.Ordinal))
            && value.All(c => c is >= ' ' and <= '~' or '\t');
    }
}

/// <summary>Generated JSON of a room's parts as the database keeps them.</summary>
[JsonSerializable(typeof(RoomRecording))]
[JsonSerializable(typeof(RoomWebhook))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
internal sealed partial class RoomJson : JsonSerializerContext;
