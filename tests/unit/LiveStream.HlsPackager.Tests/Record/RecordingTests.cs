using LiveStream.Contracts;
using LiveStream.Contracts.Packager.V1;
using LiveStream.Contracts.Recording;
using LiveStream.HlsPackager.Record;
using LiveStream.HlsPackager.Tests.Publish;
using LiveStream.Objects;
using LiveStream.Testing;

using Microsoft.Extensions.DependencyInjection;

namespace LiveStream.HlsPackager.Tests.Record;

/// <summary>What a live stream leaves in the object store.</summary>
public sealed class RecordingTests
{
    [Fact]
    public async Task Stream_Recorded_StoresEachSegmentAndAJournalOfThem()
    {
        var store = new MemoryStore();
        await using var origin = await StartAsync(store);
        var source = await GoLiveAsync(origin);
        source.SendUpTo(7);
        await StopAsync(origin);

        var pages = store.Pages();
        Assert.True(pages[^1].Closed);
        Assert.Equal(["audio", "stream_0"], pages.SelectMany(page => page.Inits).Select(init => init.Rendition).Order(StringComparer.Ordinal));
        var segments = pages.SelectMany(page => page.Segments).Where(line => line.Rendition == "stream_0").ToList();
        Assert.Equal([1, 2, 3, 4], segments.Select(line => line.Number));
        Assert.InRange(TimeSpan.FromTicks(segments.Sum(line => line.Duration)).TotalSeconds, 6.9, 7.1);
        Assert.Equal(210, segments.Sum(line => line.Frames));
        foreach (var line in pages.SelectMany(page => page.Segments))
        {
            Assert.Equal(SegmentFate.Stored, line.Fate);
            // What is stored is what viewers get.
            var live = await origin.Client.GetByteArrayAsync($"/hls/{OriginFixture.Path}/{line.Rendition}/segment_{line.Number}.m4s");
            Assert.Equal(live, store.Objects[$"{RecordingKeys.FolderOf(OriginFixture.Path)}/{line.Rendition}/segment_{line.Number}.m4s"]);
            Assert.Equal(live.Length, line.Bytes);
        }
    }

    [Fact]
    public async Task Stream_NotRecorded_StoresNothing()
    {
        var store = new MemoryStore();
        await using var origin = await StartAsync(store);
        var source = await origin.GoLiveAsync();
        source.SendUpTo(5);
        await origin.Control.StopStreamAsync(new StopStreamRequest { StreamId = "one" }, default);
        Assert.Empty(store.Objects);
        var failure = await Assert.ThrowsAsync<ControlException>(() => PauseAsync(origin, true));
        Assert.Equal(ControlError.FailedPrecondition, failure.Error);
    }

    [Fact]
    public async Task Paused_LeavesOutWholeSegments_TheSameInAllRenditions()
    {
        var store = new MemoryStore();
        await using var origin = await StartAsync(store);
        var source = await GoLiveAsync(origin);
        source.SendUpTo(4.5);
        await WaitForSegmentAsync(origin, 3);
        await PauseAsync(origin, true);
        source.SendUpTo(10.5);
        await WaitForSegmentAsync(origin, 6);
        await PauseAsync(origin, false);
        source.SendUpTo(15);
        await StopAsync(origin);

        var lines = store.Pages().SelectMany(page => page.Segments).ToList();
        var video = lines.Where(line => line.Rendition == "stream_0").Select(line => line.Number).ToList();
        Assert.Equal([1, 2, 3, 7, 8], video);
        Assert.Equal(video, lines.Where(line => line.Rendition == "audio").Select(line => line.Number));
    }

    [Fact]
    public async Task StoreAway_ForAWhile_LosesNothing()
    {
        var store = new MemoryStore { Failures = 3 };
        await using var origin = await StartAsync(store);
        var source = await GoLiveAsync(origin);
        source.SendUpTo(5);
        await StopAsync(origin);

        Assert.All(store.Pages().SelectMany(page => page.Segments), line => Assert.Equal(SegmentFate.Stored, line.Fate));
        Assert.True(store.Pages()[^1].Closed);
    }

    [Fact]
    public async Task StoreTooSlow_LiveStreamGoesOn_AndTheJournalSaysWhatIsLost()
    {
        var store = new MemoryStore();
        var memory = new RecordingMemory(1500);
        store.Block();
        using var upload = MakeUpload(store, memory, linesPerPage: 2);
        for (var i = 0; i < 5; i++)
        {
            var line = new JournalSegment("stream_0", i, i, 1, 0, false, 1, 500, SegmentFate.Stored);
            upload.Add(new RecordedSegment(line, $"stream_0/segment_{i}.m4s") { Content = [new byte[300], new byte[200]] });
        }

        Assert.Equal(1500, memory.Used);
        store.Unblock();
        upload.Complete();
        await upload.Completion.WaitAsync(TimeSpan.FromSeconds(60));

        Assert.Equal(0, memory.Used);
        var lines = store.Pages().SelectMany(page => page.Segments).ToList();
        Assert.Equal([SegmentFate.Stored, SegmentFate.Stored, SegmentFate.Stored, SegmentFate.Lost, SegmentFate.Lost], lines.Select(line => line.Fate));
        Assert.Equal([0, 1, 2, 3, 4], lines.Select(line => line.Number));
        Assert.Equal([2, 2, 1], store.Pages().Select(page => page.Segments.Count));
    }

