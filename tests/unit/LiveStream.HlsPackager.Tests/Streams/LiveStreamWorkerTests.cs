using LiveStream.Contracts;
using LiveStream.Contracts.Packager.V1;
using LiveStream.HlsPackager.Ingest;
using LiveStream.HlsPackager.Publish;
using LiveStream.HlsPackager.Streams;
using LiveStream.HlsPackager.Tests.Publish;
using LiveStream.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace LiveStream.HlsPackager.Tests.Streams;

public sealed class LiveStreamWorkerTests
{
    [Fact]
    public async Task WatchStreams_FromStartToStop_TellsEachState()
    {
        await using var origin = await OriginFixture.StartAsync();
        await using var states = origin.Control.WatchStreamsAsync(new WatchStreamsRequest(), default).GetAsyncEnumerator();
        Assert.True(await states.MoveNextAsync());
        Assert.Equal("", states.Current.StreamId);
        var next = states.MoveNextAsync();
        var source = await origin.GoLiveAsync();
        Assert.True(await next);
        Assert.Equal(StreamState.Starting, states.Current.State);
        source.SendUpTo(3);
        Assert.True(await states.MoveNextAsync());
        Assert.Equal(StreamState.Running, states.Current.State);
        await origin.Control.StopStreamAsync(new StopStreamRequest { StreamId = "one", Reason = "asked" }, default);
        Assert.True(await states.MoveNextAsync());
        Assert.Equal((StreamState.Stopped, "asked", OriginFixture.Room), (states.Current.State, states.Current.Reason, states.Current.RoomId));
        Assert.True(source.IsDisposed);
    }

