using System.Diagnostics;
using LiveStream.E2E.Tests.Harness;
using Xunit.Abstractions;

namespace LiveStream.E2E.Tests.Scenarios;

/// <summary>Ways of sending and receiving that differ from the ordinary one.</summary>
[Collection(SharedBrowser.Collection)]
public sealed class TransportTests(SharedBrowser browser, ITestOutputHelper output)
{
    [Theory]
    [InlineData(Form.AsTheRunSays)]
    [InlineData(Form.SixServices)]
    public async Task Viewer_WithoutUdp_PlaysOverTcp(Form form)
    {
        var figures = new Figures(output, "ICE-TCP");
        await using var product = await Product.StartAsync(output, form);
        await using var broadcaster = await BroadcasterPage.OpenAsync(browser, product, output);
        await broadcaster.GoLiveAsync();

        await using var viewer = await ViewerPage.OpenWhepAsync(browser, product, output, "tcp viewer", "tcp-only.js");
        await viewer.WaitUntilPlayingAsync();
        await viewer.Tab.WaitForFramesAsync(100);

        Assert.Equal(["tcp"], (await viewer.Tab.RtcAsync()).Protocols);
        figures.PrintMilliseconds("glass to glass", await viewer.LatenciesAsync());
    }

    /// <summary>Browsers give feedback on numbered packets only, which hundreds of viewers of one layer need not be asked for.</summary>
    [Fact]
    public async Task Viewer_OfOneLayer_SendsReportsAndNoFeedback()
    {
        var figures = new Figures(output, "feedback");
        await using var product = await Product.StartAsync(output);
        await using var broadcaster = await BroadcasterPage.OpenAsync(browser, product, output);
        await broadcaster.GoLiveAsync();

        await using var viewer = await ViewerPage.OpenWhepAsync(browser, product, output);
        await viewer.WaitUntilPlayingAsync();
        var perSecond = await PacketsSentPerSecondAsync(viewer);

        figures.Print("packets that the viewer sends", $"{perSecond:0.0} a second");
        Assert.InRange(perSecond, 0.1, 8);
    }

    [Theory]
    [InlineData(Form.AsTheRunSays)]
    [InlineData(Form.SixServices)]
    public async Task Simulcast_ThreeLayers_ReachTheViewerAndTheMultivariantPlaylist(Form form)
    {
        var figures = new Figures(output, "simulcast");
        await using var product = await Product.StartAsync(output, form);
        await using var broadcaster = await BroadcasterPage.OpenAsync(browser, product, output, layers: true);
        await broadcaster.GoLiveAsync();
        await broadcaster.Tab.WaitForAsync("encoding three layers", "async () => (await rtcProbe()).layers.filter(l => l.frames > 10).length === 3",
            timeout: TimeSpan.FromSeconds(60));

        await using var viewer = await ViewerPage.OpenWhepAsync(browser, product, output);
        await viewer.WaitUntilPlayingAsync();
        await viewer.Tab.WaitForFramesAsync(60);
        var seen = await viewer.Tab.RtcAsync();
        figures.Print("sent", string.Join(", ", (await broadcaster.Tab.RtcAsync()).Layers.Select(l => $"{l.Rid} {l.Width}x{l.Height} {l.Frames} frames")));
        figures.Print("packets that the viewer sends", $"{await PacketsSentPerSecondAsync(viewer):0.0} a second");
        figures.Print("seen", $"{seen.Width}x{seen.Height} {seen.VideoCodec}");
        Assert.Equal("video/H264", seen.VideoCodec);

        await using var recorder = new HlsRecorder(product.Http, product.StaticPlaylist);
        recorder.Start();
        await recorder.WaitForSegmentsAsync(3, TimeSpan.FromSeconds(60));
        await broadcaster.StopAsync();
        await recorder.WaitForEndAsync(Limits.Patience);

        var variants = recorder.Multivariant!.Variants;
        foreach (var variant in variants) figures.Print(variant.Name, $"{variant.Resolution} {variant.Bandwidth} bit/s {variant.Codecs}");
        Assert.Equal(3, variants.Select(v => v.Resolution).Distinct().Count());
        foreach (var rendition in recorder.Renditions)
            foreach (var file in recorder.Write(rendition))
                Assert.Equal("", await MediaFile.ComplaintsAsync(file));
    }

    private static async Task<double> PacketsSentPerSecondAsync(ViewerPage viewer)
    {
        var (before, watch) = ((await viewer.Tab.RtcAsync()).PacketsSent, Stopwatch.StartNew());
        await viewer.Tab.WaitForFramesAsync(120);
        return ((await viewer.Tab.RtcAsync()).PacketsSent - before) / watch.Elapsed.TotalSeconds;
    }
}
