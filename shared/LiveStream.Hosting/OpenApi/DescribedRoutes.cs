using System.Reflection;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace LiveStream.Hosting.OpenApi;

/// <summary>Routes that the API's document describes.</summary>
public static class DescribedRoutes
{
    /// <summary>
    /// A group whose endpoints tell the document the type of their reply, which is that of their handler, and carry their
    /// sample.
    /// </summary>
    public static RouteGroupBuilder MapDescribed(this IEndpointRouteBuilder routes, IReadOnlyDictionary<string, ApiSample> samples)
    {
        var group = routes.MapGroup("");
        ((IEndpointConventionBuilder)group).Add(endpoint =>
        {
            if (endpoint.Metadata.OfType<MethodInfo>().FirstOrDefault() is { } handler && ReplyOf(handler.ReturnType) is { } reply)
                endpoint.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, reply, ["application/json"]));
            if (endpoint is not RouteEndpointBuilder { RoutePattern.RawText: { } pattern } || endpoint.Metadata.OfType<IHttpMethodMetadata>().LastOrDefault() is not { } methods) return;
            // A parameter that takes the rest of the path has asterisks here and none in the document.
            var path = "/" + pattern.Trim('/').Replace("*", "", StringComparison.Ordinal);
            foreach (var method in methods.HttpMethods)
            {
                if (samples.TryGetValue($"{method} {path}", out var sample)) endpoint.Metadata.Add(sample);
            }
        });
        return group;
    }

    // Task<JsonHttpResult<T>> and the like; results that describe themselves (Ok<T>, NoContent) are left alone.
    private static Type? ReplyOf(Type result)
    {
        if (!result.IsGenericType) return null;
        var kind = result.GetGenericTypeDefinition();
        if (kind == typeof(Task<>) || kind == typeof(ValueTask<>)) return ReplyOf(result.GetGenericArguments()[0]);
        return kind == typeof(JsonHttpResult<>) ? result.GetGenericArguments()[0] : null;
    }
}