    [Fact]
    public async Task Run_SourceFails_EndsThisStreamOnly()
    {
        await using var origin = await OriginFixture.StartAsync();
        var broken = await origin.GoLiveAsync();
        var good = await origin.GoLiveAsync(path: OriginFixture.Path.Replace('b', 'c'), id: "two");
        broken.SendUpTo(3);
        broken.Break(new InvalidOperationException("codec crash"));
        await foreach (var change in origin.Control.WatchStreamsAsync(new WatchStreamsRequest(), default))
        {
            if (change.StreamId != "one" || change.State != StreamState.Failed) continue;
            Assert.Equal("internal error", change.Reason);
            break;
        }

        Assert.Contains("#EXT-X-ENDLIST", await origin.Client.GetStringAsync($"/hls/{OriginFixture.Path}/stream_0/stream.m3u8"), StringComparison.Ordinal);
        good.SendUpTo(3);
        Assert.Contains("stream_0", await origin.Client.GetStringAsync($"/hls/{OriginFixture.Path.Replace('b', 'c')}/master.m3u8"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_PublisherReplaced_GoesOnBehindADiscontinuity()
    {
        await using var origin = await OriginFixture.StartAsync();
        var source = await origin.GoLiveAsync();
        source.SendUpTo(3);
        source.Send(new PublisherGone("left"));
        source.Send(new LayersChanged("other", ["q", "f"]));
        for (var i = 0; i < 100; i++)
        {
            foreach (var rid in (string[])["q", "f"]) source.Send(new VideoSample("other", rid, Cmaf.Virtual.Picture(20 + i / 30.0, i % 60 == 0)));
        }

        await origin.Control.StopStreamAsync(new StopStreamRequest { StreamId = "one" }, default);
        var best = await origin.Client.GetStringAsync($"/hls/{OriginFixture.Path}/stream_0/stream.m3u8");
        Assert.Contains("#EXT-X-DISCONTINUITY\n", best, StringComparison.Ordinal);
        var added = await origin.Client.GetStringAsync($"/hls/{OriginFixture.Path}/stream_1/stream.m3u8");
        Assert.Contains("#EXT-X-MEDIA-SEQUENCE:3\n", added, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_VideoOnly_HasNoAudioGroup()
    {
        await using var origin = await OriginFixture.StartAsync();
        var source = await origin.GoLiveAsync();
        source.SendUpTo(3, withSound: false);
        var master = await origin.Client.GetStringAsync($"/hls/{OriginFixture.Path}/master.m3u8");
        Assert.DoesNotContain("AUDIO", master, StringComparison.Ordinal);
        Assert.Contains("CODECS=\"avc1.42E01F\"", master, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(120u, 0u, false, 120, "no publisher for 120 seconds")]
    [InlineData(0u, 0u, false, 300, "no publisher for 300 seconds")]
    [InlineData(120u, 400u, true, 400, "the longest duration, 400 seconds, is over")]
    public async Task Run_EndsByTheTemplatesTimes(uint autoStop, uint longest, bool speaks, int after, string reason)
    {
        var clock = new TestClock();
        await using var origin = await OriginFixture.StartAsync(services => services.AddSingleton<TimeProvider>(clock));
        var source = await origin.GoLiveAsync(configure: request => (request.AutoStopSeconds, request.LongestSeconds) = (autoStop, longest));
        await using var states = origin.Control.WatchStreamsAsync(new WatchStreamsRequest(), default).GetAsyncEnumerator();
        do Assert.True(await states.MoveNextAsync());
        while (states.Current.StreamId.Length > 0);
        var end = states.MoveNextAsync().AsTask();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var seconds = 0;
        for (; !end.IsCompleted; seconds++)
        {
            // The silence that fills a stream comes whether somebody is there or not; packets tell.
            source.Send(new AudioSample(Cmaf.Virtual.Stereo, Cmaf.Virtual.Sound(seconds * 47)));
            if (speaks) source.LastPacketAt = clock.GetTimestamp();
            await Task.Delay(1, patience.Token);
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.True(await end);
        Assert.Equal((StreamState.Stopped, reason), (states.Current.State, states.Current.Reason));
        Assert.True(seconds >= after, $"ended after {seconds} s");
    }

    [Fact]
    public async Task Event_KeepsEverythingOnDisk()
    {
        await using var origin = await OriginFixture.StartAsync();
        var source = await origin.GoLiveAsync(PlaylistType.Event);
        source.SendUpTo(60);
        await origin.Control.StopStreamAsync(new StopStreamRequest { StreamId = "one" }, default);
        var playlist = await origin.Client.GetStringAsync($"/hls/{OriginFixture.Path}/stream_0/stream.m3u8");
        Assert.Contains("#EXT-X-PLAYLIST-TYPE:EVENT\n", playlist, StringComparison.Ordinal);
        Assert.Contains("segment_1.m4s\n", playlist, StringComparison.Ordinal);
        await origin.Get<DiskSegmentStore>().DisposeAsync();
        Assert.NotEmpty(await origin.Client.GetByteArrayAsync($"/hls/{OriginFixture.Path}/stream_0/segment_1.m4s"));
    }

    [Theory]
    [InlineData("", OriginFixture.Path, ControlError.InvalidArgument)]
    [InlineData("two", OriginFixture.Customer + "/" + OriginFixture.Room + "/../etc", ControlError.InvalidArgument)]
    [InlineData("two", "x", ControlError.InvalidArgument)]
    [InlineData("two", OriginFixture.Path, ControlError.AlreadyExists)]
    [InlineData("one", OriginFixture.Customer + "/" + OriginFixture.Room + "/20260102/5", ControlError.AlreadyExists)]
    public async Task StartStream_BadRequest_IsRefused(string id, string path, ControlError error)
    {
        await using var origin = await OriginFixture.StartAsync();
        await origin.GoLiveAsync();
        var request = new StartStreamRequest { StreamId = id, CustomerId = OriginFixture.Customer, RoomId = OriginFixture.Room, Path = path };
        var failure = await Assert.ThrowsAsync<ControlException>(() => origin.Control.StartStreamAsync(request, default));
        Assert.Equal(error, failure.Error);
    }

    [Fact]
    public async Task StopStream_Unknown_IsNotFound()
    {
        await using var origin = await OriginFixture.StartAsync();
        var failure = await Assert.ThrowsAsync<ControlException>(() => origin.Control.StopStreamAsync(new StopStreamRequest { StreamId = "x" }, default));
        Assert.Equal(ControlError.NotFound, failure.Error);
    }

    [Fact]
    public void LayerMap_BestLayerFirst_KeepsItsPlaceWhenOthersCome()
    {
        var map = new LayerMap();
        map.Update("track", ["q", "h"]);
        map.Update("track", ["q", "h", "f"]);
        Assert.True(map.TryFind("track", "h", out var h) && h == 0);
        Assert.True(map.TryFind("track", "q", out var q) && q == 1);
        Assert.True(map.TryFind("track", "f", out var f) && f == 2);
        Assert.False(map.TryFind("other", "q", out _));
    }
}
