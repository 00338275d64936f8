using System.Net;
using System.Text.Json.Nodes;

using LiveStream.Contracts.Packager.V1;
using LiveStream.Rooms.Domain;
using LiveStream.Rooms.Tests.Http;

namespace LiveStream.Rooms.Tests.History;

public sealed class LiveStreamHistoryTestsOnSqlite(HistoryHost host) : LiveStreamHistoryTests(host), IClassFixture<HistoryHost>;

public sealed class LiveStreamHistoryTestsOnPostgres(PostgresHistoryHost host) : LiveStreamHistoryTests(host), IClassFixture<PostgresHistoryHost>;

public abstract class LiveStreamHistoryTests(HistoryHost host)
{
    [Fact]
    public async Task List_FiltersAndPages_NewestFirst()
    {
        var room = await host.AddRoomAsync();
        var session = (await host.Sessions.OpenAsync(host.Workspace.CustomerId, room, DateTimeOffset.UtcNow, default)).Id;
        var made = new List<string>();
        for (var i = 0; i < 12; i++)
        {
            if (i == 6) await host.Sessions.CloseAsync(session, DateTimeOffset.UtcNow, default);
            var stream = await StartAsync(room);
            Assert.Equal(i < 6 ? session : "", (string?)stream["session_id"]);
            made.Add((string)stream["id"]!);
            if (i < 11) await host.PostAsync($"/v2/live-streams/{made[^1]}/stop");
        }

        made.Reverse();
        foreach (var limit in new[] { 1, 5, 12, 100 }) Assert.Equal(made, await host.WalkAsync($"/v2/live-streams?room_id={room}", limit));
        Assert.Equal(made[6..], await host.WalkAsync($"/v2/live-streams?session_id={session}", 10));
        Assert.Equal(made[..1], await host.WalkAsync($"/v2/live-streams?room_id={room}&status=starting", 10));
        Assert.Equal(made[1..], await host.WalkAsync($"/v2/live-streams?room_id={room}&status=stopping", 10));
        Assert.Empty(await host.WalkAsync($"/v2/live-streams?room_id={room}&status=failed", 10));
        Samples.AssertShape("GET /v2/live-streams", (await host.GetAsync($"/v2/live-streams?room_id={room}")).Body);
        RoomsHost.AssertError(await host.GetAsync("/v2/live-streams?status=dancing"), HttpStatusCode.BadRequest, "Invalid query param");
        Assert.Empty((await host.SendAsync(HttpMethod.Get, "/v2/live-streams", await host.OtherTokenAsync())).Body["data"]!.AsArray());
        RoomsHost.AssertError(
            await host.SendAsync(HttpMethod.Get, "/v2/live-streams", host.AuthToken("broadcaster", room)), HttpStatusCode.Unauthorized, "Token validation error");
    }

    [Fact]
    public async Task StopOne_StopsItAndIsThenNotRunning()
    {
        var room = await host.AddRoomAsync();
        var id = (string)(await StartAsync(room))["id"]!;

        var (status, stopped) = await host.PostAsync($"/v2/live-streams/{id}/stop", "{}");

        Assert.Equal(HttpStatusCode.OK, status);
        Samples.AssertShape("POST /v2/live-streams/{stream_id}/stop", stopped);
        Assert.Equal("stopping", (string?)stopped["status"]);
        lock (host.Packager.Stopped) Assert.Single(host.Packager.Stopped, request => request.StreamId == id);
        RoomsHost.AssertError(await host.PostAsync($"/v2/live-streams/{id}/stop"), HttpStatusCode.NotFound, "hls not running");
        RoomsHost.AssertError(await host.PostAsync("/v2/live-streams/nothing/stop"), HttpStatusCode.NotFound, "stream not found");
        RoomsHost.AssertError(
            await host.SendAsync(HttpMethod.Post, $"/v2/live-streams/{id}/stop", await host.OtherTokenAsync()), HttpStatusCode.NotFound, "stream not found");
    }

    [Fact]
    public async Task StartAndStopAll_HaveTheShapeOfTheSamples()
    {
        var room = await host.AddRoomAsync();
        Samples.AssertShape("POST /v2/live-streams/room/{room_id}/start", await StartAsync(room));
        Samples.AssertShape("POST /v2/live-streams/room/{room_id}/stop", (await host.PostAsync($"/v2/live-streams/room/{room}/stop")).Body);
    }

    [Fact]
    public async Task TimedMetadata_OfARunningStream_GoesToThePackager()
    {
        var id = await RunAsync(await host.AddRoomAsync());
        var payload = new string('é', 100);

        var (status, stream) = await host.PostAsync($"/v2/live-streams/{id}/timed-metadata", $$"""{"payload":"{{payload}}","duration":20}""");

        Assert.Equal(HttpStatusCode.OK, status);
        Samples.AssertShape("POST /v2/live-streams/{stream_id}/timed-metadata", stream);
        lock (host.Packager.Inserted)
        {
            var inserted = Assert.Single(host.Packager.Inserted, request => request.StreamId == id);
            Assert.Equal((payload, 20u), (inserted.Payload, inserted.DurationSeconds));
        }
    }

