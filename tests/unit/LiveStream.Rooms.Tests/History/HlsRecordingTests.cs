using System.Net;
using System.Text.Json.Nodes;

using LiveStream.Contracts;
using LiveStream.Contracts.Events;
using LiveStream.Contracts.Events.V1;
using LiveStream.Contracts.Packager.V1;
using LiveStream.Contracts.Rooms;
using LiveStream.Contracts.Rooms.V1;
using LiveStream.Rooms.Tests.Databases;
using LiveStream.Rooms.Tests.Http;

using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace LiveStream.Rooms.Tests.History;

public sealed class HlsRecordingTestsOnSqlite(HistoryHost host) : HlsRecordingTests(host), IClassFixture<HistoryHost>;

public sealed class HlsRecordingTestsOnPostgres(PostgresHistoryHost host) : HlsRecordingTests(host), IClassFixture<PostgresHistoryHost>;

/// <summary>From the end of a live stream to the news that its recording can be fetched.</summary>
public abstract class HlsRecordingTests(HistoryHost host)
{
    private const string Wish = """{"recording":{"hls_vod":true},"meeting_url":"https://meet.example.test/x"}""";

    [Fact]
    public async Task Stopped_MediaOnItsWay_WaitsUntilItIsAtRest_ThenTellsTheRecordingService()
    {
        var id = await StartAsync(Wish);
        lock (host.Packager.Started) Assert.True(host.Packager.Started.Single(request => request.StreamId == id).Record);
        await host.Packager.ReportAsync(id, StreamState.Running, recording: RecordingState.Writing);
        var begun = Assert.Single(await EventsAsync<HlsRecordingStarted>(id));
        Assert.True(begun.HlsVod);

        await host.Packager.ReportAsync(id, StreamState.Stopped, "asked", RecordingState.Writing);
        Assert.Equal("post_processing", await StatusAsync(id));
        Assert.Empty(await EventsAsync<LiveStreamRecorded>(id));

        for (var i = 0; i < 2; i++) await host.Packager.ReportAsync(id, StreamState.Stopped, "asked", RecordingState.AtRest);
        var told = Assert.Single(await EventsAsync<LiveStreamRecorded>(id));
        Assert.True(told.Zip);
        Assert.Matches("^[0-9a-f]{24}/[0-9a-f]{24}/[0-9]{8}/[0-9]+$", told.Path);
        Assert.Equal("post_processing", await StatusAsync(id));
        Assert.Equal(["starting", "running", "post_processing"], (await EventsAsync<LiveStreamChanged>(id)).Select(e => e.Status));
    }

    [Fact]
    public async Task Made_AddsAssetsAndAnnouncesLinks_Once()
    {
        var id = await EndedAsync();

        for (var i = 0; i < 2; i++) await ReportAsync(id, report => report.Made = Made(id));

        Assert.Equal("completed", await StatusAsync(id));
        var assets = (await host.GetStreamAsync(id))["recording_assets"]!.AsArray();
        Assert.Equal([$"c/{id}/master.m3u8", $"c/{id}/Rec.zip"], assets.Select(asset => ((string)asset!["path"]!)["folder://recordings/".Length..]));
        Assert.All(assets, asset => Assert.Equal(("room-vod", "completed", 61, "3"), ((string)asset!["type"]!, (string)asset["status"]!, (int)asset["duration"]!, (string)asset["metadata"]!["num_layers"]!)));
        var news = Assert.Single(await EventsAsync<HlsRecordingSucceeded>(id));
        Assert.Equal((61, 1280, 720, 5000L), (news.Duration, news.MaxWidth, news.MaxHeight, news.VodSize));
        Assert.Equal("https://meet.example.test/x", news.MeetingUrl);
        Assert.Equal($"folder://recordings/c/{id}/Rec.zip", news.VodPath);
        Assert.Equal((string?)assets[0]!["id"], news.RecordingId);
        Assert.True(news.StartedAt <= news.StoppedAt);
        Assert.Matches("^[0-9a-f]{24}$", news.TemplateId);
        await WriteAsync($"c/{id}/Rec.zip", "zip");
        await WriteAsync($"c/{id}/stream_0/0.m4s", "segment");
        Assert.Equal("zip", await host.Client.GetStringAsync(new Uri(news.VodPresignedUrl).PathAndQuery));
        var segment = new Uri(news.PlaylistUrl).PathAndQuery.Replace("master.m3u8", "stream_0/0.m4s", StringComparison.Ordinal);
        Assert.Equal("segment", await host.Client.GetStringAsync(segment));
    }

