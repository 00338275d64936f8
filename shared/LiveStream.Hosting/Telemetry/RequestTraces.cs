using System.Diagnostics;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace LiveStream.Hosting.Telemetry;

/// <summary>
/// Says in a request's trace what was asked for, and puts the room's id into the logs of the request. The route is told, never
/// the path: paths hold room codes.
/// </summary>
internal static class RequestTraces
{
    private static readonly string[] s_roomNames = ["room_id", "roomId"];

    public static void UseRequestTraces(this WebApplication app)
    {
        var logger = app.Logger;
        app.Use(async (context, next) =>
        {
            using var scope = RoomOf(context) is { } room ? logger.BeginScope(new KeyValuePair<string, object>[] { new("room_id", room) }) : null;
            try
            {
                await next(context);
            }
            finally
            {
                if (Activity.Current is { IsAllDataRequested: true } activity) Describe(activity, context);
            }
        });
    }

    private static string? RoomOf(HttpContext context) => s_roomNames.Select(name => context.GetRouteValue(name) as string).FirstOrDefault(value => value is { Length: > 0 and <= 64 });

    private static void Describe(Activity activity, HttpContext context)
    {
        var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText;
        if (route is "/healthz" or "/readyz" or "/metrics")
        {
            // Somebody looks whether the process lives.
            activity.IsAllDataRequested = false;
            activity.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
            return;
        }

        activity.DisplayName = route is null ? context.Request.Method : $"{context.Request.Method} {route}";
        activity.SetTag("http.request.method", context.Request.Method);
        activity.SetTag("http.route", route);
        activity.SetTag("http.response.status_code", context.Response.StatusCode);
        if (RoomOf(context) is { } room) activity.SetTag("livestream.room_id", room);
        if (context.Response.StatusCode >= StatusCodes.Status500InternalServerError) activity.SetStatus(ActivityStatusCode.Error);
    }
}
