using LiveStream.E2E.Tests.Harness;

using Xunit.Abstractions;

namespace LiveStream.E2E.Tests.Faults;

/// <summary>Somebody on stage, by WHIP; the program begins anew when its connection is lost, as broadcasting programs do.</summary>
internal sealed class StagePublisher(ITestOutputHelper output, Product product, MediaClock seen) : IAsyncDisposable
{
    // What a program that gets no feedback from its server waits.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5), s_start = TimeSpan.FromSeconds(12), s_retry = TimeSpan.FromMilliseconds(500);

    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;

    public void Start() => _running = RunAsync();

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            await using var script = ScriptPeer.Start(output, "gstreamer", "publish.py", product.Whip, product.Tokens.For(SdkShow.Broadcaster));
            var since = System.Diagnostics.Stopwatch.StartNew();
            while (!_stopping.IsCancellationRequested && !script.HasExited && (since.Elapsed < s_start || seen.Silence < s_patience))
                await Task.Delay(100, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await Task.Delay(s_retry, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