    [Fact]
    public async Task Made_NoZipWanted_AnnouncesThePlaylist()
    {
        var id = await EndedAsync();
        await ReportAsync(id, report =>
        {
            report.Made = Made(id);
            report.Made.ZipKey = "";
        });

        var news = Assert.Single(await EventsAsync<HlsRecordingSucceeded>(id));
        Assert.Equal((news.PlaylistPath, news.PlaylistUrl, 4000L), (news.VodPath, news.VodPresignedUrl, news.VodSize));
    }

    [Fact]
    public async Task NothingRecorded_EndsTheStream_WithoutNews()
    {
        var id = await EndedAsync();
        await ReportAsync(id, report => report.Nothing = new NothingRecorded());

        Assert.Equal("completed", await StatusAsync(id));
        Assert.Empty(await EventsAsync<HlsRecordingSucceeded>(id));
        Assert.Null((await host.GetStreamAsync(id))["recording_assets"]);
    }

    [Fact]
    public async Task Failure_IsShownAndAnnounced_Once()
    {
        var id = await EndedAsync();
        for (var i = 0; i < 2; i++) await ReportAsync(id, report => report.Failure = new RecordingFailure { Type = "UPLOAD_ERROR", Message = "no room" });

        var failed = Assert.Single(await EventsAsync<HlsRecordingFailed>(id));
        Assert.Equal(("UPLOAD_ERROR", "no room", true), (failed.ErrorType, failed.ErrorMessage, failed.HlsVod));
        Assert.Equal("failed", (string?)Assert.Single((await host.GetStreamAsync(id))["recording_assets"]!.AsArray())!["status"]);
    }

    [Fact]
    public async Task StreamFailed_WhatIsStoredOfItIsARecording_AndItStaysFailed()
    {
        var id = await StartAsync(Wish);
        await host.Packager.ReportAsync(id, StreamState.Failed, "codec crash", RecordingState.AtRest);
        Assert.Single(await EventsAsync<LiveStreamRecorded>(id));

        for (var i = 0; i < 2; i++) await ReportAsync(id, report => report.Made = Made(id));

        Assert.Equal("failed", await StatusAsync(id));
        Assert.Equal(2, (await host.GetStreamAsync(id))["recording_assets"]!.AsArray().Count);
        Assert.Single(await EventsAsync<HlsRecordingSucceeded>(id));
    }

    [Fact]
    public async Task StreamThatIsOverHere_AndRunsThere_IsStopped()
    {
        var id = await StartAsync(Wish);
        await host.Packager.ReportAsync(id, StreamState.Failed, "given up", RecordingState.AtRest);
        await host.Packager.ReportAsync(id, StreamState.Running);
        lock (host.Packager.Stopped) Assert.Single(host.Packager.Stopped, stop => stop.StreamId == id);
        Assert.Equal("failed", await StatusAsync(id));
    }

    [Fact]
    public async Task NotRecorded_CompletesAtOnce()
    {
        var id = await StartAsync("""{"recording":{"hls_vod":false}}""");
        await host.Packager.ReportAsync(id, StreamState.Stopped, "asked");

        Assert.Equal("completed", await StatusAsync(id));
        Assert.Empty(await EventsAsync<LiveStreamRecorded>(id));
    }

    [Fact]
    public async Task PauseAndResume_ReachThePackager()
    {
        var id = await StartAsync(Wish);
        await host.Packager.ReportAsync(id, StreamState.Running, recording: RecordingState.Writing);
        await host.PostAsync($"/v2/live-streams/{id}/pause-recording");
        await host.PostAsync($"/v2/live-streams/{id}/resume-recording");

        lock (host.Packager.Paused) Assert.Equal([true, false], host.Packager.Paused.Where(request => request.StreamId == id).Select(request => request.Paused));
    }

