using LiveStream.Rooms.Catalog;
using LiveStream.Rooms.Endpoints.Rest;
using LiveStream.Rooms.Tokens;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace LiveStream.Rooms.Endpoints;

/// <summary>Rooms for servers: create or overwrite by name, get, update, list. There is no delete, by design.</summary>
internal static class RoomEndpoints
{
    public const string Prefix = "/v2/rooms";

    public static void MapRoomResources(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup(Prefix).AddEndpointFilter(new RequireToken(TokenType.Management));
        group.MapPost("", SaveRoom);
        group.MapGet("", ListRooms);
        group.MapGet("/{room_id}", GetRoom);
        group.MapPost("/{room_id}", ChangeRoom);
    }

    private static async Task<JsonHttpResult<RoomDto>> SaveRoom(HttpContext http, RoomCatalog rooms, CancellationToken cancellationToken)
    {
        var body = await BodyFields.ReadAsync(http.Request, RoomBody.MaxBytes, cancellationToken);
        var settings = RoomBody.ReadNew(body);
        body.Finish();
        var workspace = RestCaller.Of(http).Workspace;
        var room = await rooms.SaveAsync(workspace, settings, cancellationToken);
        return TypedResults.Json(RoomDto.Of(room, workspace, credentials: true), RoomRestJson.Default.RoomDto);
    }

    private static async Task<JsonHttpResult<RoomDto>> ChangeRoom(string room_id, HttpContext http, RoomCatalog rooms, CancellationToken cancellationToken)
    {
        var body = await BodyFields.ReadAsync(http.Request, RoomBody.MaxBytes, cancellationToken);
        var settings = RoomBody.ReadChange(body);
        body.Finish();
        var workspace = RestCaller.Of(http).Workspace;
        var room = await rooms.ChangeAsync(workspace, room_id, settings, cancellationToken);
        return TypedResults.Json(RoomDto.Of(room, workspace, credentials: true), RoomRestJson.Default.RoomDto);
    }

    private static async Task<JsonHttpResult<RoomDto>> GetRoom(string room_id, HttpContext http, RoomCatalog rooms, CancellationToken cancellationToken)
    {
        var workspace = RestCaller.Of(http).Workspace;
        var room = await rooms.GetAsync(workspace, room_id, cancellationToken);
        return TypedResults.Json(RoomDto.Of(room, workspace), RoomRestJson.Default.RoomDto);
    }

    private static async Task<JsonHttpResult<RoomPageDto>> ListRooms(HttpContext http, RoomCatalog rooms, CancellationToken cancellationToken)
    {
        var query = new QueryFields(http.Request);
        var page = query.Page();
        var filter = new RoomFilter(query.Flag("enabled"), query.Text("name"), query.Id("template_id"), query.Time("after"), query.Time("before"));
        var workspace = RestCaller.Of(http).Workspace;
        var found = await rooms.ListAsync(workspace, filter, page.Start, page.Limit, cancellationToken);
        var data = found.Select(room => RoomDto.Of(room, workspace, inList: true)).ToArray();
        return TypedResults.Json(new RoomPageDto(page.Limit, data, data.Length > 0 ? data[^1].Id : ""), RoomRestJson.Default.RoomPageDto);
    }
}
