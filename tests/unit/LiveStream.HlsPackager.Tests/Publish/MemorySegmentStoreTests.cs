using LiveStream.Contracts.Packager.V1;
using LiveStream.HlsPackager.Ingest;
using LiveStream.HlsPackager.Publish;
using LiveStream.HlsPackager.Tests.Cmaf;

namespace LiveStream.HlsPackager.Tests.Publish;

public sealed class MemorySegmentStoreTests
{
    private readonly MemorySegmentStore store = new(1000);

    [Fact]
    public void Put_BeyondTheBudget_DropsTheOldest_AndNothingPinned()
    {
        store.Pin("one", "init", Bytes(100));
        for (var i = 0; i < 10; i++) store.Put("one", $"segment_{i}", Bytes(500));

        Assert.NotNull(store.Find("one", "init"));
        Assert.Null(store.Find("one", "segment_8"));
        Assert.NotNull(store.Find("one", "segment_9"));
        Assert.Equal(600, store.Used);
        store.RemoveRun("one");
        Assert.Null(store.Find("one", "init"));
        Assert.Equal(0, store.Used);
    }

    [Fact]
    public void Put_BeyondTheBudget_DropsWhatIsLeftOfEndedRunsFirst()
    {
        store.Put("live", "segment_0", Bytes(300));
        store.Put("over", "segment_0", Bytes(300));
        store.Put("over", "segment_1", Bytes(300));
        store.EndRun("over");
        store.Put("live", "segment_1", Bytes(300));
        Assert.Equal([true, true, false, true], Present());
        store.Put("live", "segment_2", Bytes(300));
        Assert.Equal([true, true, false, false], Present());
    }

    private bool[] Present() => [.. new[] { ("live", 0), ("live", 1), ("over", 0), ("over", 1) }.Select(x => store.Find(x.Item1, $"segment_{x.Item2}") is not null)];

    private static MemoryObject Bytes(int count) => new("video/mp4", "\"x\"", [new byte[count]]);
}

/// <summary>What is kept of the init segments of runs.</summary>
public sealed class InitSegmentTests
{
    [Fact]
    public async Task Live_WithLittleMemory_KeepsItsInitSegments()
    {
        await using var origin = await OriginFixture.StartAsync(("MemoryBudgetMegabytes", "16"));
        (await origin.GoLiveAsync()).SendUpTo(3);
        await origin.Client.GetStringAsync($"/hls/{OriginFixture.Path}/master.m3u8");
        var store = origin.Get<MemorySegmentStore>();
        var used = store.Used;
        for (var i = 0; i < 20; i++) store.Put("another", $"segment_{i}", new MemoryObject("video/mp4", "\"x\"", [new byte[1_000_000]]));

        Assert.InRange(used, 1, 1_000_000);
        foreach (var rendition in new[] { "stream_0", "audio" })
            (await origin.Client.GetAsync($"/hls/{OriginFixture.Path}/{rendition}/init_0.mp4")).EnsureSuccessStatusCode();
    }

    [Fact]
    public async Task Live_WithManyInitSegments_KeepsThoseThatAreNeeded()
    {
        await using var origin = await OriginFixture.StartAsync(("WindowSegments", "3"));
        var source = await origin.GoLiveAsync();
        source.Send(new LayersChanged("track", [""]));
        for (var picture = 0; picture < 20 * 60; picture++)
            source.Send(new VideoSample("track", "", Virtual.Picture(picture / 30.0, picture % 60 == 0, picture / 60 % 2 == 0 ? Virtual.Small : Virtual.Large)));
        await origin.Control.StopStreamAsync(new StopStreamRequest { StreamId = "one" }, default);

        var playlist = await origin.Client.GetStringAsync($"/hls/{OriginFixture.Path}/stream_0/stream.m3u8");
        Assert.Contains("init_19.mp4", playlist, StringComparison.Ordinal);
        foreach (var number in Enumerable.Range(0, 20))
        {
            var found = origin.Get<MemorySegmentStore>().Find(OriginFixture.Path, $"stream_0/init_{number}.mp4") is not null;
            if (playlist.Contains($"init_{number}.mp4", StringComparison.Ordinal)) Assert.True(found);
            if (number < 10) Assert.False(found);
        }
    }
}
