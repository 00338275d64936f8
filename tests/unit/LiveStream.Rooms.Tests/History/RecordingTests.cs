using System.Net;

using LiveStream.Rooms.Recordings;
using LiveStream.Rooms.Tests.Http;

using Microsoft.Extensions.DependencyInjection;

namespace LiveStream.Rooms.Tests.History;

public sealed class RecordingTestsOnSqlite(HistoryHost host) : RecordingTests(host), IClassFixture<HistoryHost>;

public sealed class RecordingTestsOnPostgres(PostgresHistoryHost host) : RecordingTests(host), IClassFixture<PostgresHistoryHost>;

public abstract class RecordingTests(HistoryHost host)
{
    private RecordingStore Store => host.Services.GetRequiredService<RecordingStore>();

    [Fact]
    public async Task StartToStop_RecorderIsToldAndTheRowFollows()
    {
        var room = await host.AddRoomAsync();
        var body = OpenApi.ApiSamples.All["POST /v2/recordings/room/{room_id}/start"].Body!.ToJsonString();
        var (status, started) = await host.PostAsync($"/v2/recordings/room/{room}/start", body);
        Assert.Equal(HttpStatusCode.OK, status);
        Samples.AssertShape("POST /v2/recordings/room/{room_id}/start", started);
        var id = (string)started["id"]!;
        RoomsHost.AssertError(await host.PostAsync($"/v2/recordings/room/{room}/start"), HttpStatusCode.Conflict, "stream already running");

        RoomsHost.AssertError(await host.PostAsync($"/v2/recordings/room/{room}/pause"), HttpStatusCode.NotFound, "recording not running");
        await Store.ChangeAsync(id, run => run.Run(DateTimeOffset.UtcNow), default);
        foreach (var call in new[] { "pause", "pause", "resume" })
        {
            var reply = (await host.PostAsync($"/v2/recordings/room/{room}/{call}", "{}")).Body;
            Samples.AssertShape($"POST /v2/recordings/room/{{room_id}}/{call}", reply);
            Assert.Equal("running", (string?)reply["status"]);
        }

        var stopped = (await host.PostAsync($"/v2/recordings/room/{room}/stop")).Body;
        Samples.AssertShape("POST /v2/recordings/room/{room_id}/stop", stopped);
        Assert.Equal(("", id), ((string?)stopped["error"], (string?)stopped["last"]));
        Assert.Equal(["start", "pause", "resume", "stop"], host.Recorder.CallsOf(room));
        RoomsHost.AssertError(await host.PostAsync($"/v2/recordings/room/{room}/stop"), HttpStatusCode.NotFound, "recording not running");
        RoomsHost.AssertError(await host.PostAsync($"/v2/recordings/{id}/stop"), HttpStatusCode.NotFound, "recording not running");

        await Store.ChangeAsync(id, run => run.Complete(DateTimeOffset.UtcNow, ""), default);
        await host.Assets.AddAsync(host.Asset(room, "c/beam/Rec.mp4", jobId: id), default);
        var done = (await host.GetAsync($"/v2/recordings/{id}")).Body;
        Samples.AssertShape("GET /v2/recordings/{recording_id}", done);
        Assert.Equal("completed", (string?)done["status"]);
        Assert.Equal("folder://recordings/c/beam/Rec.mp4", (string?)Assert.Single(done["recording_assets"]!.AsArray())!["path"]);
    }

    [Fact]
    public async Task StopOne_RecorderHasLostIt_FailsTheRow()
    {
        var room = await host.AddRoomAsync();
        var id = (string)(await host.PostAsync($"/v2/recordings/room/{room}/start")).Body["id"]!;
        host.Recorder.Lose(room);

        var (status, stopped) = await host.PostAsync($"/v2/recordings/{id}/stop");

        Assert.Equal(HttpStatusCode.OK, status);
        Samples.AssertShape("POST /v2/recordings/{recording_id}/stop", stopped);
        Assert.Equal("failed", (string?)stopped["status"]);
        RoomsHost.AssertError(await host.PostAsync($"/v2/recordings/room/{room}/start"), HttpStatusCode.NotFound, "unknown recording");
        Assert.Equal(["failed", "failed"], (await host.GetAsync($"/v2/recordings?room_id={room}")).Body["data"]!.AsArray().Select(row => (string?)row!["status"]));
    }

