using System.Text.RegularExpressions;

using Microsoft.AspNetCore.Http;

namespace LiveStream.Rooms.WebClient;

/// <summary>
/// The Content-Security-Policy of the client's pages: nothing runs but the server's own files, and nothing is asked of another
/// host. What it lets through beyond that, and why, is in <c>docs/web-client.md</c>.
/// </summary>
internal static partial class PagePolicy
{
    /// <summary>The policy of one page.</summary>
    /// <param name="nonce">What style elements carry that libraries make while they run.</param>
    /// <param name="publicUrl">Where browsers reach the server; streams and sockets are told by it.</param>
    /// <param name="host">What this browser called, which may be another name of the same server.</param>
    /// <param name="ancestors">Sites that may show the page in a frame.</param>
    public static string For(string nonce, string publicUrl, HostString host, string ancestors)
    {
        var origin = new Uri(publicUrl).GetLeftPart(UriPartial.Authority);
        // Some browsers take 'self' for http only; sockets are named.
        var sockets = "ws" + origin["http".Length..];
        if (host.HasValue && PlainHost().IsMatch(host.Value)) sockets += $" ws://{host.Value} wss://{host.Value}";
        return string.Join(
            "; ",
            "default-src 'none'",
            "script-src 'self'",
            $"style-src 'self' 'nonce-{nonce}'",
            $"connect-src 'self' {origin} {sockets}",
            // A camera's picture is a blob, and so is what a player appends to.
            $"media-src 'self' blob: {origin}",
            "img-src 'self' data: blob:",
            "font-src 'self'",
            // Timers that a background tab does not slow down.
            "worker-src 'self' blob:",
            "manifest-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            $"frame-ancestors {ancestors}");
    }

    [GeneratedRegex(@"\A[A-Za-z0-9.\-_\[\]:]{1,260}\z")]
    private static partial Regex PlainHost();
}
