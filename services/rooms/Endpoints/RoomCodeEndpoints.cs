using LiveStream.Rooms.Catalog;
using LiveStream.Rooms.Endpoints.Rest;
using LiveStream.Rooms.Tokens;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace LiveStream.Rooms.Endpoints;

/// <summary>Codes that stand for a role in a room.</summary>
internal static class RoomCodeEndpoints
{
    public const string Prefix = "/v2/room-codes";

    private const int MaxBodyBytes = 4096;
    private const int DefaultLimit = 20;

    public static void MapRoomCodes(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup(Prefix).AddEndpointFilter(new RequireToken(TokenType.Management));
        group.MapPost("/room/{room_id}", SyncCodes);
        group.MapPost("/room/{room_id}/role/{role}", AddCode);
        group.MapGet("/room/{room_id}", ListCodes);
        group.MapPost("/code", SwitchCode);
    }

    private static async Task<JsonHttpResult<RoomCodesDto>> SyncCodes(string room_id, HttpContext http, RoomCodes codes, CancellationToken cancellationToken)
    {
        var all = await codes.SyncAsync(RestCaller.Of(http).Workspace, room_id, cancellationToken);
        return TypedResults.Json(new RoomCodesDto([.. all.Select(RoomCodeDto.Of)]), RoomRestJson.Default.RoomCodesDto);
    }

    private static async Task<JsonHttpResult<RoomCodeDto>> AddCode(
        string room_id, string role, HttpContext http, RoomCodes codes, CancellationToken cancellationToken)
    {
        var code = await codes.AddAsync(RestCaller.Of(http).Workspace, room_id, role, cancellationToken);
        return TypedResults.Json(RoomCodeDto.Of(code), RoomRestJson.Default.RoomCodeDto);
    }

    private static async Task<JsonHttpResult<RoomCodeDto>> SwitchCode(HttpContext http, RoomCodes codes, CancellationToken cancellationToken)
    {
        var body = await BodyFields.ReadAsync(http.Request, MaxBodyBytes, cancellationToken);
        var (code, enabled) = (body.Text("code", 64), body.Flag("enabled"));
        if (!code.IsGiven) body.Wrong("code is required");
        if (!enabled.IsGiven) body.Wrong("enabled is required");
        body.Finish();
        var changed = await codes.SwitchAsync(RestCaller.Of(http).Workspace, code.Value, enabled.Value, cancellationToken);
        return TypedResults.Json(RoomCodeDto.Of(changed), RoomRestJson.Default.RoomCodeDto);
    }

    private static async Task<JsonHttpResult<RoomCodePageDto>> ListCodes(string room_id, HttpContext http, RoomCodes codes, CancellationToken cancellationToken)
    {
        var query = new QueryFields(http.Request);
        var page = query.Page(DefaultLimit);
        var found = await codes.ListAsync(
            RestCaller.Of(http).Workspace, room_id, query.Text("role"), query.Flag("enabled"), page.Start, page.Limit, cancellationToken);
        // Codes have no id that callers see; a page that is not full is the last one and says so.
        var last = found.Count == page.Limit ? found[^1].Id : "";
        return TypedResults.Json(new RoomCodePageDto(page.Limit, [.. found.Select(RoomCodeDto.Of)], last), RoomRestJson.Default.RoomCodePageDto);
    }
}
