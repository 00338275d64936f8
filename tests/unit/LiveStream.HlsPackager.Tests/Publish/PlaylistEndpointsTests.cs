using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using LiveStream.Contracts.Packager.V1;
using LiveStream.HlsPackager.Ingest;
using LiveStream.HlsPackager.Playlist;
using LiveStream.HlsPackager.Publish;
using LiveStream.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace LiveStream.HlsPackager.Tests.Publish;

public sealed class PlaylistEndpointsTests : IAsyncLifetime
{
    private const string Run = "/hls/" + OriginFixture.Path;
    private const string Static = $"/hls/{OriginFixture.Customer}/{OriginFixture.Room}/master.m3u8";

    private OriginFixture origin = null!;

    public async Task InitializeAsync() => origin = await OriginFixture.StartAsync();

    public async Task DisposeAsync() => await origin.DisposeAsync();

    [Fact]
    public async Task StaticUrl_NothingHasRun_Is404WithTheErrorBody()
    {
        using var response = await origin.Client.GetAsync(Static);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("""{"code":404,"message":"hls not running","details":[]}""", await response.Content.ReadAsStringAsync());
        Assert.Equal("*", response.Headers.GetValues("Access-Control-Allow-Origin").Single());
    }

    [Fact]
    public async Task StaticUrl_StreamRuns_ItsUrisResolve()
    {
        var source = await origin.GoLiveAsync();
        source.SendUpTo(5);
        var master = await origin.Client.GetStringAsync(Static);

        Assert.Contains("RESOLUTION=1280x720,FRAME-RATE=30.000,AUDIO=\"audio\"", master, StringComparison.Ordinal);
        var uri = master.Split('\n').Single(line => line.EndsWith("stream_0/stream.m3u8", StringComparison.Ordinal));
        var playlistUri = new Uri(new Uri(origin.Client.BaseAddress!, Static), uri);
        var playlist = await origin.Client.GetStringAsync(playlistUri);
        foreach (var line in playlist.Split('\n').Where(line => line.EndsWith(".m4s", StringComparison.Ordinal)))
        {
            Assert.NotEmpty(await origin.Client.GetByteArrayAsync(new Uri(playlistUri, line)));
        }

        Assert.NotEmpty(await origin.Client.GetByteArrayAsync(new Uri(playlistUri, "init_0.mp4")));
    }

    [Fact]
    public async Task Multivariant_RequestedBeforeTheFirstSegment_Waits()
    {
        var source = await origin.GoLiveAsync();
        var request = origin.Client.GetStringAsync(Run + "/master.m3u8");
        Assert.False(request.IsCompleted);
        source.SendUpTo(3);
        Assert.Contains("stream_0/stream.m3u8", await request, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Segment_IsItsPartsOneAfterTheOther()
    {
        await LiveAsync(2.5);
        var whole = await origin.Client.GetByteArrayAsync(Run + "/stream_0/segment_1.m4s");
        var joined = new List<byte>();
        for (var part = 0; part < 7; part++) joined.AddRange(await origin.Client.GetByteArrayAsync($"{Run}/stream_0/part_1_{part}.m4s"));
        Assert.Equal(joined, whole);
    }

    [Fact]
    public async Task Segment_Range_IsThatPartOfIt()
    {
        await LiveAsync(2.5);
        var whole = await origin.Client.GetByteArrayAsync(Run + "/stream_0/segment_1.m4s");
        using var request = new HttpRequestMessage(HttpMethod.Get, Run + "/stream_0/segment_1.m4s") { Headers = { Range = new RangeHeaderValue(1000, 4999) } };
        using var response = await origin.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.PartialContent, response.StatusCode);
        Assert.Equal(whole[1000..5000], await response.Content.ReadAsByteArrayAsync());
        Assert.Equal($"bytes 1000-4999/{whole.Length}", response.Content.Headers.ContentRange!.ToString());

        using var beyond = new HttpRequestMessage(HttpMethod.Get, Run + "/stream_0/segment_1.m4s") { Headers = { Range = new RangeHeaderValue(whole.Length, null) } };
        using var refused = await origin.Client.SendAsync(beyond);
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, refused.StatusCode);
    }

