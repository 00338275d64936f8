using LiveStream.Contracts;
using LiveStream.Contracts.RoomControl;
using LiveStream.Contracts.RoomControl.V1;
using LiveStream.Hosting.Errors;
using LiveStream.Rooms.Catalog;
using LiveStream.Rooms.Domain;
using LiveStream.Rooms.Endpoints.Rest;
using LiveStream.Rooms.Storage;
using LiveStream.Rooms.Tokens;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace LiveStream.Rooms.Endpoints;

/// <summary>
/// What servers see and do in a room while people are in it. The request is checked first (400), then the room (404
/// <c>room not found</c>), then whoever admits people is asked (404 <c>room not active</c> or <c>peer not found</c>).
/// </summary>
internal static class ActiveRoomEndpoints
{
    public const string Prefix = "/v2/active-rooms";

    public static void MapActiveRooms(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup($"{Prefix}/{{room_id}}").AddEndpointFilter(new RequireToken(TokenType.Management));
        group.MapGet("", GetActiveRoom);
        group.MapGet("/peers", ListPeers);
        group.MapGet("/peers/{peer_id}", GetPeer);
        group.MapPost("/peers/{peer_id}", UpdatePeer);
        group.MapPost("/send-message", SendMessage);
        group.MapPost("/remove-peers", RemovePeers);
        group.MapPost("/end-room", EndRoom);
    }

    private static async Task<JsonHttpResult<ActiveRoomDto>> GetActiveRoom(
        string room_id, HttpContext http, RoomsStore rooms, IRoomControl control, CancellationToken cancellationToken)
    {
        var room = await RoomAsync(http, rooms, room_id, cancellationToken);
        var active = await control.GetActiveRoomAsync(new GetActiveRoomRequest { RoomId = room.Room.Id }, cancellationToken);
        return TypedResults.Json(ActiveRoomDto.Of(active, room.Room), HistoryRestJson.Default.ActiveRoomDto);
    }

    private static async Task<JsonHttpResult<ActivePeersDto>> ListPeers(
        string room_id, HttpContext http, RoomsStore rooms, IRoomControl control, CancellationToken cancellationToken)
    {
        var query = new QueryFields(http.Request);
        var request = new ListPeersRequest { UserId = query.Text("user_id") ?? "", Role = query.Text("role") ?? "" };
        request.RoomId = (await RoomAsync(http, rooms, room_id, cancellationToken)).Room.Id;
        return TypedResults.Json(ActivePeersDto.Of(await control.ListPeersAsync(request, cancellationToken)), HistoryRestJson.Default.ActivePeersDto);
    }

    private static async Task<JsonHttpResult<PeerWithTracksDto>> GetPeer(
        string room_id, string peer_id, HttpContext http, RoomsStore rooms, IRoomControl control, CancellationToken cancellationToken)
    {
        var room = await RoomAsync(http, rooms, room_id, cancellationToken);
        var peer = await control.GetPeerAsync(new GetPeerRequest { RoomId = room.Room.Id, PeerId = ActiveRoomBody.PeerId(peer_id) }, cancellationToken);
        return TypedResults.Json(PeerWithTracksDto.Of(peer), HistoryRestJson.Default.PeerWithTracksDto);
    }

    private static async Task<JsonHttpResult<PeerWithTracksDto>> UpdatePeer(
        string room_id, string peer_id, HttpContext http, RoomsStore rooms, IRoomControl control, CancellationToken cancellationToken)
    {
        var body = await BodyFields.ReadAsync(http.Request, ActiveRoomBody.MaxBytes, cancellationToken);
        var request = ActiveRoomBody.ReadUpdate(body);
        body.Finish();
        var room = await RoomAsync(http, rooms, room_id, cancellationToken);
        if (request.HasRole && room.Template.FindRole(request.Role) is null) throw ApiException.InvalidBody("role not found");
        (request.RoomId, request.PeerId) = (room.Room.Id, ActiveRoomBody.PeerId(peer_id));
        return TypedResults.Json(PeerWithTracksDto.Of(await control.UpdatePeerAsync(request, cancellationToken)), HistoryRestJson.Default.PeerWithTracksDto);
    }

    private static async Task<JsonHttpResult<MessageDto>> SendMessage(
        string room_id, HttpContext http, RoomsStore rooms, IRoomControl control, CancellationToken cancellationToken)
    {
        var body = await BodyFields.ReadAsync(http.Request, ActiveRoomBody.MaxBytes, cancellationToken);
        var request = ActiveRoomBody.ReadMessage(body);
        body.Finish();
        request.RoomId = (await RoomAsync(http, rooms, room_id, cancellationToken)).Room.Id;
        await control.SendMessageAsync(request, cancellationToken);
        return Say("message sent");
    }

    private static async Task<JsonHttpResult<MessageDto>> RemovePeers(
        string room_id, HttpContext http, RoomsStore rooms, IRoomControl control, CancellationToken cancellationToken)
    {
        var body = await BodyFields.ReadAsync(http.Request, ActiveRoomBody.MaxBytes, cancellationToken);
        var request = ActiveRoomBody.ReadRemoval(body);
        body.Finish();
        request.RoomId = (await RoomAsync(http, rooms, room_id, cancellationToken)).Room.Id;
        await control.RemovePeersAsync(request, cancellationToken);
        return Say("peer remove request submitted");
    }

    private static async Task<JsonHttpResult<MessageDto>> EndRoom(
        string room_id, HttpContext http, RoomsStore rooms, RoomCatalog catalog, IRoomControl control, CancellationToken cancellationToken)
    {
        var body = await BodyFields.ReadAsync(http.Request, ActiveRoomBody.MaxBytes, cancellationToken);
        var (reason, isLock) = ActiveRoomBody.ReadEnd(body);
        body.Finish();
        var room = (await RoomAsync(http, rooms, room_id, cancellationToken)).Room;
        try
        {
            // Only an active room is locked. Whoever admits people locks it before it ends, so that nobody comes back in between.
            var end = new EndRoomRequest { RoomId = room.Id, Reason = reason, Lock = isLock };
            await control.EndRoomAsync(end, cancellationToken);
            if (isLock) await LockAsync(http, catalog, control, end);
        }
        catch (ControlException e) when (e.Error == ControlError.NotFound)
        {
            await catalog.TellEndFailedAsync(room, isLock, reason, "session not found", StatusCodes.Status404NotFound, cancellationToken);
            throw;
        }

        return Say("session is ending");
    }

    // To the end, whether the caller waits for it or not: what has ended is not to begin anew.
    private static async Task LockAsync(HttpContext http, RoomCatalog catalog, IRoomControl control, EndRoomRequest end)
    {
        await catalog.ChangeAsync(RestCaller.Of(http).Workspace, end.RoomId, new RoomSettings { Enabled = new(true, false) }, CancellationToken.None);
        try
        {
            // Who came meanwhile by a token that was good until now.
            await control.EndRoomAsync(end, CancellationToken.None);
        }
        catch (ControlException e) when (e.Error == ControlError.NotFound)
        {
            // Nobody.
        }
    }

    private static JsonHttpResult<MessageDto> Say(string message) => TypedResults.Json(new MessageDto(message), HistoryRestJson.Default.MessageDto);

    private static async Task<RoomWithTemplate> RoomAsync(HttpContext http, RoomsStore rooms, string roomId, CancellationToken cancellationToken) =>
        await rooms.FindRoomAsync(RestCaller.Of(http).Workspace.CustomerId, roomId, cancellationToken)
            ?? throw new ApiException(StatusCodes.Status404NotFound, "room not found");
}
