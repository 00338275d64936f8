using System.Net.Sockets;
using System.Text;
using LiveStream.Contracts.Sfu.V1;
using LiveStream.HlsPackager.Ingest;
using LiveStream.HlsPackager.Tests.Passthrough;
using LiveStream.Media;
using LiveStream.Media.Tests.H264;
using Microsoft.Extensions.Logging.Abstractions;
using LayersChanged = LiveStream.HlsPackager.Ingest.LayersChanged;

namespace LiveStream.HlsPackager.Tests.Ingest;

public sealed class StreamIngestTests : IAsyncLifetime, IDisposable
{
    private const uint VideoSsrc = 1000, AudioSsrc = 2000;

    private readonly IngestOptions options = new() { JitterWait = TimeSpan.FromMilliseconds(20), KeyFrameRequestInterval = TimeSpan.FromMilliseconds(100), SilenceAfter = TimeSpan.FromDays(1) };
    private readonly FakeSfu sfu = new();
    private readonly CapturingLogger logger = new();
    private readonly CancellationTokenSource limit = new(TimeSpan.FromSeconds(60));
    private readonly RtpIngestListener listener;
    private readonly StreamIngest ingest;

    public StreamIngestTests()
    {
        listener = new RtpIngestListener(options, NullLogger<RtpIngestListener>.Instance, maxStreams: 100);
        ingest = new StreamIngest(sfu, listener, options, "room", "export-1", ["broadcaster"], TimeProvider.System, logger);
    }

    public async Task InitializeAsync()
    {
        await ingest.StartAsync(limit.Token);
        await sfu.Starts.ReadAsync(limit.Token);
    }

    public async Task DisposeAsync()
    {
        await ingest.DisposeAsync();
        await listener.DisposeAsync();
        Assert.True(sfu.Stopped);
    }

    public void Dispose()
    {
        sfu.Dispose();
        limit.Dispose();
    }

    [Fact]
    public async Task Samples_VideoAndAudio_ComeTimedByTheSenderReports()
    {
        await PublishAsync(Tracks.Video("camera", "ann"), Tracks.Audio("mic", "ann"));
        var packets = Clip.Packets(200);
        const uint AudioStart = 4_000_000_000;
        const ulong Ntp = 3_900_000_000UL << 32;
        sfu.SendReport(VideoSsrc, Ntp, packets[0].Timestamp);

        // By the reports the first audio sample was captured 10 ms after the first picture.
        sfu.SendReport(AudioSsrc, Ntp, AudioStart - 480);
        SendVideo(packets);
        for (var i = 0; i < 20; i++) sfu.SendRtp(AudioSsrc, 111, i, AudioStart + (uint)(i * 960), false, [0xF8, 0xFF, 0xFE]);

        var pictures = new List<VideoAccessUnit>();
        AacFrame? firstFrame = null;
        while (pictures.Count < Clip.Pictures || firstFrame is null)
        {
            switch (await ingest.Samples.ReadAsync(limit.Token))
            {
                case VideoSample video:
                    Assert.Equal(("camera", ""), (video.TrackId, video.Rid));
                    pictures.Add(video.Unit);
                    break;
                case AudioSample audio:
                    firstFrame ??= audio.Frame;
                    Assert.Equal((48_000, 2), (audio.Parameters.SampleRate, audio.Parameters.Channels));
                    break;
            }
        }

        // To the tick that the wall clock's microseconds are rounded to.
        for (var i = 0; i < Clip.Pictures; i++) Assert.InRange(pictures[i].Time - pictures[0].Time - (i * 3000L), -1, 1);
        Assert.InRange((firstFrame.Time / 48_000.0) - (pictures[0].Time / 90_000.0), 0.0095, 0.0105);
    }

