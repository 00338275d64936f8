using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;

using Microsoft.AspNetCore.Http;

namespace LiveStream.Hosting.Errors;

/// <summary>
/// Reads a JSON request body whatever its Content-Type says: clients of the REST interface send bodies as
/// <c>text/plain</c>, or none at all.
/// </summary>
public static class JsonBody
{
    private static readonly JsonDocumentOptions s_strict = new() { AllowDuplicateProperties = false, MaxDepth = 32 };

    /// <summary>
    /// The body as <typeparamref name="T"/>; null for an empty one. Fails with <see cref="ApiException"/>:
    /// 413 above <paramref name="maxBytes"/>, 400 for anything but one JSON value of that shape.
    /// </summary>
    public static async Task<T?> ReadAsync<T>(HttpRequest request, JsonTypeInfo<T> type, int maxBytes, CancellationToken cancellationToken)
        where T : class
    {
        var body = await ReadBytesAsync(request, maxBytes, cancellationToken);
        if (body.AsSpan().Trim(" \t\r\n"u8).IsEmpty) return null;
        try
        {
            return JsonSerializer.Deserialize(body, type);
        }
        catch (JsonException e)
        {
            throw ApiException.InvalidBody(e.Path is { Length: > 1 } path ? path : "not JSON of the expected shape");
        }
    }

    /// <summary>
    /// The body as a JSON object whose names are all different; null for an empty one. Fails with <see cref="ApiException"/>
    /// as <see cref="ReadAsync"/> does.
    /// </summary>
    public static async Task<JsonElement?> ReadObjectAsync(HttpRequest request, int maxBytes, CancellationToken cancellationToken)
    {
        var body = await ReadBytesAsync(request, maxBytes, cancellationToken);
        if (body.AsSpan().Trim(" \t\r\n"u8).IsEmpty) return null;
        // Texts are read later, one by one, and must not fail then.
        if (!Utf8.IsValid(body)) throw ApiException.InvalidBody("not UTF-8");
        try
        {
            using var document = JsonDocument.Parse(body, s_strict);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document.RootElement.Clone()
                : throw ApiException.InvalidBody("not a JSON object");
        }
        // A name with half of a surrogate pair cannot be compared with the others.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw ApiException.InvalidBody("not a JSON object");
        }
    }

    /// <summary>The body as it came. Fails with <see cref="ApiException"/> 413 above <paramref name="maxBytes"/>.</summary>
    public static async Task<byte[]> ReadBytesAsync(HttpRequest request, int maxBytes, CancellationToken cancellationToken)
    {
        if (request.ContentLength > maxBytes) throw TooLarge(maxBytes);
        // One byte more than allowed tells a full body from one that goes on.
        var buffer = new byte[Math.Min(maxBytes, request.ContentLength ?? maxBytes) + 1];
        var length = await request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return length == buffer.Length ? throw TooLarge(maxBytes) : buffer[..length];
    }

    private static ApiException TooLarge(int maxBytes) =>
        new(StatusCodes.Status413PayloadTooLarge, "request body too large", $"body greater than {maxBytes} bytes");
}
