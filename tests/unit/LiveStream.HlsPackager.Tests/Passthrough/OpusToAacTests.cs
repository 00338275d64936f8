using System.Diagnostics;
using LiveStream.HlsPackager.Ingest;
using LiveStream.HlsPackager.Passthrough;
using LiveStream.Media;
using LiveStream.Media.Aac;
using Microsoft.Extensions.Logging;

namespace LiveStream.HlsPackager.Tests.Passthrough;

public sealed class OpusToAacTests
{
    private const int PacketSamples = 960, Second = 48_000;

    private readonly ManualTime time = new();
    private readonly CapturingLogger logger = new();
    private readonly FrameCollector collector = new();

    [Theory]
    [InlineData(2)]
    [InlineData(1)]
    public async Task Push_Clicks_ComeOutAtTheirCaptureTime(int channels)
    {
        const long Start = 123_457;
        var packets = await FFmpegTool.ClicksAsync(seconds: 5);
        await using (var transcoder = Make(channels))
        {
            // A lost packet and one in discontinuous transmission shift nothing.
            for (var i = 0; i < packets.Count; i++)
            {
                if (i != 120) transcoder.Push(Start + (i * PacketSamples), i == 130 ? [0xF8] : packets[i]);
            }

            await collector.WaitUntilAsync(Start + (4 * Second) + 4096);
        }

        var frames = collector.Frames;
        AssertUninterrupted(frames);
        Assert.Equal(Start, frames[0].Time);
        foreach (var second in new[] { 1, 2, 3, 4 })
        {
            var heard = await ClickNearAsync(frames, channels, Start + (second * Second));
            Assert.InRange(heard - Start - (second * Second), -240, 240); // 5 ms
        }
    }

    [Fact]
    public async Task Push_ChildKilled_GoesOnSilentlyAndInTime()
    {
        var packets = await FFmpegTool.ClicksAsync(seconds: 6);
        await using (var transcoder = Make(channels: 2))
        {
            for (var i = 0; i < 100; i++) transcoder.Push(i * PacketSamples, packets[i]);
            await collector.WaitUntilAsync(Second);

            using (var child = Process.GetProcessById(transcoder.ChildId!.Value)) child.Kill();
            var text = await logger.WaitForAsync(5651);
            Assert.Contains("137", text, StringComparison.Ordinal);

            // Before the back-off is over nothing starts; the row goes on.
            for (var i = 100; i < 150; i++) transcoder.Push(i * PacketSamples, packets[i]);
            Assert.Null(transcoder.ChildId);
            transcoder.Tick((3 * Second) + Second);
            Assert.InRange(collector.Frames[^1].Time, 3 * Second, 4 * Second);

            time.Advance(TimeSpan.FromMilliseconds(300));
            for (var i = 170; i < packets.Count; i++) transcoder.Push(i * PacketSamples, packets[i]);
            await collector.WaitUntilAsync((5 * Second) + 4096);
        }

        AssertUninterrupted(collector.Frames);
        Assert.InRange(await ClickNearAsync(collector.Frames, 2, 5 * Second) - (5 * Second), -480, 480);
    }

