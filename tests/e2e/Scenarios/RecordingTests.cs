using LiveStream.E2E.Tests.Harness;

using Xunit.Abstractions;

namespace LiveStream.E2E.Tests.Scenarios;

/// <summary>What was shown is recorded also when the program is killed in the middle. A show that ends well: <see cref="WebhookShowTests"/>.</summary>
[Collection(SharedBrowser.Collection)]
public sealed class RecordingTests(ITestOutputHelper output)
{
    private const double Segment = 2.5;

    [Theory]
    [InlineData(Form.AsTheRunSays)]
    [InlineData(Form.SixServices)]
    public async Task Program_KilledInTheMiddleOfAShow_MakesARecordingOfWhatWasShown(Form form)
    {
        var figures = new Figures(output, "recording after kill -9");
        await using var product = await Product.StartAsync(output, form);
        Assert.Null(ScriptPeer.MissingFor("gstreamer"));
        await using var publisher = ScriptPeer.Start(output, "gstreamer", "publish.py", product.Whip, product.Tokens.For("broadcaster"));
        await publisher.WaitForAsync("connected");
        var stream = (await product.StartLiveStreamAsync()).GetProperty("id").GetString()!;
        await using var recorder = new HlsRecorder(product.Http, product.StaticPlaylist);
        recorder.Start();
        await recorder.WaitForSegmentsAsync(5, TimeSpan.FromSeconds(90));
        var shown = recorder.Segments(recorder.Video).Sum(segment => segment.Duration);

        await product.KillAndStartAgainAsync();
        var assets = (await product.WaitForRecordingAsync(stream)).EnumerateArray()
            .ToDictionary(asset => asset.GetProperty("path").GetString()!.EndsWith(".zip", StringComparison.Ordinal) ? "zip" : "playlist");

        Assert.Equal("failed", await product.LiveStreamStatusAsync(stream));
        using var zip = await RecordedShow.FetchAsync(product.Http, await product.PresignedUrlAsync(assets["zip"].GetProperty("id").GetString()!));
        Assert.Equal(assets["zip"].GetProperty("size").GetInt64(), zip.Size);
        var unpacked = await RecordedShow.ProbeAsync(zip.Master);
        var played = await RecordedShow.ProbeAsync(await product.PresignedUrlAsync(assets["playlist"].GetProperty("id").GetString()!));
        figures.Print("shown, unpacked, played", $"{shown:F3} s, {unpacked.Duration:F3} s, {played.Duration:F3} s");
        foreach (var (duration, codecs) in new[] { unpacked, played })
        {
            Assert.InRange(duration, shown - Segment, shown + Segment);
            Assert.Equal(["aac", "h264"], codecs);
        }

        Assert.InRange(assets["playlist"].GetProperty("duration").GetInt32(), shown - Segment, shown + Segment);
    }
}