    [Fact]
    public async Task Samples_PicturesWithoutSound_ComeWithSilenceUntilThereIsSound()
    {
        options.SilenceAfter = TimeSpan.Zero;
        await PublishAsync(Tracks.Video("camera", "ann"));
        SendVideo(Clip.Packets(1200));
        var times = new List<long>();
        while (times.Count < 30) await TakeFrameAsync();
        Assert.Null(ingest.FFmpegProcessId);

        sfu.Publish(Tracks.Audio("mic", "ann"));
        await logger.WaitForAsync(5610);
        for (var i = 0; i < 100; i++) sfu.SendRtp(AudioSsrc, 111, i, (uint)(i * 960), false, [0xF8, 0xFF, 0xFE]);
        while (ingest.FFmpegProcessId is null) await TakeFrameAsync();
        for (var i = 0; i < 30; i++) await TakeFrameAsync();
        Assert.All(times.Zip(times.Skip(1)), pair => Assert.Equal(1024, pair.Second - pair.First));

        async Task TakeFrameAsync()
        {
            if (await ingest.Samples.ReadAsync(limit.Token) is AudioSample audio) times.Add(audio.Frame.Time);
        }
    }

    [Fact]
    public async Task Samples_LayersOfASimulcastTrack_ComeUnderTheirRids()
    {
        await PublishAsync(Tracks.Video("camera", "ann", TrackSource.Regular, ("q", 11), ("h", 12)));
        var changed = Assert.IsType<LayersChanged>(await ingest.Samples.ReadAsync(limit.Token));
        Assert.Equal(["q", "h"], changed.Rids);

        foreach (var packet in Clip.Packets(1200))
        {
            sfu.SendRtp(11, 102, packet.Sequence, packet.Timestamp, packet.Marker, packet.Payload);
            sfu.SendRtp(12, 102, packet.Sequence, packet.Timestamp + 777, packet.Marker, packet.Payload);
        }

        var rids = new List<string>();
        while (rids.Count < 2 * Clip.Pictures) rids.Add(Assert.IsType<VideoSample>(await ingest.Samples.ReadAsync(limit.Token)).Rid);
        Assert.Equal(Clip.Pictures, rids.Count(rid => rid == "q"));
    }

    [Fact]
    public async Task Samples_PacketLost_AsksForAKeyFrameAndGoesOnWithIt()
    {
        await PublishAsync(Tracks.Video("camera", "ann"));
        var packets = Clip.Packets(60);
        var second = packets.FindIndex(packet => packet.Timestamp != packets[0].Timestamp);
        var keyFrame = packets.FindIndex(packet => packet.Timestamp - packets[0].Timestamp == Clip.KeyFrameEvery * Clip.TicksPerPicture);
        Assert.IsType<LayersChanged>(await ingest.Samples.ReadAsync(limit.Token));
        SendVideo(packets.Take(second));
        var keys = new List<bool> { Assert.IsType<VideoSample>(await ingest.Samples.ReadAsync(limit.Token)).Unit.IsKeyFrame };
        while (sfu.KeyFrames.TryRead(out _))
        {
            // Asked for while the first key frame was on its way.
        }

        SendVideo(packets.Skip(second + 1).Take(keyFrame - second - 1));
        var request = await sfu.KeyFrames.ReadAsync(limit.Token);
        Assert.Equal(("camera", ""), (request.TrackId, request.Rid));
        SendVideo(packets.Skip(keyFrame));
        for (var i = 0; i < Clip.KeyFrameEvery; i++) keys.Add(Assert.IsType<VideoSample>(await ingest.Samples.ReadAsync(limit.Token)).Unit.IsKeyFrame);
        Assert.Equal([true, true, false, false, false, false, false], keys);
    }

