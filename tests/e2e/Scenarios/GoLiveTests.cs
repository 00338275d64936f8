using LiveStream.E2E.Tests.Harness;
using Xunit.Abstractions;

namespace LiveStream.E2E.Tests.Scenarios;

/// <summary>The main job: one tab goes live, a second watches in real time, a third by HLS, until it is stopped.</summary>
[Collection(SharedBrowser.Collection)]
public sealed class GoLiveTests(SharedBrowser browser, ITestOutputHelper output)
{
    [Theory]
    [InlineData(Form.AsTheRunSays)]
    [InlineData(Form.SixServices)]
    public async Task GoLive_WatchedInRealTimeAndByHls_PlaysWithoutAStallUntilTheEnd(Form form)
    {
        var figures = new Figures(output, form == Form.SixServices ? "go live, six services" : "go live");
        await using var product = await Product.StartAsync(output, form);
        await using var broadcaster = await BroadcasterPage.OpenAsync(browser, product, output);
        await using var realTime = await ViewerPage.OpenWhepAsync(browser, product, output);
        await using var hls = await ViewerPage.OpenHlsAsync(browser, product, output);
        await hls.WaitForStateAsync("Not live yet");

        var sinceLive = await broadcaster.GoLiveAsync();
        figures.Print("live after", sinceLive.Elapsed);
        await using var recorder = new HlsRecorder(product.Http, product.StaticPlaylist);
        recorder.Start();
        await realTime.WaitUntilPlayingAsync();
        figures.Print("WHEP plays after", sinceLive.Elapsed);
        await hls.WaitUntilPlayingAsync(Limits.GoLiveToPlaying);
        var toPlaying = sinceLive.Elapsed;
        figures.Print("HLS plays after", toPlaying);
        Assert.True(toPlaying <= Limits.GoLiveToPlaying, $"HLS played {toPlaying} after going live");

        await WatchAsync(figures, realTime, hls, form == Form.SixServices ? Limits.ColdStalls : Limits.Stalls);

        await broadcaster.StopAsync();
        await hls.WaitForStateAsync("Ended");
        await recorder.WaitForEndAsync(Limits.Patience);
        Assert.All(recorder.Renditions, r => Assert.Contains("#EXT-X-ENDLIST", recorder.LastPlaylist(r).Text, StringComparison.Ordinal));
        await CheckRecordingAsync(figures, recorder);
        await CheckZipAsync(figures, product, recorder);
    }

    private static async Task WatchAsync(Figures figures, ViewerPage realTime, ViewerPage hls, int mostStalls)
    {
        var (before, stallsBefore) = (await realTime.Tab.RtcAsync(), await hls.StallsAsync());
        var playing = await Task.WhenAll(realTime.Tab.WatchAsync(Limits.WatchTime), hls.Tab.WatchAsync(Limits.WatchTime));
        var (after, stalls) = (await realTime.Tab.RtcAsync(), await hls.StallsAsync() - stallsBefore);

        figures.Print($"{Limits.WatchTime} of WHEP took", playing[0]);
        figures.Print($"{Limits.WatchTime} of HLS took", playing[1]);
        figures.Print("WHEP frames per second", $"{(after.FramesDecoded - before.FramesDecoded) / playing.Max().TotalSeconds:F1}");
        figures.Print("WHEP picture", $"{after.Width}x{after.Height} {after.VideoCodec} {string.Join(' ', after.SrtpCiphers)}");
        figures.Print("WHEP packets lost", $"{after.PacketsLost - before.PacketsLost} of {after.PacketsReceived - before.PacketsReceived}");
        figures.Print("WHEP freezes", $"{after.Freezes - before.Freezes}");
        figures.Print("HLS stalls", $"{stalls}");
        var latency = await realTime.LatenciesAsync();
        var hlsLatency = await hls.LatenciesAsync();
        var (offsets, hlsOffsets) = (await realTime.AudioOffsetsAsync(), await hls.AudioOffsetsAsync());
        figures.PrintMilliseconds("WHEP glass to glass", latency);
        figures.PrintMilliseconds("HLS glass to glass", hlsLatency);
        figures.PrintMilliseconds("WHEP sound later than picture", offsets);
        figures.PrintMilliseconds("HLS sound later than picture", hlsOffsets);

        Assert.True(after.FramesDecoded - before.FramesDecoded > Limits.WatchTime.TotalSeconds * Limits.FramesPerSecond, $"fewer than {Limits.FramesPerSecond} frames per second by WHEP");
        Assert.True(offsets.Count > Limits.WatchTime.TotalSeconds / 2, $"{offsets.Count} beeps were heard by WHEP");
        Assert.True(hlsOffsets.Count > Limits.WatchTime.TotalSeconds / 2, $"{hlsOffsets.Count} beeps were heard by HLS");
        Assert.NotEmpty(latency);
        Assert.NotEmpty(hlsLatency);
        Assert.InRange(Figures.Percentile(latency, 95), 0, Limits.RealTimeLatency.TotalMilliseconds);
        Assert.InRange(Figures.Percentile(hlsLatency, 50), 0, Limits.HlsLatency.TotalMilliseconds);
        Assert.InRange(stalls, 0, mostStalls);
    }

