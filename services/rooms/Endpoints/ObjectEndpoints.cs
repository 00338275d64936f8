using LiveStream.Hosting.Errors;
using LiveStream.Objects;
using LiveStream.Rooms.Recordings;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace LiveStream.Rooms.Endpoints;

/// <summary>Serves objects to whoever has a signed link, in whole or by ranges, to pages of any origin.</summary>
internal static class ObjectEndpoints
{
    public static void MapObjects(this IEndpointRouteBuilder routes) =>
        routes.MapMethods($"{ObjectLinks.Prefix}/{{ticket}}/{{**key}}", [HttpMethods.Get, HttpMethods.Head], GetObject);

    private static async Task<Results<FileStreamHttpResult, JsonHttpResult<ApiError>>> GetObject(
        string ticket, string? key, HttpResponse response, ObjectLinks links, IObjectStore store, CancellationToken cancellationToken)
    {
        response.Headers.AccessControlAllowOrigin = "*";
        response.Headers.AccessControlExposeHeaders = "Content-Length, Content-Range, Accept-Ranges, ETag";
        // The link is the right to read: caches on the way must not answer with the object once it has expired.
        response.Headers.CacheControl = "private, max-age=60";
        response.Headers.XContentTypeOptions = "nosniff";
        var error = await links.CheckAsync(ticket, key ?? "", cancellationToken);
        if (error == LinkError.Expired) return ApiResults.Error(StatusCodes.Status403Forbidden, "link expired");
        if (error != LinkError.None) return ApiResults.Error(StatusCodes.Status403Forbidden, "link not valid");
        if (await store.OpenAsync(key!, cancellationToken) is not { } found) return ApiResults.Error(StatusCodes.Status404NotFound, "object not found");
        return TypedResults.Stream(
            found.Content, found.ContentType, lastModified: found.ModifiedAt, entityTag: EntityTagHeaderValue.Parse(found.ETag), enableRangeProcessing: true);
    }
}