    [Fact]
    public async Task Samples_PublisherLeavesAndAnotherComes_SaySo()
    {
        await PublishAsync(Tracks.Video("camera", "ann"));
        Assert.IsType<LayersChanged>(await ingest.Samples.ReadAsync(limit.Token));
        sfu.Unpublish("camera");
        Assert.IsType<PublisherGone>(await ingest.Samples.ReadAsync(limit.Token));

        sfu.Publish(Tracks.Video("other", "bob"));
        Assert.IsType<Discontinuity>(await ingest.Samples.ReadAsync(limit.Token));
        Assert.Equal("other", Assert.IsType<LayersChanged>(await ingest.Samples.ReadAsync(limit.Token)).TrackId);

        sfu.Publish(Tracks.Video("screen", "ann", TrackSource.Screen, ("", 3000)));
        Assert.IsType<Discontinuity>(await ingest.Samples.ReadAsync(limit.Token));
        Assert.Equal("screen", Assert.IsType<LayersChanged>(await ingest.Samples.ReadAsync(limit.Token)).TrackId);
        await ingest.RequestKeyFrameAsync(limit.Token);
        Assert.Equal("screen", (await sfu.KeyFrames.ReadAsync(limit.Token)).TrackId);
    }

    [Fact]
    public async Task Samples_AudioTrackExportedUnderAnotherSsrc_GoOn()
    {
        sfu.Publish(Tracks.Audio("mic", "ann"));
        await logger.WaitForAsync(5610);
        for (var i = 0; i < 10; i++) sfu.SendRtp(AudioSsrc, 111, i, (uint)(i * 960), false, [0xF8, 0xFF, 0xFE]);
        // Up to the silence that stands for what does not come.
        await ReadSoundAsync(30);

        // Told of again without a change, it is left alone.
        sfu.Publish(Tracks.Audio("mic", "ann"));
        sfu.Publish(Tracks.Audio("mic", "ann", ssrc: 2001));
        while (logger.Messages.Count(message => message.Id == 5610) < 2) await Task.Delay(20, limit.Token);
        Assert.Equal(2, logger.Messages.Count(message => message.Id == 5610));
        // There is one at a second. Packets that come ahead of their time count as sent early, and would be cut.
        var clicks = await FFmpegTool.ClicksAsync(seconds: 2);
        for (var i = 40; i < 60; i++)
        {
            sfu.SendRtp(2001, 111, i, 7_000_000 + (uint)(i * 960), false, clicks[i]);
            await Task.Delay(20, limit.Token);
        }

        Assert.Contains(await FFmpegTool.DecodeAsync(await ReadSoundAsync(100), channels: 2), sound => Math.Abs((int)sound) > 5000);
    }

    [Fact]
    public async Task WaitForSamples_UntilDisposed_TellsOfEverySample()
    {
        await PublishAsync(Tracks.Video("camera", "ann"));
        Assert.True(await ingest.WaitForSamplesAsync(limit.Token));
        Assert.IsType<LayersChanged>(await ingest.Samples.ReadAsync(limit.Token));

        SendVideo(Clip.Packets(200));
        for (var pictures = 0; pictures < Clip.Pictures;)
        {
            Assert.True(await ingest.WaitForSamplesAsync(limit.Token));
            while (ingest.Samples.TryRead(out var sample)) pictures += sample is VideoSample ? 1 : 0;
        }

        await ingest.DisposeAsync();
        while (await ingest.WaitForSamplesAsync(limit.Token)) Assert.False(ingest.Samples.TryRead(out _));
    }

