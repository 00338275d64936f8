using LiveStream.Contracts;
using LiveStream.Contracts.Packager.V1;
using LiveStream.HlsPackager.Tests.Publish;

namespace LiveStream.HlsPackager.Tests.Streams;

public sealed class TimedMetadataTests
{
    private static readonly InsertTimedMetadataRequest s_request = new() { StreamId = "one", Payload = "{\"offer\":1}", DurationSeconds = 30 };

    [Fact]
    public async Task Insert_Running_IsInEveryPlaylistWhenTheCallReturns()
    {
        await using var origin = await OriginFixture.StartAsync();
        await GoRunningAsync(origin);

        var before = DateTimeOffset.UtcNow;
        var start = (await origin.Control.InsertTimedMetadataAsync(s_request, default)).Start.ToDateTimeOffset();

        Assert.InRange(start, before.AddMilliseconds(-1), DateTimeOffset.UtcNow);
        var expected = $"#EXT-X-DATERANGE:ID=\"one-1\",START-DATE=\"{start.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.fff}Z\",DURATION=30.000,X-100MSLIVE-PAYLOAD=\"";
        foreach (var rendition in (string[])["stream_0", "audio"])
        {
            Assert.Contains(expected, await origin.Client.GetStringAsync($"/hls/{OriginFixture.Path}/{rendition}/stream.m3u8"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Insert_ManyAtOnce_HaveIdsOfTheirOwn()
    {
        await using var origin = await OriginFixture.StartAsync();
        await GoRunningAsync(origin);

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => origin.Control.InsertTimedMetadataAsync(s_request, default)));

        var playlist = await origin.Client.GetStringAsync($"/hls/{OriginFixture.Path}/stream_0/stream.m3u8");
        Assert.All(Enumerable.Range(1, 20), i => Assert.Contains($"ID=\"one-{i}\"", playlist, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Insert_NothingToPlayYetOrAnyMore_IsRefused()
    {
        await using var origin = await OriginFixture.StartAsync();
        await AssertRefusedAsync(origin, s_request, ControlError.NotFound);
        await origin.GoLiveAsync();
        await AssertRefusedAsync(origin, s_request, ControlError.FailedPrecondition);
        await origin.Control.StopStreamAsync(new StopStreamRequest { StreamId = "one" }, default);
        await AssertRefusedAsync(origin, s_request, ControlError.FailedPrecondition);
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData("x", 0)]
    [InlineData("x", 86401)]
    public async Task Insert_OutOfRange_IsInvalid(string payload, uint seconds)
    {
        await using var origin = await OriginFixture.StartAsync();
        await GoRunningAsync(origin);
        await AssertRefusedAsync(origin, new InsertTimedMetadataRequest { StreamId = "one", Payload = payload, DurationSeconds = seconds }, ControlError.InvalidArgument);
        await AssertRefusedAsync(
            origin, new InsertTimedMetadataRequest { StreamId = "one", Payload = new string('x', 101), DurationSeconds = 1 }, ControlError.InvalidArgument);
    }

    private static async Task AssertRefusedAsync(OriginFixture origin, InsertTimedMetadataRequest request, ControlError error) =>
        Assert.Equal(error, (await Assert.ThrowsAsync<ControlException>(() => origin.Control.InsertTimedMetadataAsync(request, default))).Error);

    private static async Task GoRunningAsync(OriginFixture origin)
    {
        (await origin.GoLiveAsync()).SendUpTo(3);
        await foreach (var change in origin.Control.WatchStreamsAsync(new WatchStreamsRequest(), default))
        {
            if (change.State == StreamState.Running) break;
        }
    }
}
