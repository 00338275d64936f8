using System.Net;

using LiveStream.Contracts;
using LiveStream.Contracts.Packager.V1;
using LiveStream.Rooms.Tests.Tokens;

using Microsoft.EntityFrameworkCore;

namespace LiveStream.Rooms.Tests.Http;

public sealed class LiveStreamEndpointTestsOnSqlite() : LiveStreamEndpointTests(new RoomsHost());

public sealed class LiveStreamEndpointTestsOnPostgres() : LiveStreamEndpointTests(new PostgresRoomsHost());

public abstract class LiveStreamEndpointTests(RoomsHost host) : IAsyncLifetime
{
    private readonly RoomsHost _host = host;

    public Task InitializeAsync() => _host.InitializeAsync();

    public Task DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Running_LostByThePackager_IsStartedAgainUnderTheSameUrl()
    {
        var id = (string)(await _host.StartAsync()).Body["id"]!;
        await _host.Packager.ReportAsync(id, StreamState.Running);
        _host.Packager.EndWatch();
        // The watch begins anew, and the packager knows nothing.
        await _host.Packager.ReportAllToldAsync();

        Assert.Equal(2, _host.Packager.Started.Count);
        var (first, again) = (_host.Packager.Started[0], _host.Packager.Started[1]);
        Assert.Equal(0u, first.FirstSegment);
        Assert.True(again.FirstSegment > 1, "the first number is taken");
        // The template's times; what is over of the longest does not begin anew.
        Assert.Equal((300u, 28800u), (first.AutoStopSeconds, first.LongestSeconds));
        Assert.InRange(again.LongestSeconds, 28000u, 28800u);
        (first.FirstSegment, first.LongestSeconds) = (again.FirstSegment, again.LongestSeconds);
        Assert.Equal(first, again);
        await _host.Packager.ReportAsync(id, StreamState.Running);
        Assert.Equal("running", (string?)(await _host.GetStreamAsync(id))["status"]);

        // One that it still has is left alone.
        _host.Packager.EndWatch();
        await _host.Packager.ReportAsync(id, StreamState.Running);
        await _host.Packager.ReportAllToldAsync();
        Assert.Equal(2, _host.Packager.Started.Count);
    }

    [Fact]
    public async Task Stopping_LostByThePackager_IsOver()
    {
        var id = (string)(await _host.StartAsync()).Body["id"]!;
        await _host.Packager.ReportAsync(id, StreamState.Running);
        await _host.StopAsync();
        _host.Packager.EndWatch();
        await _host.Packager.ReportAllToldAsync();

        // What is stored of it becomes a recording.
        Assert.Equal("post_processing", (string?)(await _host.GetStreamAsync(id))["status"]);
        Assert.Single(_host.Packager.Started);
    }