    private static async Task CheckRecordingAsync(Figures figures, HlsRecorder recorder)
    {
        List<double> flashes = [], beeps = [];
        foreach (var rendition in recorder.Renditions)
        {
            var playlist = recorder.LastPlaylist(rendition);
            var segments = recorder.Segments(rendition);
            figures.Print($"{rendition} segments", $"{segments.Count}, {segments.Min(s => s.Duration):F3} to {segments.Max(s => s.Duration):F3} s, target {playlist.TargetDuration}");
            Assert.InRange(playlist.PartTarget, 0.2, 0.334);
            Assert.All(segments, s => Assert.NotNull(s.ProgramDateTime));
            Assert.All(segments, s => Assert.True(Math.Round(s.Duration) <= playlist.TargetDuration, $"{s.Address} is longer than the target duration"));
            foreach (var file in recorder.Write(rendition))
            {
                Assert.Equal("", await MediaFile.ComplaintsAsync(file));
                if (rendition == recorder.Audio) beeps.AddRange(await MediaFile.BeepsAsync(file));
                else if (rendition == recorder.Video) flashes.AddRange(await MediaFile.FlashesAsync(file));
            }
        }

        Assert.Contains(recorder.Audio, recorder.Renditions);
        var offsets = MediaFile.Offsets(flashes, beeps);
        figures.PrintMilliseconds("sound later than picture in the segments", offsets);
        Assert.NotEmpty(offsets);
        Assert.InRange(Math.Abs(Figures.Percentile(offsets, 50)), 0, Limits.LipSync.TotalMilliseconds);
    }

    // What is kept of the show is what was shown.
    private static async Task CheckZipAsync(Figures figures, Product product, HlsRecorder recorder)
    {
        var stream = (await product.NewestLiveStreamAsync()).GetProperty("id").GetString()!;
        var zip = (await product.WaitForRecordingAsync(stream)).EnumerateArray().Single(asset => asset.GetProperty("path").GetString()!.EndsWith(".zip", StringComparison.Ordinal));
        using var show = await RecordedShow.FetchAsync(product.Http, await product.PresignedUrlAsync(zip.GetProperty("id").GetString()!));
        var shown = recorder.Segments(recorder.Video).Sum(segment => segment.Duration);
        var kept = await RecordedShow.ProbeAsync(show.Master);
        figures.Print("shown, kept in the zip", $"{shown:F3} s, {kept.Duration:F3} s, {show.Size / 1000} kB");
        Assert.InRange(kept.Duration, shown - 2.5, shown + 2.5);
        Assert.Equal(["aac", "h264"], kept.Codecs);
    }
}
