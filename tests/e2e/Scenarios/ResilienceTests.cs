using System.Net;
using LiveStream.E2E.Tests.Harness;
using Xunit.Abstractions;

namespace LiveStream.E2E.Tests.Scenarios;

/// <summary>Attacks and failures around a running show, which goes on or ends as promised.</summary>
[Collection(SharedBrowser.Collection)]
public sealed class ResilienceTests(SharedBrowser browser, ITestOutputHelper output)
{
    [Theory]
    [InlineData(Form.AsTheRunSays)]
    [InlineData(Form.SixServices)]
    public async Task Ffmpeg_KilledWhileLive_HlsGoesOn(Form form)
    {
        var figures = new Figures(output, form == Form.SixServices ? "ffmpeg killed, six services" : "ffmpeg killed");
        await using var product = await Product.StartAsync(output, form);
        await using var broadcaster = await BroadcasterPage.OpenAsync(browser, product, output);
        await broadcaster.GoLiveAsync();
        await using var recorder = new HlsRecorder(product.Http, product.StaticPlaylist);
        recorder.Start();
        await using var viewer = await ViewerPage.OpenHlsAsync(browser, product, output);
        await viewer.WaitUntilPlayingAsync();
        var child = Assert.Single(Processes.ChildrenOf(product.PackagerProcessId, "ffmpeg"));

        Processes.Kill(child);

        await viewer.Tab.WatchAsync(TimeSpan.FromSeconds(10));
        var (video, audio) = (recorder.Segments(recorder.Video).Count, recorder.Segments(recorder.Audio).Count);
        await recorder.WaitForSegmentsAsync(Math.Max(video, audio) + 2, Limits.Patience);
        var successor = Assert.Single(Processes.ChildrenOf(product.PackagerProcessId, "ffmpeg"));
        Assert.NotEqual(child, successor);
        Assert.False(product.HasExited);
        figures.Print("stalls", $"{await viewer.StallsAsync()}");

        await broadcaster.StopAsync();
        await recorder.WaitForEndAsync(Limits.Patience);
        var beeps = new List<double>();
        foreach (var file in recorder.Write(recorder.Audio)) beeps.AddRange(await MediaFile.BeepsAsync(file));
        var flashes = new List<double>();
        foreach (var file in recorder.Write(recorder.Video)) flashes.AddRange(await MediaFile.FlashesAsync(file));
        var offsets = MediaFile.Offsets(flashes, beeps);
        figures.PrintMilliseconds("sound later than picture", offsets);
        // The sound after the restart is as much in step as before it.
        Assert.InRange(Math.Abs(offsets[^1]), 0, Limits.LipSync.TotalMilliseconds);
    }

    [Theory]
    [InlineData(Form.AsTheRunSays)]
    [InlineData(Form.SixServices)]
    public async Task Garbage_TenThousandDatagramsASecond_LeavesViewersPlaying(Form form)
    {
        var figures = new Figures(output, form == Form.SixServices ? "garbage, six services" : "garbage");
        await using var product = await Product.StartAsync(output, form);
        await using var broadcaster = await BroadcasterPage.OpenAsync(browser, product, output);
        await broadcaster.GoLiveAsync();
        await using var viewer = await ViewerPage.OpenWhepAsync(browser, product, output);
        await viewer.WaitUntilPlayingAsync();
        await viewer.Tab.WaitForFramesAsync(30);
        var before = await viewer.Tab.RtcAsync();

        var sending = new GarbageSender(new IPEndPoint(IPAddress.Loopback, product.MediaPort), seed: 5)
            .SendAsync(10_000, TimeSpan.FromSeconds(10), CancellationToken.None);
        // Frames keep coming all the while, not only before and after.
        for (var round = 0; !sending.IsCompleted; round++) await viewer.Tab.WaitForFramesAsync(10);
        var sent = await sending;
        var after = await viewer.Tab.RtcAsync();

        figures.Print("datagrams sent", $"{sent}");
        figures.Print("frames decoded meanwhile", $"{after.FramesDecoded - before.FramesDecoded}");
        figures.Print("packets lost meanwhile", $"{after.PacketsLost - before.PacketsLost} of {after.PacketsReceived - before.PacketsReceived}");
        figures.PrintMilliseconds("glass to glass", await viewer.LatenciesAsync());
        Assert.InRange(sent, 50_000, 100_000);
        Assert.False(product.HasExited);
        await using var late = await ViewerPage.OpenWhepAsync(browser, product, output, "late viewer");
        await late.Tab.WaitForFramesAsync(30);
    }

    [Theory]
    [InlineData(Form.AsTheRunSays)]
    [InlineData(Form.SixServices)]
    public async Task Terminated_WhileLive_EndsThePlaylistsAndTheProcess(Form form)
    {
        var figures = new Figures(output, form == Form.SixServices ? "terminated, six services" : "terminated");
        await using var product = await Product.StartAsync(output, form);
        await using var broadcaster = await BroadcasterPage.OpenAsync(browser, product, output);
        await broadcaster.GoLiveAsync();
        await using var recorder = new HlsRecorder(product.Http, product.StaticPlaylist);
        recorder.Start();
        await recorder.WaitForSegmentsAsync(2, Limits.Patience);
        var rendition = recorder.Multivariant!.Variants[0];
        var playlist = recorder.LastPlaylist(recorder.Video);

        // A player is always parked at the live edge; what it gets last tells it that the show is over.
        var next = playlist.MediaSequence + playlist.Segments.Count + 1;
        var parked = product.Http.GetStringAsync(new Uri(rendition.Address, $"?_HLS_msn={next}"));
        var took = await product.TerminatePackagerAsync();

        figures.Print("ended after", took);
        Assert.True(took <= Limits.Shutdown, $"SIGTERM took {took}");
        Assert.Contains("#EXT-X-ENDLIST", await parked, StringComparison.Ordinal);
    }
}