    [Fact]
    public async Task Stop_ThatThePackagerDidNotHear_IsSaidAgainWhenItTellsOfTheStream()
    {
        var id = (string)(await _host.StartAsync()).Body["id"]!;
        await _host.Packager.ReportAsync(id, StreamState.Running);
        _host.Packager.StopFailure = new ControlException(ControlError.Unavailable, "away");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await _host.StopAsync()).Status);
        _host.Packager.StopFailure = null;
        Assert.Empty(_host.Packager.Stopped);

        _host.Packager.EndWatch();
        await _host.Packager.ReportAsync(id, StreamState.Running);
        var stopped = Assert.Single(_host.Packager.Stopped);
        Assert.Equal((id, "stopped by request"), (stopped.StreamId, stopped.Reason));
    }

    [Fact]
    public async Task StartToCompleted_FollowsThePackager()
    {
        var (status, started) = await _host.StartAsync();

        Assert.Equal(HttpStatusCode.OK, status);
        var id = (string)started["id"]!;
        Assert.Equal("starting", (string?)started["status"]);
        Assert.Null(started["started_at"]);
        Assert.Null(started["recording_assets"]);
        var asked = Assert.Single(_host.Packager.Started);
        Assert.Equal(id, asked.StreamId);
        Assert.Equal($"http://live.example.test/hls/{asked.Path}/master.m3u8", (string?)started["playback"]!["url"]);
        Assert.Matches($"^{_host.Workspace.CustomerId}/{_host.Workspace.RoomId}/[0-9]{{8}}/[0-9]{{13}}$", asked.Path);
        Assert.Equal(PlaylistType.Live, asked.PlaylistType);
        Assert.Equal(5u, asked.WindowSegments);
        Assert.True(asked.StaticUrl);
        Assert.Equal(["broadcaster", "co-broadcaster", "viewer-on-stage"], asked.FromRoles);

        await _host.Packager.ReportAsync(id, StreamState.Starting);
        await _host.Packager.ReportAsync(id, StreamState.Running);
        var running = await _host.GetStreamAsync(id);
        Assert.Equal("running", (string?)running["status"]);
        Assert.NotNull(running["started_at"]);

        var (_, stopped) = await _host.StopAsync();
        Assert.Equal("", (string?)stopped["error"]);
        Assert.Equal(10, (int)stopped["limit"]!);
        Assert.Equal(id, (string?)stopped["last"]);
        Assert.Equal("stopping", (string?)stopped["data"]![0]!["status"]);
        Assert.Equal(id, Assert.Single(_host.Packager.Stopped).StreamId);

        await _host.Packager.ReportAsync(id, StreamState.Stopped);
        var completed = await _host.GetStreamAsync(id);
        Assert.Equal("completed", (string?)completed["status"]);
        Assert.NotNull(completed["stopped_at"]);
    }

    [Fact]
    public async Task Start_Object_HasExactlyTheDocumentedKeys()
    {
        var (_, started) = await _host.StartAsync();

        string[] keys =
        [
            "id", "room_id", "session_id", "status", "destination", "playback", "meeting_url", "recording", "created_at", "started_at",
            "updated_at", "stopped_at", "started_by", "stopped_by", "recording_assets",
        ];
        Assert.Equal(keys, started.AsObject().Select(pair => pair.Key));
        Assert.Equal("default", (string?)started["destination"]);
        Assert.True((bool)started["recording"]!["hls_vod"]!);
        Assert.Matches("^[0-9-]{10}T[0-9:]{8}\\.[0-9]{3}Z$", (string?)started["created_at"]);
    }

    [Fact]
    public async Task Start_BodyFields_OverrideTheTemplate()
    {
        const string Body = """
            {"meeting_url":"https://m.example.test/x","recording":{"hls_vod":false,"single_file_per_layer":true},"destination":"default","transcription":{"enabled":true}}
            """;

        var (status, started) = await _host.StartAsync(body: Body);

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("https://m.example.test/x", (string?)started["meeting_url"]);
        Assert.False((bool)started["recording"]!["hls_vod"]!);
        Assert.True((bool)started["recording"]!["single_file_per_layer"]!);
    }

    [Fact]
    public async Task Start_Twice_IsAConflict()
    {
        await _host.StartAsync();

        RoomsHost.AssertError(await _host.StartAsync(), HttpStatusCode.Conflict, "stream already running");
        Assert.Single(_host.Packager.Started);
    }

    [Fact]
    public async Task Start_ManyAtOnce_OneWins()
    {
        var replies = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => _host.StartAsync()));

        var others = replies.Where(reply => reply.Status != HttpStatusCode.OK).Select(reply => $"{reply.Status} {reply.Body}").ToArray();
        Assert.Equal(7, others.Length);
        Assert.All(others, other => Assert.StartsWith("Conflict ", other, StringComparison.Ordinal));
        Assert.Single(_host.Packager.Started);
    }

    [Fact]
    public async Task Start_PackagerRefuses_FailsTheRowAndFreesTheRoom()
    {
        _host.Packager.StartFailure = new ControlException(ControlError.Unavailable, "packager is full");
        RoomsHost.AssertError(await _host.StartAsync(), HttpStatusCode.ServiceUnavailable, "packager is full");

        _host.Packager.StartFailure = null;
        Assert.Equal(HttpStatusCode.OK, (await _host.StartAsync()).Status);
    }

    [Fact]
    public async Task Start_WhileTheLastOneIsStopping_BeginsANewRun()
    {
        var first = (string)(await _host.StartAsync()).Body["id"]!;
        await _host.StopAsync();

        var (status, second) = await _host.StartAsync();

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.NotEqual(first, (string?)second["id"]);
    }

    [Fact]
    public async Task Stop_PackagerHasLostIt_IsOverAtOnce_AndWhatIsStoredOfItIsMadeARecording()
    {
        await _host.StartAsync();
        _host.Packager.StopFailure = new ControlException(ControlError.NotFound, "unknown stream");

        var (status, stopped) = await _host.StopAsync();

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("post_processing", (string?)stopped["data"]![0]!["status"]);
    }

    [Fact]
    public async Task PackagerReportsFailure_RoomIsFree()
    {
        var id = (string)(await _host.StartAsync()).Body["id"]!;
        await _host.Packager.ReportAsync(id, StreamState.Failed, "no publisher for 300 s");

        Assert.Equal("failed", (string?)(await _host.GetStreamAsync(id))["status"]);
        RoomsHost.AssertError(await _host.StopAsync(), HttpStatusCode.NotFound, "hls not running");
        Assert.Equal(HttpStatusCode.OK, (await _host.StartAsync()).Status);
    }

    [Fact]
    public async Task DisabledRoom_CannotStart()
    {
        await _host.SetRoomEnabledAsync(false);

        RoomsHost.AssertError(await _host.StartAsync(), HttpStatusCode.Forbidden, "room disabled");
    }

    [Fact]
    public async Task TemplateThatRecordsByItself_CannotStart()
    {
        await _host.ChangeAsync(async db =>
        {
            var template = await db.Templates.SingleAsync(t => t.CustomerId == _host.Workspace.CustomerId);
            template.Document = template.Document with
            {
                Recordings = [new() { Name = "all", Role = "broadcaster", CompositeRecording = new() { BrowserComposite = new() { AutoStart = true } } }],
            };
        });

        RoomsHost.AssertError(await _host.StartAsync(), HttpStatusCode.BadRequest, "live streaming is not enabled in the template");
        Assert.Empty(_host.Packager.Started);
    }

    [Fact]
    public async Task OtherWorkspace_SeesNeitherRoomNorStream()
    {
        var id = (string)(await _host.StartAsync()).Body["id"]!;
        var other = await _host.AddWorkspaceAsync();
        var token = Jwt.Sign(other.Secret, Jwt.Management(other.AccessKey, DateTimeOffset.UtcNow));

        RoomsHost.AssertError(await _host.StopAsync(token), HttpStatusCode.NotFound, "room not found");
        RoomsHost.AssertError(await _host.SendAsync(HttpMethod.Get, $"/v2/live-streams/{id}", token), HttpStatusCode.NotFound, "stream not found");
    }

    [Fact]
    public async Task AuthToken_WhoseRoleMayStream_RunsItsOwnRoom()
    {
        var token = _host.AuthToken("broadcaster");

        Assert.Equal(HttpStatusCode.OK, (await _host.StartAsync(token)).Status);
        Assert.Equal(HttpStatusCode.OK, (await _host.StopAsync(token)).Status);
    }
}
