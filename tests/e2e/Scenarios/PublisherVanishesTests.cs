using LiveStream.E2E.Tests.Harness;
using Xunit.Abstractions;

namespace LiveStream.E2E.Tests.Scenarios;

/// <summary>A publisher's tab is killed: whoever watches stays, and sees the next publisher without a reload.</summary>
[Collection(SharedBrowser.Collection)]
public sealed class PublisherVanishesTests(SharedBrowser browser, ITestOutputHelper output)
{
    [Theory]
    [InlineData(Form.AsTheRunSays)]
    [InlineData(Form.SixServices)]
    public async Task Publisher_KilledAndReplaced_IsFollowedByViewersWithoutReload(Form form)
    {
        var figures = new Figures(output, "publisher vanishes");
        await using var product = await Product.StartAsync(output, form);
        await using var first = await BroadcasterPage.OpenAsync(browser, product, output, clock: false);
        await first.GoLiveAsync();
        await using var recorder = new HlsRecorder(product.Http, product.StaticPlaylist);
        recorder.Start();
        await using var one = await ViewerPage.OpenWhepAsync(browser, product, output, "first viewer");
        await using var two = await ViewerPage.OpenWhepAsync(browser, product, output, "second viewer");
        ViewerPage[] viewers = [one, two];
        foreach (var viewer in viewers)
        {
            await viewer.Tab.WaitForFramesAsync(30);
            await viewer.MarkAsync();
        }

        await recorder.WaitForSegmentsAsync(2, Limits.Patience);

        await first.Tab.CrashAsync();
        await using var second = await BroadcasterPage.OpenAsync(browser, product, output);
        var sinceLive = await second.GoLiveAsync();
        foreach (var viewer in viewers)
        {
            // Only the second publisher's picture carries the clock.
            await viewer.Tab.WaitForAsync("seeing the second publisher", "() => livestream.clock.decoded > 10", timeout: TimeSpan.FromSeconds(60));
            figures.Print("seen again after", sinceLive.Elapsed);
        }

        foreach (var viewer in viewers) await viewer.Tab.WaitForFramesAsync(60);
        Assert.All(await Task.WhenAll(viewers.Select(v => v.IsMarkedAsync())), Assert.True);

        var segments = recorder.Segments(recorder.Video).Count;
        await recorder.WaitForSegmentsAsync(segments + 2, TimeSpan.FromSeconds(60));
        await second.StopAsync();
        await recorder.WaitForEndAsync(Limits.Patience);
        foreach (var rendition in recorder.Renditions)
            foreach (var file in recorder.Write(rendition))
                figures.Print($"{rendition} complaints", await MediaFile.ComplaintsAsync(file) is { Length: > 0 } text ? text : "none");
    }
}
