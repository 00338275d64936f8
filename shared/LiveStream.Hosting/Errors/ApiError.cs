using System.Text.Json.Serialization;

namespace LiveStream.Hosting.Errors;

/// <summary>The body of every error reply: <c>{"code":404,"message":"room not found","details":[]}</c>.</summary>
/// <param name="Code">Repeats the HTTP status.</param>
/// <param name="Message">Short text, stable enough to compare with.</param>
/// <param name="Details">Further texts, such as which field is wrong.</param>
public sealed record ApiError(
    [property: JsonPropertyName("code")] int Code,
    [property: JsonPropertyName("message")] string Message,
    [property: JsonPropertyName("details")] IReadOnlyList<string> Details);

/// <summary>Generated JSON of the shapes that every service sends.</summary>
[JsonSerializable(typeof(ApiError))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
internal sealed partial class HostingJson : JsonSerializerContext;
