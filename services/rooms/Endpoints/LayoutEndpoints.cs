using LiveStream.Hosting.Errors;
using LiveStream.Rooms.Layouts;
using LiveStream.Rooms.Storage;
using LiveStream.Rooms.Tokens;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace LiveStream.Rooms.Endpoints;

/// <summary>What the Prebuilt client shows. Browsers of any origin ask for it, with their auth token.</summary>
internal static class LayoutEndpoints
{
    public const string Path = "/v2/layouts/ui";

    public static void MapLayouts(this IEndpointRouteBuilder routes)
    {
        var open = routes.MapGroup(Path).AddEndpointFilter<OpenCors>();
        open.MapGet("", GetLayouts).AddEndpointFilter(new RequireToken(TokenType.App));
        open.MapMethods("", ["OPTIONS"], () => TypedResults.NoContent());
    }

    private static async Task<JsonHttpResult<LayoutsReply>> GetLayouts(HttpContext http, RoomsStore store, CancellationToken cancellationToken)
    {
        var caller = RestCaller.Of(http);
        var room = await store.FindRoomAsync(caller.Workspace.CustomerId, caller.Client!.RoomId, cancellationToken) ?? throw new ApiException(404, "room not found");
        var role = caller.Client.Role is { } name ? room.Template.FindRole(name) : null;
        if (role is null) throw new ApiException(403, "role not allowed");
        var layouts = LayoutPolicy.LayoutsFor(room.Template, caller.Workspace.AppId, role.Name);
        return TypedResults.Json(new LayoutsReply(layouts), LayoutJson.Default.LayoutsReply);
    }

    /// <summary>Sets the headers when the reply begins: refusals carry them too, else a browser hides their body.</summary>
    private sealed class OpenCors : IEndpointFilter
    {
        public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
        {
            context.HttpContext.Response.OnStarting(
                static state =>
                {
                    var headers = ((HttpContext)state).Response.Headers;
                    headers.AccessControlAllowOrigin = "*";
                    headers.AccessControlAllowMethods = "GET, OPTIONS";
                    headers.AccessControlAllowHeaders = "*, Authorization, Content-Type";
                    headers.AccessControlMaxAge = "86400";
                    headers.CacheControl = "no-store";
                    return Task.CompletedTask;
                },
                context.HttpContext);
            return next(context);
        }
    }
}
