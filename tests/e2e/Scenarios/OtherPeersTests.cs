using LiveStream.E2E.Tests.Harness;
using Xunit.Abstractions;

namespace LiveStream.E2E.Tests.Scenarios;

/// <summary>WHIP and WHEP with peers that are not browsers, from independent implementations of WebRTC.</summary>
[Collection(SharedBrowser.Collection)]
public sealed class OtherPeersTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("aiortc", "H264", Form.AsTheRunSays)]
    [InlineData("aiortc", "VP8", Form.SixServices)]
    [InlineData("gstreamer", "H264", Form.AsTheRunSays)]
    public async Task Whip_FromAnotherImplementation_IsPlayedByWhep(string folder, string codec, Form form)
    {
        Assert.Null(ScriptPeer.MissingFor(folder) ?? ScriptPeer.MissingFor("aiortc"));
        await using var product = await Product.StartAsync(output, form);
        string[] options = folder == "aiortc" ? ["--codec", codec] : [];
        await using var publisher = ScriptPeer.Start(output, folder, "publish.py", product.Whip, product.Tokens.For("broadcaster"), options);
        await publisher.WaitForAsync("connected");

        await using var viewer = ScriptPeer.Start(output, "aiortc", "play.py", product.Whep, product.Tokens.For("viewer-realtime"));
        var seen = await viewer.WaitForAsync("result", TimeSpan.FromSeconds(60));

        new Figures(output, $"{folder} {codec}").Print("seen", seen.ToString());
        Assert.True(seen.GetProperty("enough").GetBoolean());
        Assert.Equal([640, 360], seen.GetProperty("size").EnumerateArray().Select(n => n.GetInt32()));
        Assert.True(seen.GetProperty("contrast").GetInt32() > 100, "the picture has no contrast");
        Assert.True(seen.GetProperty("loudness").GetInt32() > 2000, "the tone is not heard");
        Assert.Equal(0, await publisher.FinishAsync());
    }

    [Theory]
    [InlineData(Form.AsTheRunSays)]
    [InlineData(Form.SixServices)]
    public async Task Whip_H264FromAiortc_IsPlayableByHls(Form form)
    {
        Assert.Null(ScriptPeer.MissingFor("aiortc"));
        await using var product = await Product.StartAsync(output, form);
        await using var publisher = ScriptPeer.Start(output, "aiortc", "publish.py", product.Whip, product.Tokens.For("broadcaster"));
        await publisher.WaitForAsync("connected");
        var stream = await product.StartLiveStreamAsync();
        await using var recorder = new HlsRecorder(product.Http, product.StaticPlaylist);
        recorder.Start();

        await recorder.WaitForSegmentsAsync(3, TimeSpan.FromSeconds(60));
        await product.StopLiveStreamAsync();
        await recorder.WaitForEndAsync(Limits.Patience);

        Assert.Equal("starting", stream.GetProperty("status").GetString());
        foreach (var rendition in recorder.Renditions)
            foreach (var file in recorder.Write(rendition))
                Assert.Equal("", await MediaFile.ComplaintsAsync(file));
        Assert.Contains(recorder.Audio, recorder.Renditions);
    }
}
