using LiveStream.E2E.Tests.Harness;
using LiveStream.Testing.Rtc;

namespace LiveStream.E2E.Tests.Faults;

/// <summary>Watches the live stream's playlist, as a player does, at one URL from the first to the last moment.</summary>
internal sealed class HlsViewer(HttpClient http, Uri playlist) : IAsyncDisposable
{
    private static readonly TimeSpan s_pace = TimeSpan.FromMilliseconds(200);

    private readonly CancellationTokenSource _stopping = new();
    private readonly List<string> _faults = [];
    private Task _running = Task.CompletedTask;

    public MediaClock Clock { get; } = new();

    /// <summary>What no player could live with: numbers that go back, an end.</summary>
    public IReadOnlyList<string> Faults
    {
        get
        {
            lock (_faults) return [.. _faults];
        }
    }

    public void Start() => _running = RunAsync();

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        var (sequence, seen) = (-1L, "");
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                using var reply = await http.GetAsync(playlist, _stopping.Token);
                if (reply.IsSuccessStatusCode)
                {
                    var text = await reply.Content.ReadAsStringAsync(_stopping.Token);
                    var now = HlsPlaylist.Parse(text, playlist);
                    if (now.MediaSequence < sequence) Fault($"media sequence {sequence} is followed by {now.MediaSequence}");
                    if (now.Ended) Fault("the playlist has an end");
                    if (text != seen && (now.Segments.Count > 0 || now.Parts > 0)) Clock.Tick();
                    (sequence, seen) = (now.MediaSequence, text);
                }
            }
            catch (HttpRequestException) { /* nobody there; the gap tells */ }
            catch (OperationCanceledException) { /* too late, or over */ }
            await Task.Delay(s_pace, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Fault(string fault)
    {
        lock (_faults)
            if (_faults.Count < 10) _faults.Add(fault);
    }
}

/// <summary>Watches the room by WHEP; begins anew, as players do, when nothing comes for a while.</summary>
internal sealed class RealTimeViewer(HttpClient http, Uri whep, Func<string> token) : IAsyncDisposable
{
    // Media flows 80 times a second; consent of a lost connection would take longer.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2.5), s_retry = TimeSpan.FromMilliseconds(500);

    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;

    public MediaClock Clock { get; } = new();

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
            try
            {
                await using var peer = new RtcPeer(new RtcSessionOptions { Offer = new RtcOfferOptions { Sending = false } });
                peer.RtpReceivedHandler = _ => Clock.Tick();
                var session = await new WhipClient(http, token()).PostAsync(whep, peer.Offer, _stopping.Token);
                peer.Start(session.Answer);
                var since = System.Diagnostics.Stopwatch.StartNew();
                while (since.Elapsed < s_patience * 2 || Clock.Silence < s_patience) await Task.Delay(100, _stopping.Token);
            }
            catch (Exception e) when (e is WhipException or HttpRequestException or InvalidOperationException or FormatException || (e is OperationCanceledException && !_stopping.IsCancellationRequested))
            {
                await Task.Delay(s_retry, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }
}
