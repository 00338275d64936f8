using System.Net;
using System.Net.Http.Headers;

using LiveStream.Rooms.Domain;
using LiveStream.Rooms.Tests.Http;

namespace LiveStream.Rooms.Tests.History;

public sealed class RecordingAssetTestsOnSqlite(HistoryHost host) : RecordingAssetTests(host), IClassFixture<HistoryHost>;

public sealed class RecordingAssetTestsOnPostgres(PostgresHistoryHost host) : RecordingAssetTests(host), IClassFixture<PostgresHistoryHost>;

public abstract class RecordingAssetTests(HistoryHost host)
{
    [Fact]
    public async Task List_FiltersAndPages_NewestFirst()
    {
        var room = await host.AddRoomAsync();
        var made = new List<string>();
        for (var i = 0; i < 12; i++)
        {
            var asset = host.Asset(room, $"c/beam/{room}/Rec-{i}.mp4", i % 2 == 0 ? AssetTypes.RoomComposite : "chat", "65dd0000000000000000000b", "65cc0000000000000000000a");
            if (i == 11) asset.Status = AssetStatuses.Failed;
            await host.Assets.AddAsync(asset, default);
            made.Add(asset.Id);
        }

        made.Reverse();
        foreach (var limit in new[] { 1, 5, 100 }) Assert.Equal(made, await host.WalkAsync($"/v2/recording-assets?room_id={room}", limit));
        Assert.Equal(made[..1], await host.WalkAsync($"/v2/recording-assets?room_id={room}&status=failed", 10));
        Assert.Equal(6, (await host.WalkAsync($"/v2/recording-assets?room_id={room}&type=chat", 10)).Count);
        Assert.Empty(await host.WalkAsync($"/v2/recording-assets?room_id={room}&session_id={room}", 10));
        Samples.AssertShape("GET /v2/recording-assets", (await host.GetAsync($"/v2/recording-assets?room_id={room}")).Body);
        Samples.AssertShape("GET /v2/recording-assets/{asset_id}", (await host.GetAsync($"/v2/recording-assets/{made[0]}")).Body);
        RoomsHost.AssertError(await host.GetAsync("/v2/recording-assets?type=film"), HttpStatusCode.BadRequest, "Invalid query param");
        RoomsHost.AssertError(await host.GetAsync($"/v2/recording-assets/{made[0]}/presigned-url"), HttpStatusCode.NotFound, "recording asset not ready");
        var other = await host.OtherTokenAsync();
        RoomsHost.AssertError(
            await host.SendAsync(HttpMethod.Get, $"/v2/recording-assets/{made[1]}", other), HttpStatusCode.NotFound, "recording asset not found");
        RoomsHost.AssertError(
            await host.SendAsync(HttpMethod.Get, $"/v2/recording-assets/{made[1]}/presigned-url", other), HttpStatusCode.NotFound, "recording asset not found");
    }

