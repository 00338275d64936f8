using System.Security.Cryptography;

using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace LiveStream.Rooms.WebClient;

/// <summary>Sends a page with its policy and a nonce of its own.</summary>
internal sealed class PageWriter(WebClientFiles files, IOptions<WebClientOptions> options, IOptions<RoomsOptions> rooms)
{
    /// <summary>What the build left where the nonce goes; <c>web/vite.config.ts</c> names the same.</summary>
    public const string NoncePlaceholder = "__LIVESTREAM_NONCE__";

    private const string NotBuilt =
        """
        <!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark"><title>LiveStream</title>
        <h1>The web client is not built</h1>
        <p>It needs npm (Node.js 20 or later). Install it, then start again by run.sh, or build it by hand: npm ci --prefix web, npm run --prefix web build.</p>
        <p>The REST interface works without it: <a href="/v2/docs">/v2/docs</a>.</p></html>
        """;

    /// <summary>One page, or a page that says why it is not there.</summary>
    /// <param name="http">The request.</param>
    /// <param name="name">Of the page, without ending.</param>
    public ContentHttpResult Write(HttpContext http, string name)
    {
        var headers = http.Response.Headers;
        var nonce = Convert.ToBase64String(RandomNumberGenerator.GetBytes(18));
        var ancestors = name == "embed" ? options.Value.EmbedAncestors : options.Value.MeetingAncestors;
        headers.ContentSecurityPolicy = PagePolicy.For(nonce, rooms.Value.PublicUrl, http.Request.Host, ancestors);
        headers.XContentTypeOptions = "nosniff";
        // The address holds a room code, which is a key.
        headers["Referrer-Policy"] = "no-referrer";
        // The nonce is good for this answer only.
        headers.CacheControl = "no-store";
        return files.Pages.TryGetValue(name, out var page)
            ? TypedResults.Content(page.Replace(NoncePlaceholder, nonce, StringComparison.Ordinal), "text/html; charset=utf-8")
            : TypedResults.Content(NotBuilt, "text/html; charset=utf-8", statusCode: StatusCodes.Status503ServiceUnavailable);
    }
}
