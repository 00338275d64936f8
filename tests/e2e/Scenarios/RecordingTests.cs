using System.Diagnostics;
using System.IO.Compression;
using System.Text.Json;

using LiveStream.E2E.Tests.Harness;

using Xunit.Abstractions;

namespace LiveStream.E2E.Tests.Scenarios;

/// <summary>A show is recorded: its zip and its playlist are what was shown, also when the program is killed in the middle.</summary>
[Collection(SharedBrowser.Collection)]
public sealed class RecordingTests(ITestOutputHelper output)
{
    private const double Segment = 2.5;

    [Fact]
    public async Task Show_Stopped_CanBeFetchedAsAZipAndPlayed()
    {
        var figures = new Figures(output, "recording");
        await using var product = await Product.StartAsync(output);
        await using var publisher = await PublishAsync(product);
        var stream = (await product.StartLiveStreamAsync()).GetProperty("id").GetString()!;
        await using var recorder = new HlsRecorder(product.Http, product.StaticPlaylist);
        recorder.Start();
        await recorder.WaitForSegmentsAsync(5, TimeSpan.FromSeconds(90));
        await product.StopLiveStreamAsync();
        await recorder.WaitForEndAsync(Limits.Patience);
        var shown = recorder.Segments(recorder.Video).Sum(segment => segment.Duration);

        var assets = await product.WaitForRecordingAsync(stream);

        Assert.Equal("completed", await product.LiveStreamStatusAsync(stream));
        await CheckAsync(figures, product, assets, shown);
    }

    [Fact]
    public async Task Program_KilledInTheMiddleOfAShow_MakesARecordingOfWhatWasShown()
    {
        var figures = new Figures(output, "recording after kill -9");
        await using var product = await Product.StartAsync(output);
        await using var publisher = await PublishAsync(product);
        var stream = (await product.StartLiveStreamAsync()).GetProperty("id").GetString()!;
        await using var recorder = new HlsRecorder(product.Http, product.StaticPlaylist);
        recorder.Start();
        await recorder.WaitForSegmentsAsync(5, TimeSpan.FromSeconds(90));
        var shown = recorder.Segments(recorder.Video).Sum(segment => segment.Duration);

        await product.KillAndStartAgainAsync();
        var assets = await product.WaitForRecordingAsync(stream);

        Assert.Equal("failed", await product.LiveStreamStatusAsync(stream));
        await CheckAsync(figures, product, assets, shown);
    }

    private async Task<ScriptPeer> PublishAsync(Product product)
    {
        Assert.Null(ScriptPeer.MissingFor("gstreamer"));
        var publisher = ScriptPeer.Start(output, "gstreamer", "publish.py", product.Whip, product.Tokens.For("broadcaster"));
        await publisher.WaitForAsync("connected");
        return publisher;
    }

    private static async Task CheckAsync(Figures figures, Product product, JsonElement assets, double shown)
    {
        var byKind = assets.EnumerateArray().ToDictionary(asset => asset.GetProperty("path").GetString()!.EndsWith(".zip", StringComparison.Ordinal) ? "zip" : "playlist");
        var folder = Directory.CreateTempSubdirectory("livestream-recording-").FullName;
        try
        {
            var file = Path.Combine(folder, "show.zip");
            await using (var target = File.Create(file))
            await using (var source = await product.Http.GetStreamAsync(await product.PresignedUrlAsync(byKind["zip"].GetProperty("id").GetString()!)))
                await source.CopyToAsync(target);
            Assert.Equal(byKind["zip"].GetProperty("size").GetInt64(), new FileInfo(file).Length);
            await ZipFile.ExtractToDirectoryAsync(file, Path.Combine(folder, "show"));

            var unpacked = await ProbeAsync(Path.Combine(folder, "show", "master.m3u8"));
            var played = await ProbeAsync(await product.PresignedUrlAsync(byKind["playlist"].GetProperty("id").GetString()!));
            figures.Print("shown, unpacked, played", $"{shown:F3} s, {unpacked.Duration:F3} s, {played.Duration:F3} s");
            foreach (var (duration, codecs) in new[] { unpacked, played })
            {
                Assert.InRange(duration, shown - Segment, shown + Segment);
                Assert.Equal(["aac", "h264"], codecs);
            }

            Assert.InRange(byKind["playlist"].GetProperty("duration").GetInt32(), shown - Segment, shown + Segment);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<(double Duration, string[] Codecs)> ProbeAsync(string address)
    {
        using var process = Process.Start(new ProcessStartInfo("ffprobe",
            ["-v", "error", "-show_entries", "format=duration:stream=codec_name", "-of", "json", address]) { RedirectStandardOutput = true })!;
        using var text = JsonDocument.Parse(await process.StandardOutput.ReadToEndAsync());
        await process.WaitForExitAsync();
        var codecs = text.RootElement.GetProperty("streams").EnumerateArray().Select(stream => stream.GetProperty("codec_name").GetString()!).Distinct().Order(StringComparer.Ordinal);
        return (double.Parse(text.RootElement.GetProperty("format").GetProperty("duration").GetString()!, System.Globalization.CultureInfo.InvariantCulture), [.. codecs]);
    }
}
