using System.Globalization;
using LiveStream.HlsPackager.Playlist;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Headers;
using Microsoft.Net.Http.Headers;

namespace LiveStream.HlsPackager.Publish;

/// <summary>Answers of the HLS origin: open CORS, entity tags, ranges, gzip, and cache times that suit a CDN in front.</summary>
internal static class HlsResponse
{
    /// <summary>For names that are used once.</summary>
    public const string Immutable = "public, max-age=31536000, immutable";

    private const string PlaylistType = "application/vnd.apple.mpegurl";

    /// <summary>CORS for any page: nothing here depends on cookies or credentials.</summary>
    public static void AllowAnyOrigin(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.AccessControlAllowOrigin = "*";
        headers.AccessControlExposeHeaders = "Date, Age, Content-Length, Content-Range, ETag";
    }

    /// <summary>Answer to a CORS preflight.</summary>
    public static void Preflight(HttpContext context)
    {
        AllowAnyOrigin(context);
        var headers = context.Response.Headers;
        headers.AccessControlAllowMethods = "GET, HEAD, OPTIONS";
        headers.AccessControlAllowHeaders = context.Request.Headers.AccessControlRequestHeaders is { Count: > 0 } ? "*" : "Range, If-None-Match";
        headers.AccessControlMaxAge = "86400";
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    /// <summary>The error body of the platform's API; <paramref name="cache"/> is short so that a CDN asks again.</summary>
    public static Task ErrorAsync(HttpContext context, int status, string message, string cache = "no-store")
    {
        context.Response.StatusCode = status;
        context.Response.Headers.CacheControl = cache;
        context.Response.ContentType = "application/json";
        if (HttpMethods.IsHead(context.Request.Method)) return Task.CompletedTask;
        return context.Response.WriteAsync(ErrorBody.Write(status, message), context.RequestAborted);
    }

    public static Task NotFoundAsync(HttpContext context, string message) =>
        ErrorAsync(context, StatusCodes.Status404NotFound, message, "public, max-age=1");

    /// <summary>Sends a playlist, gzipped where the client takes it.</summary>
    public static async Task PlaylistAsync(HttpContext context, RenderedPlaylist playlist, TimeSpan maxAge)
    {
        var headers = context.Response.Headers;
        headers.CacheControl = string.Create(CultureInfo.InvariantCulture, $"public, max-age={(int)Math.Max(1, maxAge.TotalSeconds)}");
        headers.Vary = "Accept-Encoding";
        var compressed = AcceptsGzip(context.Request);
        // The compressed form is another representation: another strong tag.
        var etag = compressed ? string.Concat(playlist.ETag.AsSpan(0, playlist.ETag.Length - 1), "-gz\"") : playlist.ETag;
        headers.ETag = etag;
        if (IsUnchanged(context, etag)) return;

        if (compressed) headers.ContentEncoding = "gzip";
        var bytes = compressed ? playlist.Gzip : playlist.Bytes;
        context.Response.ContentType = PlaylistType;
        context.Response.ContentLength = bytes.Length;
        if (HttpMethods.IsHead(context.Request.Method)) return;
        await context.Response.BodyWriter.WriteAsync(bytes, context.RequestAborted).ConfigureAwait(false);
    }

    /// <summary>Sends an object or one range of it (RFC 9110 §14).</summary>
    public static async Task ObjectAsync(HttpContext context, MediaObject value)
    {
        var headers = context.Response.Headers;
        headers.CacheControl = Immutable;
        headers.ETag = value.ETag;
        headers.AcceptRanges = "bytes";
        if (IsUnchanged(context, value.ETag)) return;

        context.Response.ContentType = value.ContentType;
        var (offset, count) = (0L, value.Length);
        if (TryGetRange(context.Request, value) is { } range)
        {
            (offset, count) = range;
            if (count <= 0)
            {
                headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes */{value.Length}");
                headers.CacheControl = "no-store";
                context.Response.ContentLength = 0;
                context.Response.StatusCode = StatusCodes.Status416RangeNotSatisfiable;
                return;
            }

            context.Response.StatusCode = StatusCodes.Status206PartialContent;
            headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes {offset}-{offset + count - 1}/{value.Length}");
        }

        context.Response.ContentLength = count;
        if (HttpMethods.IsHead(context.Request.Method)) return;
        await value.WriteAsync(context.Response.BodyWriter, offset, count, context.RequestAborted).ConfigureAwait(false);
    }

    private static bool IsUnchanged(HttpContext context, string etag)
    {
        foreach (var known in new RequestHeaders(context.Request.Headers).IfNoneMatch)
        {
            if (known != EntityTagHeaderValue.Any && known.Tag != etag) continue;
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return true;
        }

        return false;
    }

    private static bool AcceptsGzip(HttpRequest request)
    {
        foreach (var encoding in new RequestHeaders(request.Headers).AcceptEncoding)
        {
            if (encoding.Value.Equals("gzip", StringComparison.OrdinalIgnoreCase)) return encoding.Quality is null or > 0;
        }

        return false;
    }

    // Null: the whole object, also for several ranges, other units, a stale If-Range or bad syntax. Count 0: not satisfiable.
    private static (long Offset, long Count)? TryGetRange(HttpRequest request, MediaObject value)
    {
        if (!RangeHeaderValue.TryParse(request.Headers.Range.ToString(), out var header) || header.Unit != "bytes" || header.Ranges.Count != 1) return null;
        var condition = request.Headers.IfRange.ToString();
        if (condition.Length > 0 && condition != value.ETag) return null;

        var range = header.Ranges.First();
        if (range.From is not { } from)
        {
            var suffix = Math.Min(range.To ?? 0, value.Length);
            return (value.Length - suffix, suffix);
        }

        if (from >= value.Length) return (0, 0);
        return (from, Math.Min(range.To ?? long.MaxValue, value.Length - 1) - from + 1);
    }
}
