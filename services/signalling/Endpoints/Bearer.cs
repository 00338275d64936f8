using Microsoft.AspNetCore.Http;

namespace LiveStream.Signalling.Endpoints;

/// <summary>The bearer token of a request (RFC 6750 §2.1).</summary>
internal static class Bearer
{
    private const string Scheme = "Bearer ";

    // Far above any token of rooms; what is longer is not worth hashing.
    private const int MaxTokenLength = 8192;

    /// <summary>The token; empty when there is none. The scheme's name is case-insensitive (RFC 9110 §11.1).</summary>
    public static string TokenOf(HttpRequest request)
    {
        var header = request.Headers.Authorization;
        if (header.Count != 1 || header[0] is not { } value) return "";
        if (!value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)) return "";
        var token = value.AsSpan(Scheme.Length).Trim();
        return token.Length <= MaxTokenLength ? token.ToString() : "";
    }
}
