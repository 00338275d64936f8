using LiveStream.Contracts;
using LiveStream.Hosting.Errors;
using LiveStream.Rooms.Storage;
using LiveStream.Rooms.Streams;
using LiveStream.Rooms.Tokens;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace LiveStream.Rooms.Endpoints;

/// <summary>Starts, stops and shows HLS streams.</summary>
internal static class LiveStreamEndpoints
{
    public const string Prefix = "/v2/live-streams";

    private const int MaxBodyBytes = 16 * 1024;
    private const int MaxMeetingUrlLength = 2048;
    private const int PageSize = 10;

    public static void MapLiveStreams(this IEndpointRouteBuilder routes)
    {
        // A client whose role may stream runs its own room, so that a page needs no server of its own.
        var group = routes.MapGroup(Prefix).AddEndpointFilter(new RequireToken(TokenType.Management, TokenType.App));
        group.MapPost("/room/{room_id}/start", StartStream);
        group.MapPost("/room/{room_id}/stop", StopStreams);
        group.MapGet("/{stream_id}", GetStream);
    }

    private static async Task<Ok<LiveStreamDto>> StartStream(
        string room_id, HttpContext http, RoomsStore store, LiveStreams streams, IOptions<RoomsOptions> options, CancellationToken cancellationToken)
    {
        var room = await AllowedRoomAsync(http, store, room_id, cancellationToken);
        var body = await JsonBody.ReadAsync(http.Request, RestJson.Default.StartStreamBody, MaxBodyBytes, cancellationToken);
        if (body?.MeetingUrl?.Length > MaxMeetingUrlLength) throw ApiException.InvalidBody("meeting_url is too long");
        var wish = new StartWish(body?.Destination, body?.MeetingUrl, body?.Recording?.HlsVod, body?.Recording?.SingleFilePerLayer);
        var run = await streams.StartAsync(room, wish, cancellationToken);
        return TypedResults.Ok(LiveStreamDto.Of(run, options.Value.PublicUrl));
    }

    private static async Task<Ok<StoppedStreamsDto>> StopStreams(
        string room_id, HttpContext http, RoomsStore store, LiveStreams streams, IOptions<RoomsOptions> options, CancellationToken cancellationToken)
    {
        var room = await AllowedRoomAsync(http, store, room_id, cancellationToken);
        var stopped = await streams.StopAllAsync(room.Room, cancellationToken);
        var data = stopped.Select(run => LiveStreamDto.Of(run, options.Value.PublicUrl)).ToArray();
        return TypedResults.Ok(new StoppedStreamsDto("", data, PageSize, data[^1].Id));
    }

    private static async Task<Results<Ok<LiveStreamDto>, JsonHttpResult<ApiError>>> GetStream(
        string stream_id,
        HttpContext http,
        RoomsStore store,
        LiveStreamStore streams,
        IOptions<RoomsOptions> options,
        CancellationToken cancellationToken)
    {
        var caller = RestCaller.Of(http);
        var run = await streams.FindAsync(caller.Workspace.CustomerId, stream_id, cancellationToken);
        if (run is null) return ApiResults.Error(StatusCodes.Status404NotFound, "stream not found");
        await AllowedRoomAsync(http, store, run.RoomId, cancellationToken);
        return TypedResults.Ok(LiveStreamDto.Of(run, options.Value.PublicUrl));
    }

    private static async Task<RoomWithTemplate> AllowedRoomAsync(HttpContext http, RoomsStore store, string roomId, CancellationToken cancellationToken)
    {
        var caller = RestCaller.Of(http);
        var room = await store.FindRoomAsync(caller.Workspace.CustomerId, roomId, cancellationToken)
            ?? throw new ControlException(ControlError.NotFound, "room not found");
        caller.RequireHlsStreaming(room);
        return room;
    }
}