    [Fact]
    public async Task Objects_HaveTypesTagsAndCacheTimes()
    {
        await LiveAsync(2.5);
        using var segment = await origin.Client.GetAsync(Run + "/stream_0/segment_1.m4s");
        Assert.Equal("video/mp4", segment.Content.Headers.ContentType!.MediaType);
        Assert.Contains("immutable", segment.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        Assert.NotNull(segment.Headers.Date);

        using var again = new HttpRequestMessage(HttpMethod.Get, Run + "/stream_0/segment_1.m4s");
        again.Headers.IfNoneMatch.Add(segment.Headers.ETag!);
        using var unchanged = await origin.Client.SendAsync(again);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);

        using var head = await origin.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, Run + "/audio/segment_1.m4s"));
        Assert.Equal("audio/mp4", head.Content.Headers.ContentType!.MediaType);
        Assert.True(head.Content.Headers.ContentLength > 0);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Playlist_GzipAccepted_IsTheSamePlaylist()
    {
        await LiveAsync(2.5);
        var plain = await origin.Client.GetByteArrayAsync(Run + "/stream_0/stream.m3u8");
        using var request = new HttpRequestMessage(HttpMethod.Get, Run + "/stream_0/stream.m3u8");
        request.Headers.AcceptEncoding.ParseAdd("gzip");
        using var response = await origin.Client.SendAsync(request);
        Assert.Equal("gzip", response.Content.Headers.ContentEncoding.Single());
        Assert.Equal("application/vnd.apple.mpegurl", response.Content.Headers.ContentType!.MediaType);
        using var unzipped = new MemoryStream();
        await using (var gzip = new GZipStream(await response.Content.ReadAsStreamAsync(), CompressionMode.Decompress)) await gzip.CopyToAsync(unzipped);
        Assert.Equal(plain, unzipped.ToArray());
    }

    [Fact]
    public async Task Options_AnyPath_IsAPreflightAnswer()
    {
        using var request = new HttpRequestMessage(HttpMethod.Options, Run + "/stream_0/segment_1.m4s");
        request.Headers.Add("Origin", "https://example.test");
        using var response = await origin.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal("*", response.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.Contains("GET", response.Headers.GetValues("Access-Control-Allow-Methods").Single(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/hls/AAAAAAAAAAAAAAAAAAAAAAAA/bbbbbbbbbbbbbbbbbbbbbbbb/master.m3u8")]
    [InlineData("/hls/aaaaaaaaaaaaaaaaaaaaaaaa/..%2f..%2fetc/master.m3u8")]
    [InlineData(Run + "/stream_0/..%2f..%2f..%2fpasswd")]
    [InlineData(Run + "/stream_0/%2e%2e/segment_1.m4s")]
    [InlineData(Run + "/../stream_0")]
    [InlineData(Run + "/stream_9/stream.m3u8")]
    [InlineData(Run + "/stream_0/part_1_99.m4s")]
    [InlineData(Run + "/stream_0/part_99999999999999999999_0.m4s")]
    [InlineData("/hls/x")]
    public async Task Anything_Unknown_IsNotFound(string url)
    {
        await LiveAsync(2.5);
        using var response = await origin.Client.GetAsync(url);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Theory]
    [InlineData("?_HLS_msn=x")]
    [InlineData("?_HLS_msn=-1")]
    [InlineData("?_HLS_part=1")]
    [InlineData("?_HLS_msn=1&_HLS_part=-1")]
    [InlineData("?_HLS_msn=4")]
    [InlineData("?_HLS_skip=NO")]
    public async Task BlockingReload_BadDirective_IsRefusedAtOnce(string query)
    {
        await LiveAsync(2.5);
        using var response = await origin.Client.GetAsync(Run + "/stream_0/stream.m3u8" + query);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task BlockingReload_PartIsWritten_Answers()
    {
        var source = await LiveAsync(2.5);
        var part = origin.Client.GetStringAsync(Run + "/stream_0/stream.m3u8?_HLS_msn=2&_HLS_part=1");
        var segment = origin.Client.GetStringAsync(Run + "/stream_0/stream.m3u8?_HLS_msn=2");
        // Part 9 of a segment with seven is part 0 of the next.
        var beyond = origin.Client.GetStringAsync(Run + "/stream_0/stream.m3u8?_HLS_msn=2&_HLS_part=9");
        await Eventually.HoldsAsync(() => origin.Get<BlockingReload>().Parked == 3);
        source.SendUpTo(2.7);
        Assert.Contains("part_2_1.m4s\"\n", await part, StringComparison.Ordinal);
        Assert.False(segment.IsCompleted);
        source.SendUpTo(4.1);
        Assert.Contains("segment_2.m4s", await segment, StringComparison.Ordinal);
        Assert.False(beyond.IsCompleted);
        source.SendUpTo(4.5);
        Assert.Contains("part_3_0.m4s", await beyond, StringComparison.Ordinal);
    }

    [Fact]
    public async Task BlockingReload_PublisherIsAway_AnswersUnchangedInTime()
    {
        var clock = new TestClock();
        await using var slow = await OriginFixture.StartAsync(services => services.AddSingleton<TimeProvider>(clock));
        var source = await slow.GoLiveAsync();
        source.SendUpTo(2.5);
        source.Send(new PublisherGone("left"));
        await Eventually.HoldsAsync(() => slow.Get<StreamRegistry>().FindRoom(OriginFixture.Customer, OriginFixture.Room)!.Find("stream_0")?.Feed.Current is { IsPaused: true });

        const string Playlist = Run + "/stream_0/stream.m3u8";
        var waiting = slow.Client.GetAsync(Playlist + "?_HLS_msn=3&_HLS_part=0");
        await Eventually.HoldsAsync(() => slow.Get<BlockingReload>().Parked == 1);
        clock.Advance(TimeSpan.FromSeconds(6));
        using var reply = await waiting;
        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
        Assert.Equal(await slow.Client.GetStringAsync(Playlist), await reply.Content.ReadAsStringAsync());
        Assert.Equal(TimeSpan.FromSeconds(1), reply.Headers.CacheControl!.MaxAge);
    }

    [Fact]
    public async Task PreloadHint_RequestedEarly_WaitsForThePart()
    {
        var source = await LiveAsync(2.5);
        var hint = (await origin.Client.GetStringAsync(Run + "/stream_0/stream.m3u8")).Split('\n').Single(line => line.StartsWith("#EXT-X-PRELOAD-HINT", StringComparison.Ordinal));
        var uri = hint.Split('"')[1];
        var request = origin.Client.GetByteArrayAsync($"{Run}/stream_0/{uri}");
        await Eventually.HoldsAsync(() => origin.Get<BlockingReload>().Parked == 1);
        source.SendUpTo(3);
        Assert.NotEmpty(await request);
    }

    [Fact]
    public async Task Stop_EndsThePlaylistAndWakesWaitingRequests()
    {
        await LiveAsync(2.5);
        var parked = origin.Client.GetStringAsync(Run + "/stream_0/stream.m3u8?_HLS_msn=3&_HLS_part=0");
        await Eventually.HoldsAsync(() => origin.Get<BlockingReload>().Parked == 1);
        await origin.Control.StopStreamAsync(new StopStreamRequest { StreamId = "one", Reason = "over" }, default);

        var playlist = await parked;
        Assert.EndsWith("#EXT-X-ENDLIST\n", playlist, StringComparison.Ordinal);
        Assert.Contains("segment_2.m4s", playlist, StringComparison.Ordinal);
        Assert.Contains("stream_0", await origin.Client.GetStringAsync(Static), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Shutdown_EndsThePlaylistsOfAllStreams()
    {
        await LiveAsync(2.5);
        var parked = origin.Client.GetStringAsync(Run + "/stream_0/stream.m3u8?_HLS_msn=3&_HLS_part=0");
        await Eventually.HoldsAsync(() => origin.Get<BlockingReload>().Parked == 1);
        await origin.StopAsync();
        Assert.EndsWith("#EXT-X-ENDLIST\n", await parked, StringComparison.Ordinal);
    }

    private async Task<FakeSource> LiveAsync(double seconds)
    {
        var source = await origin.GoLiveAsync();
        source.SendUpTo(seconds);
        await origin.Client.GetStringAsync(Run + "/master.m3u8");
        // Everything sent has been taken in when the last part is there.
        await Eventually.HoldsAsync(() => source.Samples.Count == 0);
        var last = (int)((seconds - 2) * 30 - 1) / 9;
        await Eventually.HoldsAsync(() => origin.Get<StreamRegistry>().FindRoom(OriginFixture.Customer, OriginFixture.Room)!.Find("stream_0")!.Feed.Current!.Contains(2, last - 1));
        return source;
    }
}
