using System.Text.Json;
using System.Text.Json.Serialization;

namespace LiveStream.E2E.Tests.Harness;

/// <summary><c>workspace.json</c> as the product writes it on its first start.</summary>
public sealed record Workspace(
    [property: JsonPropertyName("customer_id")] string CustomerId,
    [property: JsonPropertyName("app_id")] string AppId,
    [property: JsonPropertyName("access_key")] string AccessKey,
    [property: JsonPropertyName("secret")] string Secret,
    [property: JsonPropertyName("room_id")] string RoomId,
    [property: JsonPropertyName("room_codes")] IReadOnlyDictionary<string, string> RoomCodes)
{
    public static Workspace Read(string dataDirectory) =>
        JsonSerializer.Deserialize<Workspace>(File.ReadAllText(Path.Combine(dataDirectory, "workspace.json")))
        ?? throw new InvalidDataException("workspace.json holds null");
}
