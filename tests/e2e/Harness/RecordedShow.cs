using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Text.Json;

namespace LiveStream.E2E.Tests.Harness;

/// <summary>The zip of a recording, fetched by its link and unpacked.</summary>
public sealed class RecordedShow : IDisposable
{
    private RecordedShow(string folder, long size) => (Folder, Size) = (folder, size);

    /// <summary>Where it is unpacked.</summary>
    public string Folder { get; }

    /// <summary>Bytes of the zip.</summary>
    public long Size { get; }

    public string Master => Path.Combine(Folder, "master.m3u8");

    public static async Task<RecordedShow> FetchAsync(HttpClient http, string url)
    {
        var folder = Directory.CreateTempSubdirectory("livestream-show-").FullName;
        var file = $"{folder}.zip";
        try
        {
            await using (var target = File.Create(file))
            await using (var source = await http.GetStreamAsync(new Uri(url)))
                await source.CopyToAsync(target);
            await ZipFile.ExtractToDirectoryAsync(file, folder);
            return new RecordedShow(folder, new FileInfo(file).Length);
        }
        catch
        {
            Directory.Delete(folder, recursive: true);
            throw;
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>Length and codecs of a playlist or a file, as ffprobe finds them.</summary>
    public static async Task<(double Duration, string[] Codecs)> ProbeAsync(string address)
    {
        using var process = Process.Start(new ProcessStartInfo("ffprobe",
            ["-v", "error", "-show_entries", "format=duration:stream=codec_name", "-of", "json", address]) { RedirectStandardOutput = true })!;
        using var text = JsonDocument.Parse(await process.StandardOutput.ReadToEndAsync());
        await process.WaitForExitAsync();
        var codecs = text.RootElement.GetProperty("streams").EnumerateArray().Select(stream => stream.GetProperty("codec_name").GetString()!);
        var duration = text.RootElement.GetProperty("format").GetProperty("duration").GetString()!;
        return (double.Parse(duration, CultureInfo.InvariantCulture), [.. codecs.Distinct().Order(StringComparer.Ordinal)]);
    }

    /// <summary>
    /// Plays it from its beginning to its end by hls.js, four times as fast, from a server that knows nothing but files; its length as the
    /// player has it.
    /// </summary>
    public async Task<double> PlayAsync(SharedBrowser browser, Product product, Xunit.Abstractions.ITestOutputHelper output)
    {
        const string Page = """
            <!doctype html><title>show</title><link rel="icon" href="data:,"><video muted playsinline></video>
            <script type="module">
              import Hls from "./hls.min.mjs";
              const video = document.querySelector("video");
              const player = new Hls();
              window.livestream = { errors: [] };
              // A busy browser waits for moments with all of the media there; holes have errors of their own.
              const waits = Hls.ErrorDetails.BUFFER_STALLED_ERROR;
              const ranges = buffered => Array.from({ length: buffered.length }, (_, i) => `${buffered.start(i).toFixed(3)}-${buffered.end(i).toFixed(3)}`).join(" ");
              // Sound begins within a frame of the picture. A browser that is slow to begin has this skipped for it.
              const begins = data => data.details === Hls.ErrorDetails.BUFFER_SEEK_OVER_HOLE && video.played.length === 0 && video.buffered.start(0) < 0.03;
              player.on(Hls.Events.ERROR, (_, data) => (data.details === waits || begins(data)) && !data.fatal ||
                livestream.errors.push(`${data.details} at ${video.currentTime}, buffered ${ranges(video.buffered)}: ${data.error?.message ?? data.reason ?? ""}`));
              player.on(Hls.Events.MANIFEST_PARSED, () => { video.playbackRate = 4; video.play(); });
              player.loadSource("master.m3u8");
              player.attachMedia(video);
            </script>
            """;
        await File.WriteAllTextAsync(Path.Combine(Folder, "index.html"), Page);
        await File.WriteAllTextAsync(Path.Combine(Folder, "hls.min.mjs"), await product.Http.GetStringAsync(new Uri("/try/lib/hls.min.mjs", UriKind.Relative)));
        using var pages = new FolderPages(Folder);
        await using var tab = await browser.JoinAsync("viewer of the zip", output);
        await tab.Page.GotoAsync(new Uri(pages.Address, "index.html").ToString());
        await tab.WaitForAsync("playing to the end", "() => document.querySelector('video').ended", timeout: Limits.Patience * 2);
        Assert.Empty(await tab.Page.EvaluateAsync<string[]>("livestream.errors"));
        return await tab.Page.EvaluateAsync<double>("document.querySelector('video').currentTime");
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