    [Fact]
    public async Task Samples_OtherCodec_AreRefusedWithAReason()
    {
        var track = Tracks.Video("camera", "ann");
        track.Codec.Name = "VP8";
        sfu.Publish(track);

        var gone = Assert.IsType<PublisherGone>(await ingest.Samples.ReadAsync(limit.Token));
        Assert.Contains("VP8", gone.Reason, StringComparison.Ordinal);
        Assert.Contains("H264", await logger.WaitForAsync(5611), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_ConnectionLost_IsAskedForAgain()
    {
        await PublishAsync(Tracks.Video("camera", "ann"));
        await ingest.Samples.ReadAsync(limit.Token);
        sfu.BreakConnection();
        await sfu.Starts.ReadAsync(limit.Token);

        SendVideo(Clip.Packets(1200));
        Assert.IsType<VideoSample>(await ingest.Samples.ReadAsync(limit.Token));
    }

    [Fact]
    public async Task Export_OfANodeThatTheRoomLeft_BeginsAnewThoughItsConnectionIsStillOpen()
    {
        await PublishAsync(Tracks.Video("camera", "ann"));
        await ingest.Samples.ReadAsync(limit.Token);
        sfu.Move();
        await sfu.Starts.ReadAsync(limit.Token);
        sfu.Publish(Tracks.Video("camera", "ann"));

        SendVideo(Clip.Packets(1200));
        Assert.IsType<VideoSample>(await ingest.Samples.ReadAsync(limit.Token));
    }

    [Fact]
    public async Task Samples_GarbagePackets_AreDropped()
    {
        await PublishAsync(Tracks.Video("camera", "ann"), Tracks.Audio("mic", "ann"));
        await ingest.Samples.ReadAsync(limit.Token);
        var random = new Random(1);
        var payload = new byte[200];
        for (var i = 0; i < 2000; i++)
        {
            random.NextBytes(payload);
            sfu.SendRtp(i % 2 == 0 ? VideoSsrc : AudioSsrc, (byte)(i % 2 == 0 ? 102 : 111), random.Next(65_536), (uint)random.Next(), i % 3 == 0, payload.AsSpan(0, random.Next(200)));
        }

        // How much of it counts as late, after numbers like these, depends on how they were spread over time.
        for (var again = 0; !await SeesKeyFrameAsync(TimeSpan.FromMilliseconds(500)); again++)
        {
            var later = again;
            SendVideo(Clip.Packets(1200).Select(packet => packet with { Sequence = packet.Sequence + 100 * later, Timestamp = packet.Timestamp + 90_000u * (uint)later }));
        }
    }

    private async Task<bool> SeesKeyFrameAsync(TimeSpan within)
    {
        using var pause = CancellationTokenSource.CreateLinkedTokenSource(limit.Token);
        pause.CancelAfter(within);
        try
        {
            while (await ingest.Samples.ReadAsync(pause.Token) is not VideoSample { Unit.IsKeyFrame: true, Unit.Parameters.Width: 160 })
            {
            }

            return true;
        }
        catch (OperationCanceledException) when (!limit.IsCancellationRequested)
        {
            return false;
        }
    }

    [Theory]
    [InlineData("LSEXPORT/1 nobody\n")]
    [InlineData("GET / HTTP/1.1\r\n")]
    [InlineData("LSEXPORT/1 export-1")]
    [InlineData("")]
    public async Task Listener_StrangeHello_IsClosed(string hello)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(listener.EndPoint, limit.Token);
        var bytes = Encoding.UTF8.GetBytes(hello);
        await client.GetStream().WriteAsync(new byte[] { 0, (byte)bytes.Length }.Concat(bytes).ToArray(), limit.Token);
        Assert.Equal(0, await client.GetStream().ReadAsync(new byte[1], limit.Token));
    }

    // A stranger holds a thread until then.
    [Fact]
    public async Task Listener_SilentStranger_IsClosed()
    {
        using var client = new TcpClient();
        await client.ConnectAsync(listener.EndPoint, limit.Token);
        await client.GetStream().WriteAsync(new byte[] { 0 }, limit.Token);
        Assert.Equal(0, await client.GetStream().ReadAsync(new byte[1], limit.Token));
    }

    private async Task<List<ReadOnlyMemory<byte>>> ReadSoundAsync(int count)
    {
        var frames = new List<ReadOnlyMemory<byte>>();
        while (frames.Count < count)
        {
            if (await ingest.Samples.ReadAsync(limit.Token) is AudioSample sample) frames.Add(sample.Frame.Data);
        }

        return frames;
    }

    private async Task PublishAsync(params Track[] tracks)
    {
        foreach (var track in tracks) sfu.Publish(track);

        // Packets of tracks that the ingest does not know yet would be dropped.
        await logger.WaitForAsync(5609);
        if (tracks.Length > 1) await logger.WaitForAsync(5610);
    }

    private void SendVideo(IEnumerable<Clip.Packet> packets)
    {
        foreach (var packet in packets) sfu.SendRtp(VideoSsrc, 102, packet.Sequence, packet.Timestamp, packet.Marker, packet.Payload);
    }
}
