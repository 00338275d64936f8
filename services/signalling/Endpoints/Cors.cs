using Microsoft.AspNetCore.Http;

namespace LiveStream.Signalling.Endpoints;

/// <summary>
/// Cross-origin access (Fetch standard): open to every page, since nothing rests on cookies. Also on refusals, so that a
/// page can read why.
/// </summary>
internal static class Cors
{
    /// <summary>Runs around every handler of the two protocols.</summary>
    public static ValueTask<object?> AddHeaders(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var headers = context.HttpContext.Response.Headers;
        headers.AccessControlAllowOrigin = "*";
        headers.AccessControlExposeHeaders = "Location, ETag, Link, Accept-Patch, Accept-Post, Retry-After, WWW-Authenticate";
        // Answers hold ICE passwords.
        headers.CacheControl = "no-store";
        return next(context);
    }

    /// <summary>Answers a preflight; never asks for a token, which a preflight cannot carry.</summary>
    public static void Allow(HttpResponse response, string methods)
    {
        var headers = response.Headers;
        headers.AccessControlAllowMethods = methods;
        headers.AccessControlAllowHeaders = "Authorization, Content-Type, If-Match";
        headers.AccessControlMaxAge = "86400";
        headers.Allow = methods;
    }
}
