using System.Text.Json;
using System.Text.Json.Serialization;

namespace LiveStream.HlsPackager.Publish;

/// <summary><c>{"code":404,"message":"…","details":[]}</c>, as the platform's REST API writes errors.</summary>
internal sealed partial record ErrorBody(
    [property: JsonPropertyName("code")] int Code,
    [property: JsonPropertyName("message")] string Message,
    [property: JsonPropertyName("details")] IReadOnlyList<string> Details)
{
    public static string Write(int code, string message) =>
        JsonSerializer.Serialize(new ErrorBody(code, message, []), ErrorJson.Default.ErrorBody);

    [JsonSerializable(typeof(ErrorBody))]
    private sealed partial class ErrorJson : JsonSerializerContext;
}
