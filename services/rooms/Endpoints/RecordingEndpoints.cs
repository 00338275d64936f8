using LiveStream.Hosting.Errors;
using LiveStream.Objects;
using LiveStream.Rooms.Domain;
using LiveStream.Rooms.Endpoints.Rest;
using LiveStream.Rooms.Recordings;
using LiveStream.Rooms.Storage;
using LiveStream.Rooms.Tokens;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace LiveStream.Rooms.Endpoints;

/// <summary>Composite recordings. Where no recorder is installed a start is answered 501.</summary>
internal static class RecordingEndpoints
{
    public const string Prefix = "/v2/recordings";

    public static void MapRecordings(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup(Prefix).AddEndpointFilter(new RequireToken(TokenType.Management));
        group.MapGet("", ListRecordings);
        group.MapGet("/{recording_id}", GetRecording);
        group.MapPost("/{recording_id}/stop", StopRecording);
        group.MapPost("/room/{room_id}/start", StartRecording);
        group.MapPost("/room/{room_id}/stop", StopRecordings);
        group.MapPost("/room/{room_id}/pause", PauseRecording);
        group.MapPost("/room/{room_id}/resume", ResumeRecording);
    }

    private static async Task<JsonHttpResult<RecordingDto>> StartRecording(
        string room_id, HttpContext http, RoomsStore rooms, RoomRecordings recordings, CancellationToken cancellationToken)
    {
        var room = await RoomAsync(http, rooms, room_id, cancellationToken);
        var body = await BodyFields.ReadAsync(http.Request, RunBody.MaxBytes, cancellationToken);
        var wish = RunBody.ReadRecording(body);
        body.Finish();
        return Show(await recordings.StartAsync(room, wish, cancellationToken));
    }

    private static async Task<JsonHttpResult<StoppedRecordingsDto>> StopRecordings(
        string room_id, HttpContext http, RoomsStore rooms, RoomRecordings recordings, CancellationToken cancellationToken)
    {
        var room = await RoomAsync(http, rooms, room_id, cancellationToken);
        var stopped = await recordings.StopAllAsync(room, cancellationToken);
        var data = stopped.Select(RecordingDto.Of).ToArray();
        return TypedResults.Json(new StoppedRecordingsDto("", data, PageQuery.DefaultLimit, data[^1].Id), HistoryRestJson.Default.StoppedRecordingsDto);
    }

    private static async Task<JsonHttpResult<RecordingDto>> StopRecording(
        string recording_id, HttpContext http, RecordingStore store, RoomRecordings recordings, CancellationToken cancellationToken) =>
        Show(await recordings.StopAsync(await RecordingAsync(http, store, recording_id, cancellationToken), cancellationToken));

    private static async Task<JsonHttpResult<RecordingDto>> PauseRecording(
        string room_id, HttpContext http, RoomsStore rooms, RoomRecordings recordings, CancellationToken cancellationToken) =>
        Show(await recordings.SetPausedAsync(await RoomAsync(http, rooms, room_id, cancellationToken), true, cancellationToken));

    private static async Task<JsonHttpResult<RecordingDto>> ResumeRecording(
        string room_id, HttpContext http, RoomsStore rooms, RoomRecordings recordings, CancellationToken cancellationToken) =>
        Show(await recordings.SetPausedAsync(await RoomAsync(http, rooms, room_id, cancellationToken), false, cancellationToken));

    private static async Task<JsonHttpResult<RecordingDto>> GetRecording(
        string recording_id, HttpContext http, RecordingStore store, AssetStore assets, IObjectStore objects, CancellationToken cancellationToken)
    {
        var run = await RecordingAsync(http, store, recording_id, cancellationToken);
        var files = await assets.ListOfJobAsync(run.CustomerId, run.Id, cancellationToken);
        return TypedResults.Json(RecordingDto.Of(run) with { RecordingAssets = [.. files.Select(file => JobAssetDto.Of(file, objects))] }, HistoryRestJson.Default.RecordingDto);
    }

    private static async Task<JsonHttpResult<RecordingPageDto>> ListRecordings(HttpContext http, RecordingStore store, CancellationToken cancellationToken)
    {
        var query = new QueryFields(http.Request);
        var page = query.Page();
        var found = await store.ListAsync(RestCaller.Of(http).Workspace.CustomerId, query.Run(), page.Start, page.Limit, cancellationToken);
        var data = found.Select(RecordingDto.Of).ToArray();
        return TypedResults.Json(new RecordingPageDto(page.Limit, data, data.Length > 0 ? data[^1].Id : ""), HistoryRestJson.Default.RecordingPageDto);
    }

    private static JsonHttpResult<RecordingDto> Show(RecordingRun run) => TypedResults.Json(RecordingDto.Of(run), HistoryRestJson.Default.RecordingDto);

    private static async Task<Room> RoomAsync(HttpContext http, RoomsStore rooms, string roomId, CancellationToken cancellationToken) =>
        (await rooms.FindRoomAsync(RestCaller.Of(http).Workspace.CustomerId, roomId, cancellationToken))?.Room
            ?? throw new ApiException(StatusCodes.Status404NotFound, "room not found");

    private static async Task<RecordingRun> RecordingAsync(HttpContext http, RecordingStore store, string recordingId, CancellationToken cancellationToken) =>
        await store.FindAsync(RestCaller.Of(http).Workspace.CustomerId, recordingId, cancellationToken)
            ?? throw new ApiException(StatusCodes.Status404NotFound, "recording not found");
}