    [Fact]
    public async Task Report_OfWhatIsNone_IsRefused()
    {
        var unknown = await Assert.ThrowsAsync<ControlException>(() => ReportAsync("65dd00000000000000000004", report => report.Nothing = new NothingRecorded()));
        Assert.Equal(ControlError.NotFound, unknown.Error);
        var id = await EndedAsync();
        var empty = await Assert.ThrowsAsync<ControlException>(() => ReportAsync(id, _ => { }));
        Assert.Equal(ControlError.InvalidArgument, empty.Error);
        var key = await Assert.ThrowsAsync<ControlException>(() => ReportAsync(id, report => report.Made = new RecordingMade { PlaylistKey = "../etc" }));
        Assert.Equal(ControlError.InvalidArgument, key.Error);
    }

    private static RecordingMade Made(string id) => new()
    {
        PlaylistKey = $"c/{id}/master.m3u8",
        PlaylistSize = 4000,
        ZipKey = $"c/{id}/Rec.zip",
        ZipSize = 5000,
        DurationSeconds = 61,
        MaxWidth = 1280,
        MaxHeight = 720,
        Layers = 3,
    };

    private async Task<string> StartAsync(string body)
    {
        var (status, stream) = await host.PostAsync($"/v2/live-streams/room/{await host.AddRoomAsync()}/start", body);
        Assert.Equal(HttpStatusCode.OK, status);
        return (string)stream["id"]!;
    }

    private async Task<string> EndedAsync()
    {
        var id = await StartAsync(Wish);
        await host.Packager.ReportAsync(id, StreamState.Stopped, "asked", RecordingState.AtRest);
        return id;
    }

    private async Task<string> StatusAsync(string id) => (string)(await host.GetStreamAsync(id))["status"]!;

    private async Task ReportAsync(string id, Action<RecordingReport> fill)
    {
        var report = new RecordingReport { CustomerId = host.Workspace.CustomerId, StreamId = id };
        fill(report);
        await host.Services.GetRequiredService<IRecordings>().ReportRecordingAsync(report, default);
    }

    private async Task<List<T>> EventsAsync<T>(string streamId)
        where T : class
    {
        var type = EventCatalog.Of(typeof(T));
        var bodies = new List<T>();
        await host.ChangeAsync(async db =>
        {
            foreach (var row in await db.Events.Where(e => e.Type == type.Name).InOrderAsync())
                if ((string?)JsonNode.Parse(row.Body)!["stream_id"] == streamId) bodies.Add((T)type.Read(row.Body));
        });
        return bodies;
    }

    private async Task WriteAsync(string key, string content)
    {
        var file = Path.Combine(host.Folder, "recordings", key);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await File.WriteAllTextAsync(file, content);
    }
}

/// <summary>What a start finds of the run before it.</summary>
public sealed class RecordingsAfterARestartTests
{
    [Fact]
    public async Task Restart_StreamsWhoseMediaNobodyAddsTo_AreHandedToTheRecordingService()
    {
        var folder = Directory.CreateTempSubdirectory("livestream-rooms-").FullName;
        try
        {
            string live, ending;
            var before = new RoomsHost(new SqliteDatabase(), folder);
            await before.InitializeAsync();
            ending = (string)(await before.StartAsync(body: """{"recording":{"hls_vod":true}}""")).Body["id"]!;
            await before.Packager.ReportAsync(ending, StreamState.Stopped, "asked", RecordingState.Writing);
            live = (string)(await before.StartAsync(body: """{"recording":{"hls_vod":true}}""")).Body["id"]!;
            await before.Packager.ReportAsync(live, StreamState.Running, recording: RecordingState.Writing);
            await before.DisposeAsync();

            for (var start = 0; start < 2; start++)
            {
                var after = new RoomsHost(new SqliteDatabase(), folder);
                await after.InitializeAsync();
                using (var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60)))
                {
                    while ((await after.Client.GetAsync("/readyz", limit.Token)).StatusCode != HttpStatusCode.OK) await Task.Delay(20, limit.Token);
                }

                Assert.Equal("post_processing", (string?)(await after.GetStreamAsync(ending))["status"]);
                Assert.Equal("failed", (string?)(await after.GetStreamAsync(live))["status"]);
                // Each is told once, however often the server starts.
                var told = 0;
                await after.ChangeAsync(async db => told = await db.Events.CountAsync(e => e.Type == "live_stream.recorded.v1"));
                Assert.Equal(2, told);
                await after.DisposeAsync();
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
