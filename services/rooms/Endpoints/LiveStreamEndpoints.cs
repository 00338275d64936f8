using LiveStream.Contracts;
using LiveStream.Hosting.Errors;
using LiveStream.Objects;
using LiveStream.Rooms.Domain;
using LiveStream.Rooms.Endpoints.Rest;
using LiveStream.Rooms.Recordings;
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

    public static void MapLiveStreams(this IEndpointRouteBuilder routes)
    {
        // A client whose role may stream runs its own room, so that a page needs no server of its own.
        var group = routes.MapGroup(Prefix).AddEndpointFilter(new RequireToken(TokenType.Management, TokenType.App));
        group.MapPost("/room/{room_id}/start", StartStream);
        group.MapPost("/room/{room_id}/stop", StopStreams);
        group.MapGet("/{stream_id}", GetStream);
        group.MapPost("/{stream_id}/stop", StopStream);
        group.MapPost("/{stream_id}/timed-metadata", InsertTimedMetadata);
        group.MapPost("/{stream_id}/pause-recording", PauseRecording);
        group.MapPost("/{stream_id}/resume-recording", ResumeRecording);
        routes.MapGroup(Prefix).AddEndpointFilter(new RequireToken(TokenType.Management)).MapGet("", ListStreams);
    }

    private static async Task<Ok<LiveStreamDto>> StartStream(
        string room_id, HttpContext http, RoomsStore store, LiveStreams streams, IOptions<RoomsOptions> options, CancellationToken cancellationToken)
    {
        var room = await AllowedRoomAsync(http, store, room_id, cancellationToken);
        var body = await BodyFields.ReadAsync(http.Request, RunBody.MaxBytes, cancellationToken);
        var wish = RunBody.ReadStream(body);
        body.Finish();
        var run = await streams.StartAsync(room, wish, cancellationToken);
        return TypedResults.Ok(LiveStreamDto.Of(run, options.Value.PublicUrl));
    }

    private static async Task<Ok<StoppedStreamsDto>> StopStreams(
        string room_id, HttpContext http, RoomsStore store, LiveStreams streams, IOptions<RoomsOptions> options, CancellationToken cancellationToken)
    {
        var room = await AllowedRoomAsync(http, store, room_id, cancellationToken);
        var stopped = await streams.StopAllAsync(room.Room, cancellationToken);
        var data = stopped.Select(run => LiveStreamDto.Of(run, options.Value.PublicUrl)).ToArray();
        return TypedResults.Ok(new StoppedStreamsDto("", data, PageQuery.DefaultLimit, data[^1].Id));
    }

    private static async Task<Ok<LiveStreamDto>> StopStream(
        string stream_id, HttpContext http, StreamAccess access, LiveStreams streams, CancellationToken cancellationToken)
    {
        var (run, _) = await access.FindAsync(http, stream_id, cancellationToken);
        return TypedResults.Ok(LiveStreamDto.Of(await streams.StopAsync(run, cancellationToken), access.PublicUrl));
    }

    private static async Task<Ok<LiveStreamDto>> GetStream(
        string stream_id, HttpContext http, StreamAccess access, AssetStore assets, IObjectStore objects, CancellationToken cancellationToken)
    {
        var (run, _) = await access.FindAsync(http, stream_id, cancellationToken);
        var files = await assets.ListOfJobAsync(run.CustomerId, run.Id, cancellationToken);
        return TypedResults.Ok(LiveStreamDto.Of(run, access.PublicUrl, [.. files.Select(file => JobAssetDto.Of(file, objects))]));
    }

    private static async Task<Ok<LiveStreamDto>> InsertTimedMetadata(
        string stream_id, HttpContext http, StreamAccess access, LiveStreams streams, CancellationToken cancellationToken)
    {
        var (run, room) = await access.FindAsync(http, stream_id, cancellationToken);
        var body = await BodyFields.ReadAsync(http.Request, RunBody.MaxBytes, cancellationToken);
        var (payload, seconds) = RunBody.ReadTimedMetadata(body);
        body.Finish();
        await streams.InsertTimedMetadataAsync(room, run, payload, seconds, cancellationToken);
        return TypedResults.Ok(LiveStreamDto.Of(run, access.PublicUrl));
    }

    private static Task<Ok<LiveStreamDto>> PauseRecording(
        string stream_id, HttpContext http, StreamAccess access, LiveStreams streams, CancellationToken cancellationToken) =>
        SetRecordingPausedAsync(stream_id, true, http, access, streams, cancellationToken);

    private static Task<Ok<LiveStreamDto>> ResumeRecording(
        string stream_id, HttpContext http, StreamAccess access, LiveStreams streams, CancellationToken cancellationToken) =>
        SetRecordingPausedAsync(stream_id, false, http, access, streams, cancellationToken);

    private static async Task<Ok<LiveStreamDto>> SetRecordingPausedAsync(
        string streamId, bool paused, HttpContext http, StreamAccess access, LiveStreams streams, CancellationToken cancellationToken)
    {
        var (run, _) = await access.FindAsync(http, streamId, cancellationToken);
        return TypedResults.Ok(LiveStreamDto.Of(await streams.SetRecordingPausedAsync(run, paused, cancellationToken), access.PublicUrl));
    }

    private static async Task<Ok<LiveStreamPageDto>> ListStreams(
        HttpContext http, LiveStreamStore streams, IOptions<RoomsOptions> options, CancellationToken cancellationToken)
    {
        var query = new QueryFields(http.Request);
        var page = query.Page();
        var found = await streams.ListAsync(RestCaller.Of(http).Workspace.CustomerId, query.Run(), page.Start, page.Limit, cancellationToken);
        var data = found.Select(run => LiveStreamDto.Of(run, options.Value.PublicUrl)).ToArray();
        return TypedResults.Ok(new LiveStreamPageDto(page.Limit, data, data.Length > 0 ? data[^1].Id : ""));
    }

    private static async Task<RoomWithTemplate> AllowedRoomAsync(HttpContext http, RoomsStore store, string roomId, CancellationToken cancellationToken)
    {
        var caller = RestCaller.Of(http);
        var room = await store.FindRoomAsync(caller.Workspace.CustomerId, roomId, cancellationToken)
            ?? throw new ControlException(ControlError.NotFound, "room not found");
        caller.RequireHlsStreaming(room);
        return room;
    }

    /// <summary>Streams by id, as far as the caller may know them.</summary>
    internal sealed class StreamAccess(RoomsStore rooms, LiveStreamStore streams, IOptions<RoomsOptions> options)
    {
        public string PublicUrl => options.Value.PublicUrl;

        /// <summary>The stream and its room. NotFound where the workspace has none of that id, PermissionDenied where the role may not stream.</summary>
        public async Task<(LiveStreamRun Run, RoomWithTemplate Room)> FindAsync(HttpContext http, string streamId, CancellationToken cancellationToken)
        {
            var run = await streams.FindAsync(RestCaller.Of(http).Workspace.CustomerId, streamId, cancellationToken)
                ?? throw new ApiException(StatusCodes.Status404NotFound, "stream not found");
            return (run, await AllowedRoomAsync(http, rooms, run.RoomId, cancellationToken));
        }
    }
}