    [Fact]
    public async Task Start_ManyAtOnce_OneWins()
    {
        var room = await host.AddRoomAsync();
        var replies = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => host.PostAsync($"/v2/recordings/room/{room}/start")));
        Assert.Equal(1, replies.Count(reply => reply.Status == HttpStatusCode.OK));
        Assert.Equal(7, replies.Count(reply => reply.Status == HttpStatusCode.Conflict));
    }

    [Theory]
    [InlineData("""{"resolution":{"width":1280}}""", "Invalid body param")]
    [InlineData("""{"resolution":{"width":4000,"height":2000}}""", "Resolution not supported")]
    [InlineData("""{"resolution":{"width":1281,"height":720}}""", "Resolution not supported")]
    [InlineData("""{"resolution":{"width":400,"height":400}}""", "Resolution not supported")]
    [InlineData("""{"audio_only":"yes"}""", "Invalid body param")]
    [InlineData("""{"transcription":{"modes":["live"]}}""", "Invalid body param")]
    [InlineData("[]", "Invalid body param")]
    public async Task Start_BadBody_IsRefused(string body, string message)
    {
        var room = await host.AddRoomAsync();
        RoomsHost.AssertError(await host.PostAsync($"/v2/recordings/room/{room}/start", body), HttpStatusCode.BadRequest, message);
        Assert.Empty(host.Recorder.CallsOf(room));
    }

    [Fact]
    public async Task List_FiltersAndPages_NewestFirst_WithoutFiles()
    {
        var room = await host.AddRoomAsync();
        var made = new List<string>();
        for (var i = 0; i < 12; i++)
        {
            made.Add((string)(await host.PostAsync($"/v2/recordings/room/{room}/start")).Body["id"]!);
            if (i < 11) await Store.ChangeAsync(made[^1], run => run.Complete(DateTimeOffset.UtcNow, ""), default);
        }

        made.Reverse();
        foreach (var limit in new[] { 1, 5, 100 }) Assert.Equal(made, await host.WalkAsync($"/v2/recordings?room_id={room}", limit));
        Assert.Equal(made[1..], await host.WalkAsync($"/v2/recordings?room_id={room}&status=completed", 10));
        Samples.AssertShape("GET /v2/recordings", (await host.GetAsync($"/v2/recordings?room_id={room}")).Body);
        var other = await host.OtherTokenAsync();
        Assert.Empty((await host.SendAsync(HttpMethod.Get, "/v2/recordings", other)).Body["data"]!.AsArray());
        RoomsHost.AssertError(await host.SendAsync(HttpMethod.Get, $"/v2/recordings/{made[0]}", other), HttpStatusCode.NotFound, "recording not found");
        RoomsHost.AssertError(await host.SendAsync(HttpMethod.Post, $"/v2/recordings/{made[0]}/stop", other), HttpStatusCode.NotFound, "recording not found");
        RoomsHost.AssertError(await host.SendAsync(HttpMethod.Post, $"/v2/recordings/room/{room}/stop", other), HttpStatusCode.NotFound, "room not found");
    }
}

public sealed class NoRecorderTests : IClassFixture<RoomsHost>
{
    private readonly RoomsHost _host;

    public NoRecorderTests(RoomsHost host) => _host = host;

    [Fact]
    public async Task Start_WithoutARecorder_Is501AndLeavesNoRow()
    {
        var token = _host.ManagementToken;
        var path = $"/v2/recordings/room/{_host.Workspace.RoomId}";
        RoomsHost.AssertError(
            await _host.SendAsync(HttpMethod.Post, $"{path}/start", token, "{}"), HttpStatusCode.NotImplemented, "composite recording is not available on this server");
        RoomsHost.AssertError(await _host.SendAsync(HttpMethod.Post, $"{path}/stop", token), HttpStatusCode.NotFound, "recording not running");
        RoomsHost.AssertError(await _host.SendAsync(HttpMethod.Post, $"{path}/pause", token), HttpStatusCode.NotFound, "recording not running");
        Assert.Empty((await _host.SendAsync(HttpMethod.Get, "/v2/recordings", token)).Body["data"]!.AsArray());
    }
}