    [Fact]
    public async Task Push_FFmpegMissing_IsSaidOnce()
    {
        await using var transcoder = new OpusToAac(new IngestOptions { FFmpegPath = "/nowhere/ffmpeg" }, collector.Add, time, logger);
        for (var i = 0; i < 100; i++)
        {
            transcoder.Push(i * PacketSamples, [0xF8, 0xFF, 0xFE]);
            transcoder.Tick(i * PacketSamples);
            time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Empty(collector.Frames);
        var message = Assert.Single(logger.Messages);
        Assert.Equal(LogLevel.Error, message.Level);
        Assert.Contains("Packager:FFmpegPath", message.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Push_FFmpegMissingForAWhile_SoundsWhenItIsThere()
    {
        var folder = Directory.CreateTempSubdirectory("ffmpeg");
        try
        {
            var path = Path.Combine(folder.FullName, "ffmpeg");
            await using var transcoder = new OpusToAac(new IngestOptions { FFmpegPath = path }, collector.Add, time, logger);
            transcoder.Push(0, [0xF8, 0xFF, 0xFE]);
            var found = Environment.GetEnvironmentVariable("PATH")!.Split(':').Select(each => Path.Combine(each, "ffmpeg")).First(File.Exists);
            File.CreateSymbolicLink(path, found);
            transcoder.Push(PacketSamples, [0xF8, 0xFF, 0xFE]);
            Assert.Null(transcoder.ChildId);

            time.Advance(TimeSpan.FromSeconds(5));
            for (var i = 250; i < 300; i++) transcoder.Push(i * PacketSamples, [0xF8, 0xFF, 0xFE]);
            await collector.WaitUntilAsync((5 * Second) + (Second / 2));
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        Assert.Single(logger.Messages);
    }

    [Fact]
    public async Task Tick_NoPackets_FillsWithSilence()
    {
        await using var transcoder = Make(channels: 2);
        transcoder.Push(0, [0xF8, 0xFF, 0xFE]);
        for (var now = 0; now <= 4 * Second; now += Second / 10) transcoder.Tick(now);
        await collector.WaitUntilAsync(3 * Second);

        AssertUninterrupted(collector.Frames);
    }

    [Fact]
    public async Task Pause_ThenPackets_LeavesOneHoleOnTheRaster()
    {
        await using var transcoder = Make(channels: 2);
        for (var i = 0; i < 50; i++) transcoder.Push(i * PacketSamples, [0xF8, 0xFF, 0xFE]);
        await collector.WaitUntilAsync(Second / 2);
        transcoder.Pause();
        var before = collector.Frames[^1].Time;
        for (var i = 500; i < 550; i++) transcoder.Push(i * PacketSamples, [0xF8, 0xFF, 0xFE]);
        await collector.WaitUntilAsync((10 * Second) + (Second / 2));

        var after = collector.Frames.First(frame => frame.Time > before);
        // The raster point before the first packet, and the encoder's priming before that.
        Assert.InRange(after.Time, (10 * Second) - 2048, 10 * Second);
        Assert.Equal(0, (after.Time - before) % 1024);
    }

    [Fact]
    public async Task Pause_OfManySeconds_DoesNotCountAgainstTheNextChild()
    {
        await using var transcoder = Make(channels: 2);
        for (var i = 0; i < 50; i++) transcoder.Push(i * PacketSamples, [0xF8, 0xFF, 0xFE]);
        await collector.WaitUntilAsync(Second / 2);
        transcoder.Pause();
        // The first packet still waits for its write, so the child cannot have answered.
        transcoder.Push(500 * PacketSamples, [0xF8, 0xFF, 0xFE]);
        var child = transcoder.ChildId;
        transcoder.Tick((10 * Second) + (Second / 10));
        for (var i = 501; i < 550; i++) transcoder.Push(i * PacketSamples, [0xF8, 0xFF, 0xFE]);
        await collector.WaitUntilAsync((10 * Second) + (Second / 2));

        Assert.Equal(child, transcoder.ChildId);
    }

    [Fact]
    public async Task SilentAac_Decoded_IsSilence()
    {
        foreach (var channels in new[] { 1, 2 })
        {
            var samples = await FFmpegTool.DecodeAsync(Enumerable.Repeat(SilentAac.Of(channels), 5), channels);
            Assert.Equal(5 * 1024, samples.Length);
            Assert.All(samples, sample => Assert.Equal(0, sample));
        }
    }

    private OpusToAac Make(int channels) => new(new IngestOptions { AudioChannels = channels }, collector.Add, time, logger);

    private static void AssertUninterrupted(List<AacFrame> frames)
    {
        for (var i = 1; i < frames.Count; i++) Assert.Equal(frames[i - 1].Time + 1024, frames[i].Time);
    }

    private static async Task<long> ClickNearAsync(List<AacFrame> frames, int channels, long expected)
    {
        var samples = await FFmpegTool.DecodeAsync(frames.Select(frame => frame.Data), channels);
        var from = (int)(expected - frames[0].Time) - 4800;
        var window = Enumerable.Range(from, 9600).Where(i => i < samples.Length).ToList();
        var loudest = window.MaxBy(i => Math.Abs((int)samples[i]));
        Assert.True(Math.Abs((int)samples[loudest]) > 5000, $"no click near {expected}");
        return frames[0].Time + loudest;
    }
}
