using LiveStream.Hosting.Errors;
using LiveStream.Rooms.Endpoints.Rest;
using LiveStream.Rooms.Sessions;
using LiveStream.Rooms.Tokens;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace LiveStream.Rooms.Endpoints;

/// <summary>Sessions, open and closed, with who was in them.</summary>
internal static class SessionEndpoints
{
    public const string Prefix = "/v2/sessions";

    public static void MapSessions(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup(Prefix).AddEndpointFilter(new RequireToken(TokenType.Management));
        group.MapGet("", ListSessions);
        group.MapGet("/{session_id}", GetSession);
    }

    private static async Task<JsonHttpResult<SessionDto>> GetSession(
        string session_id, HttpContext http, SessionStore sessions, CancellationToken cancellationToken)
    {
        var workspace = RestCaller.Of(http).Workspace;
        var found = await sessions.FindAsync(workspace.CustomerId, session_id, cancellationToken)
            ?? throw new ApiException(StatusCodes.Status404NotFound, "session not found");
        return TypedResults.Json(SessionDto.Of(found, workspace), HistoryRestJson.Default.SessionDto);
    }

    private static async Task<JsonHttpResult<SessionPageDto>> ListSessions(HttpContext http, SessionStore sessions, CancellationToken cancellationToken)
    {
        var query = new QueryFields(http.Request);
        var page = query.Page();
        var filter = new SessionFilter(query.Flag("active"), query.Id("room_id"), query.Time("after"), query.Time("before"));
        var workspace = RestCaller.Of(http).Workspace;
        var found = await sessions.ListAsync(workspace.CustomerId, filter, page.Start, page.Limit, cancellationToken);
        var data = found.Select(view => SessionDto.Of(view, workspace)).ToArray();
        return TypedResults.Json(new SessionPageDto(page.Limit, data, data.Length > 0 ? data[^1].Id : ""), HistoryRestJson.Default.SessionPageDto);
    }
}
