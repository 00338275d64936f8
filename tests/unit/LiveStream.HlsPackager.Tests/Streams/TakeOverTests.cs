using LiveStream.Contracts.Packager.V1;
using LiveStream.HlsPackager.Publish;
using LiveStream.HlsPackager.Tests.Publish;
using LiveStream.HlsPackager.Tests.Record;
using LiveStream.Objects;
using LiveStream.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace LiveStream.HlsPackager.Tests.Streams;

/// <summary>A stream whose packager was lost goes on at another one.</summary>
public sealed class TakeOverTests
{
    private const string Playlist = $"/hls/{OriginFixture.Path}/stream_0/stream.m3u8";

    [Fact]
    public async Task StartStream_WithAFirstSegment_GoesOnBehindADiscontinuity()
    {
        var store = new MemoryStore();
        await using var origin = await OriginFixture.StartAsync(services => services.AddSingleton<IObjectStore>(store));
        (await origin.GoLiveAsync(firstSegment: 700, record: true)).SendUpTo(5);

        await origin.Client.GetStringAsync($"/hls/{OriginFixture.Path}/master.m3u8");
        var lines = (await origin.Client.GetStringAsync($"{Playlist}?_HLS_msn=701")).Split('\n');
        Assert.Contains("#EXT-X-MEDIA-SEQUENCE:700", lines);
        // As many breaks as segments at most: the number never goes back.
        Assert.Contains("#EXT-X-DISCONTINUITY-SEQUENCE:700", lines);
        var first = Array.IndexOf(lines, "#EXT-X-DISCONTINUITY");
        Assert.Equal("#EXT-X-MAP:URI=\"init_700.mp4\"", lines[first + 1]);
        Assert.True(Array.IndexOf(lines, "segment_700.m4s") > first);
        Assert.Contains("segment_701.m4s", lines);
        (await origin.Client.GetAsync($"/hls/{OriginFixture.Path}/stream_0/segment_700.m4s")).EnsureSuccessStatusCode();

        // What the lost packager has stored stays as it is.
        await origin.Control.StopStreamAsync(new StopStreamRequest { StreamId = "one" }, default);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await foreach (var change in origin.Control.WatchStreamsAsync(new WatchStreamsRequest(), limit.Token))
            if (change.Recording == RecordingState.AtRest) break;
        Assert.Contains(store.Objects.Keys, key => key.EndsWith("/journal/00000700.json", StringComparison.Ordinal));
        Assert.DoesNotContain(store.Objects.Keys, key => key.EndsWith("/init_0.mp4", StringComparison.Ordinal) || key.EndsWith("/00000000.json", StringComparison.Ordinal));
    }

    [Fact]
    public async Task TimedMetadata_OfTheOneThatTookOver_HasIdsOfItsOwn()
    {
        await using var first = await OriginFixture.StartAsync();
        await using var second = await OriginFixture.StartAsync();
        var ids = new List<string>();
        foreach (var (origin, number) in new[] { (first, 0u), (second, 1u) })
        {
            (await origin.GoLiveAsync(firstSegment: number)).SendUpTo(3);
            await origin.Client.GetStringAsync($"/hls/{OriginFixture.Path}/master.m3u8");
            for (var i = 0; i < 3; i++) await origin.Control.InsertTimedMetadataAsync(new InsertTimedMetadataRequest { StreamId = "one", Payload = "x", DurationSeconds = 600 }, default);
            var lines = (await origin.Client.GetStringAsync(Playlist)).Split('\n');
            ids.AddRange(lines.Where(line => line.StartsWith("#EXT-X-DATERANGE:ID=", StringComparison.Ordinal)).Select(line => line.Split('"')[1]));
        }

        Assert.Equal(6, ids.Distinct().Count());
    }

    [Fact]
    public async Task PlayerOfALostStream_WaitsUntilItGoesOn()
    {
        await using var origin = await OriginFixture.StartAsync(("TakeOverWait", "00:00:30"));
        // The run is older than the packager: it was somewhere else before.
        var waiting = origin.Client.GetStringAsync(Playlist);
        var source = await origin.GoLiveAsync(firstSegment: 10);
        Assert.False(waiting.IsCompleted);
        source.SendUpTo(3);

        Assert.Contains("#EXT-X-MEDIA-SEQUENCE:10\n", await waiting, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StopStream_ThatAnotherPackagerHas_IsNotServedAnyMore()
    {
        await using var origin = await OriginFixture.StartAsync();
        (await origin.GoLiveAsync()).SendUpTo(3);
        await origin.Client.GetStringAsync($"/hls/{OriginFixture.Path}/master.m3u8");

        await origin.Control.StopStreamAsync(new StopStreamRequest { StreamId = "one", Forget = true }, default);
        Assert.Equal(System.Net.HttpStatusCode.NotFound, (await origin.Client.GetAsync(Playlist)).StatusCode);
        // It may come back.
        (await origin.GoLiveAsync(firstSegment: 50)).SendUpTo(3);
        await origin.Client.GetStringAsync($"/hls/{OriginFixture.Path}/master.m3u8");
        Assert.Contains("#EXT-X-MEDIA-SEQUENCE:50\n", await origin.Client.GetStringAsync(Playlist), StringComparison.Ordinal);
        await Eventually.HoldsAsync(() => origin.Sources.All[0].IsDisposed);
        (await origin.Client.GetAsync($"/hls/{OriginFixture.Path}/stream_0/init_50.mp4")).EnsureSuccessStatusCode();

        // Nothing of it is kept, nor what was written while it ended.
        await origin.Control.StopStreamAsync(new StopStreamRequest { StreamId = "one", Forget = true }, default);
        await Eventually.HoldsAsync(() => origin.Sources.All[1].IsDisposed);
        var memory = origin.Get<MemorySegmentStore>();
        await Eventually.HoldsAsync(() => memory.Used == 0);
    }
}
