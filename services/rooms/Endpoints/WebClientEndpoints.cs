using LiveStream.Rooms.WebClient;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace LiveStream.Rooms.Endpoints;

/// <summary>The web client: a start page, a room by its code, the player alone, and what these load.</summary>
internal static class WebClientEndpoints
{
    /// <summary>A room, for whoever has a code of it.</summary>
    public const string MeetingPath = "/meeting";

    /// <summary>The player of a room's stream, for frames in other sites.</summary>
    public const string EmbedPath = "/embed";

    /// <summary>Files whose names change with what is in them.</summary>
    public const string AssetsPath = "/assets";

    private static readonly string[] s_methods = ["GET", "HEAD"];

    public static void MapWebClient(this IEndpointRouteBuilder routes)
    {
        var pages = routes.MapGroup("").ExcludeFromDescription();
        pages.MapMethods("/", s_methods, (HttpContext http, PageWriter page) => page.Write(http, "index"));
        // Whether the code opens a room the page asks itself, and says so in its own words.
        pages.MapMethods(MeetingPath + "/{code}", s_methods, (HttpContext http, PageWriter page) => page.Write(http, "meeting"));
        pages.MapMethods(EmbedPath + "/{code}", s_methods, (HttpContext http, PageWriter page) => page.Write(http, "embed"));
        pages.MapMethods(MeetingPath, s_methods, () => TypedResults.LocalRedirect("/"));
        pages.MapMethods(AssetsPath + "/{name}", s_methods, GetAsset);
    }

    private static Results<PhysicalFileHttpResult, NotFound> GetAsset(HttpContext http, WebClientFiles files, string name)
    {
        if (!files.Assets.TryGetValue(name, out var asset)) return TypedResults.NotFound();
        var headers = http.Response.Headers;
        headers.CacheControl = "public, max-age=31536000, immutable";
        headers.XContentTypeOptions = "nosniff";
        headers.Vary = HeaderNames.AcceptEncoding;
        var encoding = EncodingFor(http.Request, asset);
        if (encoding is not null) headers.ContentEncoding = encoding == "gz" ? "gzip" : encoding;
        return TypedResults.PhysicalFile(
            encoding is null ? asset.Path : $"{asset.Path}.{encoding}",
            asset.ContentType,
            entityTag: new EntityTagHeaderValue($"\"{encoding ?? "as-is"}\""));
    }

    /// <summary>The first encoding that is there and accepted by name (RFC 9110 §12.5.3); null for the file as it is.</summary>
    private static string? EncodingFor(HttpRequest request, WebAsset asset)
    {
        var accepted = request.GetTypedHeaders().AcceptEncoding;
        foreach (var encoding in asset.Encodings)
        {
            var name = encoding == "gz" ? "gzip" : encoding;
            if (accepted.Any(value => value.Value.Equals(name, StringComparison.OrdinalIgnoreCase) && value.Quality is null or > 0)) return encoding;
        }

        return null;
    }
}