    [Theory]
    [InlineData("{}", 2)]
    [InlineData("""{"payload":"x"}""", 1)]
    [InlineData("""{"payload":"","duration":1}""", 1)]
    [InlineData("""{"payload":"x","duration":0}""", 1)]
    [InlineData("""{"payload":"x","duration":null}""", 1)]
    [InlineData("""{"payload":"x","duration":1.5}""", 1)]
    [InlineData("""{"payload":7,"duration":"1"}""", 2)]
    [InlineData("""{"payload":"01234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890","duration":1}""", 1)]
    public async Task TimedMetadata_BadBody_IsRefused(string body, int details)
    {
        var id = (string)(await StartAsync(await host.AddRoomAsync()))["id"]!;
        var reply = await host.PostAsync($"/v2/live-streams/{id}/timed-metadata", body);
        RoomsHost.AssertError(reply, HttpStatusCode.BadRequest, "Invalid body param");
        Assert.Equal(details, reply.Body["details"]!.AsArray().Count);
    }

    [Fact]
    public async Task PauseAndResume_ChangeARunningStreamThatIsRecorded()
    {
        var id = await RunAsync(await host.AddRoomAsync());
        foreach (var call in new[] { "pause-recording", "pause-recording", "resume-recording" })
        {
            var (status, stream) = await host.PostAsync($"/v2/live-streams/{id}/{call}", "{}");
            Assert.Equal(HttpStatusCode.OK, status);
            Assert.Equal("running", (string?)stream["status"]);
            Samples.AssertShape($"POST /v2/live-streams/{{stream_id}}/{call}", stream);
        }
    }

    [Fact]
    public async Task PauseAndResumeAndMetadata_WhereNothingRuns_AreNotFound()
    {
        var id = (string)(await StartAsync(await host.AddRoomAsync()))["id"]!;
        RoomsHost.AssertError(await host.PostAsync($"/v2/live-streams/{id}/pause-recording"), HttpStatusCode.NotFound, "hls not running");
        RoomsHost.AssertError(await host.PostAsync($"/v2/live-streams/{id}/resume-recording"), HttpStatusCode.NotFound, "hls not running");
        RoomsHost.AssertError(
            await host.PostAsync($"/v2/live-streams/{id}/timed-metadata", """{"payload":"x","duration":1}"""), HttpStatusCode.NotFound, "hls not running");
    }

    [Fact]
    public async Task Pause_OfAStreamThatIsNotRecorded_IsRefused()
    {
        var id = await RunAsync(await host.AddRoomAsync(), """{"recording":{"hls_vod":false,"single_file_per_layer":false}}""");
        RoomsHost.AssertError(
            await host.PostAsync($"/v2/live-streams/{id}/pause-recording"), HttpStatusCode.BadRequest, "recording is not enabled for the stream");
    }

    [Theory]
    [InlineData("""{"transcription":{"enabled":1}}""")]
    [InlineData("""{"transcription":{"modes":["caption"]}}""")]
    [InlineData("""{"transcription":{"output_modes":["pdf"]}}""")]
    [InlineData("""{"transcription":{"summary":{"temperature":0}}}""")]
    [InlineData("""{"transcription":{"summary":{"temperature":1.5}}}""")]
    [InlineData("""{"transcription":{"summary":{"sections":[{"title":"x","format":"table"}]}}}""")]
    [InlineData("""{"transcription":{"summary":{"sections":[1]}}}""")]
    [InlineData("""{"transcription":{"summary":{"sections":[{},{},{},{},{},{},{}]}}}""")]
    [InlineData("""{"transcription":{"language":"en"}}""")]
    [InlineData("""{"meeting_url":7}""")]
    public async Task Start_BadBody_NamesTheFieldAndStartsNothing(string body)
    {
        var room = await host.AddRoomAsync();
        var reply = await host.PostAsync($"/v2/live-streams/room/{room}/start", body);
        RoomsHost.AssertError(reply, HttpStatusCode.BadRequest, "Invalid body param");
        var field = (string)Assert.Single(reply.Body["details"]!.AsArray())!;
        Assert.Matches("^Invalid body param: (transcription|meeting_url)", field);
        Assert.Empty(await host.WalkAsync($"/v2/live-streams?room_id={room}", 10));
    }

    [Fact]
    public async Task Start_TheSampleOfTheDocument_IsTaken()
    {
        var body = OpenApi.ApiSamples.All["POST /v2/live-streams/room/{room_id}/start"].Body!.ToJsonString();
        Assert.True((bool)(await StartAsync(await host.AddRoomAsync(), body))["recording"]!["single_file_per_layer"]!);
    }

    [Fact]
    public async Task Get_AStreamWithFiles_ShowsThem()
    {
        var room = await host.AddRoomAsync();
        var id = (string)(await StartAsync(room))["id"]!;
        await host.Assets.AddAsync(host.Asset(room, "c/hls/vod/master.m3u8", AssetTypes.RoomVod, id), default);

        var stream = (await host.GetAsync($"/v2/live-streams/{id}")).Body;

        Samples.AssertShape("GET /v2/live-streams/{stream_id}", stream);
        Assert.Equal("room-vod", (string?)Assert.Single(stream["recording_assets"]!.AsArray())!["type"]);
    }

    private async Task<JsonNode> StartAsync(string room, string? body = null)
    {
        var (status, stream) = await host.PostAsync($"/v2/live-streams/room/{room}/start", body);
        Assert.Equal(HttpStatusCode.OK, status);
        return stream;
    }

    private async Task<string> RunAsync(string room, string? body = null)
    {
        var id = (string)(await StartAsync(room, body))["id"]!;
        await host.Packager.ReportAsync(id, StreamState.Running);
        return id;
    }
}