    [Fact]
    public async Task StoreTooSlow_InitSegmentsAreNotLost()
    {
        var store = new MemoryStore();
        var memory = new RecordingMemory(1000);
        store.Block();
        using var upload = MakeUpload(store, memory);
        void AddSegment(int number, int init, int bytes) => upload.Add(new RecordedSegment(
            new JournalSegment("stream_0", number, number, 1, init, false, 1, bytes, SegmentFate.Stored), $"stream_0/segment_{number}.m4s") { Content = [new byte[bytes]] });

        // More items than wait at most, and no room in bytes.
        for (var i = 0; i < 20_000; i++) AddSegment(i, init: 0, bytes: 1000);
        upload.Add(new RecordedInit(new JournalInit("stream_0", 1, "avc1", 640, 360, 0, SegmentFate.Stored), "stream_0/init_1.mp4") { Content = [new byte[700]] });
        Assert.Equal(1700, memory.Used);
        store.Unblock();
        await Eventually.HoldsAsync(() => memory.Used == 0);
        AddSegment(20_000, init: 1, bytes: 1000);
        upload.Complete();
        await upload.Completion.WaitAsync(TimeSpan.FromSeconds(60));

        Assert.Equal(0, memory.Used);
        Assert.Equal(SegmentFate.Stored, Assert.Single(store.Pages().SelectMany(page => page.Inits)).Fate);
        Assert.Equal((20_000, SegmentFate.Stored), store.Pages().SelectMany(page => page.Segments).Select(line => ((int)line.Number, line.Fate)).Last());
        Assert.Contains(store.Objects.Keys, key => key.EndsWith("/init_1.mp4", StringComparison.Ordinal));
    }

    [Fact]
    public async Task StoreAway_ForGood_ComesToRestWhenTheTimeIsOver()
    {
        var store = new MemoryStore { Failures = int.MaxValue };
        await using var origin = await StartAsync(store, ("RecordingDrain", "00:00:01"));
        var source = await GoLiveAsync(origin);
        source.SendUpTo(5);
        await StopAsync(origin);
        Assert.Empty(store.Objects);
    }

    private static RecordingUpload MakeUpload(MemoryStore store, RecordingMemory memory, int linesPerPage = 128)
    {
        var metrics = new PackagerMetrics(new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>());
        var settings = new RecordingSettings(
            TimeSpan.FromMinutes(1), TimeProvider.System, metrics, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance, default);
        return new RecordingUpload(OriginFixture.Path, store, memory, new JournalPages("one", DateTimeOffset.UnixEpoch, 2, linesPerPage: linesPerPage), settings);
    }

    private static async Task<OriginFixture> StartAsync(MemoryStore store, params (string Name, string Value)[] settings) =>
        await OriginFixture.StartAsync(services => services.AddSingleton<IObjectStore>(store), settings);

    private static async Task<FakeSource> GoLiveAsync(OriginFixture origin)
    {
        var ids = OriginFixture.Path.Split('/');
        await origin.Control.StartStreamAsync(new StartStreamRequest { StreamId = "one", CustomerId = ids[0], RoomId = ids[1], Path = OriginFixture.Path, Record = true }, default);
        return origin.Sources.All[^1];
    }

    /// <summary>Stops and waits until the recording is at rest.</summary>
    private static async Task StopAsync(OriginFixture origin)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await origin.Control.StopStreamAsync(new StopStreamRequest { StreamId = "one" }, limit.Token);
        await foreach (var change in origin.Control.WatchStreamsAsync(new WatchStreamsRequest(), limit.Token))
            if (change is { State: StreamState.Stopped, Recording: RecordingState.AtRest }) return;
    }

    private static Task<SetRecordingPausedReply> PauseAsync(OriginFixture origin, bool paused) =>
        origin.Control.SetRecordingPausedAsync(new SetRecordingPausedRequest { StreamId = "one", Paused = paused }, default);

    /// <summary>Waits until a segment has begun; one after the other, as nobody may ask for the far future.</summary>
    private static async Task WaitForSegmentAsync(OriginFixture origin, int number)
    {
        await origin.Client.GetStringAsync($"/hls/{OriginFixture.Path}/master.m3u8");
        for (var i = 0; i <= number; i++) await origin.Client.GetStringAsync($"/hls/{OriginFixture.Path}/stream_0/stream.m3u8?_HLS_msn={i}&_HLS_part=0");
    }
}