    [Fact]
    public async Task PresignedUrl_OpensTheFile_InWholeAndByRanges()
    {
        var (id, key) = await AddFileAsync("Rec.mp4", "0123456789");
        var (status, signed) = await host.GetAsync($"/v2/recording-assets/{id}/presigned-url?presign_duration=3600");
        Assert.Equal(HttpStatusCode.OK, status);
        Samples.AssertShape("GET /v2/recording-assets/{asset_id}/presigned-url", signed);
        Assert.Equal(3600, (int)signed["expiry"]!);
        Assert.Equal($"folder://recordings/{key}", (string?)signed["path"]);
        var url = (string)signed["url"]!;
        Assert.StartsWith("http://live.example.test/v2/objects/", url, StringComparison.Ordinal);
        var path = new Uri(url).PathAndQuery;

        using var whole = await host.Client.GetAsync(path);
        Assert.Equal(HttpStatusCode.OK, whole.StatusCode);
        Assert.Equal("video/mp4", whole.Content.Headers.ContentType!.MediaType);
        Assert.Equal("*", whole.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.Equal("0123456789", await whole.Content.ReadAsStringAsync());

        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Range = new RangeHeaderValue(2, 4) } };
        using var part = await host.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.PartialContent, part.StatusCode);
        Assert.Equal("234", await part.Content.ReadAsStringAsync());

        using var head = await host.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, path));
        Assert.Equal((HttpStatusCode.OK, 10), (head.StatusCode, head.Content.Headers.ContentLength));
    }

    [Fact]
    public async Task PresignedUrl_Default_IsGoodForThreeDays()
    {
        var (id, _) = await AddFileAsync("Rec.mp4", "x");
        Assert.Equal(259200, (int)(await host.GetAsync($"/v2/recording-assets/{id}/presigned-url")).Body["expiry"]!);
        foreach (var seconds in new[] { "0", "604801", "-1", "soon" })
        {
            RoomsHost.AssertError(
                await host.GetAsync($"/v2/recording-assets/{id}/presigned-url?presign_duration={seconds}"), HttpStatusCode.BadRequest, "Invalid query param");
        }
    }

    [Fact]
    public async Task PresignedUrl_OfAPlaylist_OpensWhatLiesBesideAndBelow_AndNothingElse()
    {
        var (id, key) = await AddFileAsync("vod/master.m3u8", "#EXTM3U", AssetTypes.RoomVod);
        var folder = key[..^"master.m3u8".Length];
        await WriteAsync($"{folder}stream_0/0.m4s", "segment");
        await WriteAsync($"{folder[..^"vod/".Length]}other.mp4", "secret");
        var path = new Uri((string)(await host.GetAsync($"/v2/recording-assets/{id}/presigned-url")).Body["url"]!).PathAndQuery;

        Assert.Equal("segment", await host.Client.GetStringAsync(path.Replace("master.m3u8", "stream_0/0.m4s", StringComparison.Ordinal)));
        await AssertClosedAsync(path.Replace("vod/master.m3u8", "other.mp4", StringComparison.Ordinal), HttpStatusCode.Forbidden, "link not valid");
        await AssertClosedAsync(path.Replace("master.m3u8", "nothing.m4s", StringComparison.Ordinal), HttpStatusCode.NotFound, "object not found");
        await AssertClosedAsync(path.Replace("master.m3u8", "..%2fother.mp4", StringComparison.Ordinal), HttpStatusCode.Forbidden, "link not valid");
        await AssertClosedAsync(path.Replace("master.m3u8", "%2e%2e/other.mp4", StringComparison.Ordinal), HttpStatusCode.Forbidden, "link not valid");
    }

    [Fact]
    public async Task Object_WithAnythingButItsLink_IsClosed()
    {
        var (id, key) = await AddFileAsync("Rec.mp4", "x");
        var path = new Uri((string)(await host.GetAsync($"/v2/recording-assets/{id}/presigned-url?presign_duration=60")).Body["url"]!).PathAndQuery;
        var ticket = path.Split('/')[3];
        var flipped = ticket[..^1] + (ticket[^1] == '0' ? '1' : '0');
        var later = (long.Parse(ticket.Split('.')[0], System.Globalization.CultureInfo.InvariantCulture) + 60) + ticket[ticket.IndexOf('.', StringComparison.Ordinal)..];
        foreach (var other in new[] { flipped, later, "x", "1.1.", new string('9', 200), $"{ticket}.1" })
            await AssertClosedAsync($"/v2/objects/{other}/{key}", HttpStatusCode.Forbidden, "link not valid");
        await AssertClosedAsync($"/v2/objects/{ticket}/{key}x", HttpStatusCode.Forbidden, "link not valid");
        await AssertClosedAsync($"/v2/objects/{ticket}/", HttpStatusCode.Forbidden, "link not valid");
    }

    private async Task AssertClosedAsync(string path, HttpStatusCode status, string message) =>
        RoomsHost.AssertError(await host.SendAsync(HttpMethod.Get, path, null), status, message);

    private async Task<(string Id, string Key)> AddFileAsync(string name, string content, string type = AssetTypes.RoomComposite)
    {
        var room = await host.AddRoomAsync();
        var key = $"c/hls/{room}/{name}";
        await WriteAsync(key, content);
        var asset = host.Asset(room, key, type);
        await host.Assets.AddAsync(asset, default);
        return (asset.Id, key);
    }

    private async Task WriteAsync(string key, string content)
    {
        var file = Path.Combine(host.Folder, "recordings", key);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await File.WriteAllTextAsync(file, content);
    }
}
