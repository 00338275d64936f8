using System.Buffers;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace LiveStream.Signalling.Endpoints;

/// <summary>Reads a request's body as bounded text of one media type.</summary>
internal static class RequestBody
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The body, or why it is refused: 415, 413 or 400.</summary>
    public static async Task<(string Text, Refusal? Refusal)> ReadAsync(HttpRequest request, string mediaType, int maxBytes)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            || !mediaType.Equals(type.MediaType, StringComparison.OrdinalIgnoreCase))
        {
            return ("", new Refusal(StatusCodes.Status415UnsupportedMediaType, $"the content type must be {mediaType}"));
        }
        var tooLarge = new Refusal(StatusCodes.Status413PayloadTooLarge, $"the body is longer than {maxBytes} bytes");
        if (request.ContentLength > maxBytes) return ("", tooLarge);

        // One byte more than allowed tells a body of just the right length from a longer one.
        var buffer = ArrayPool<byte>.Shared.Rent(maxBytes + 1);
        try
        {
            var length = await request.Body.ReadAtLeastAsync(
                buffer.AsMemory(0, maxBytes + 1), maxBytes + 1, throwOnEndOfStream: false, request.HttpContext.RequestAborted);
            if (length > maxBytes) return ("", tooLarge);
            return (StrictUtf8.GetString(buffer, 0, length), null);
        }
        catch (DecoderFallbackException)
        {
            return ("", new Refusal(StatusCodes.Status400BadRequest, "the body is not UTF-8"));
        }
        catch (BadHttpRequestException e)
        {
            return ("", new Refusal(e.StatusCode, "the body could not be read"));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
