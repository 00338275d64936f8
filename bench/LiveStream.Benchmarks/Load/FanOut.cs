using LiveStream.Sfu.Dtls;

namespace LiveStream.Benchmarks.Load;

/// <summary>What all viewers saw during a window.</summary>
/// <param name="Packets">Media packets received.</param>
/// <param name="Published">Packets that should have been received between stamped ones, over all viewers and streams.</param>
/// <param name="Lost">Packets of those that were not.</param>
/// <param name="Starved">Viewers to which a stream stopped coming.</param>
/// <param name="P50Milliseconds">Median forwarding delay.</param>
/// <param name="P99Milliseconds">99th percentile.</param>
/// <param name="DelaySamples">Packets that the delays were read from.</param>
internal sealed record FanOutWindow(
    long Packets, long Published, long Lost, int Starved, double P50Milliseconds, double P99Milliseconds, long DelaySamples)
{
    /// <summary>Lost share in percent.</summary>
    public double LossPercent => Published == 0 ? 100 : 100.0 * Lost / Published;
}

/// <summary>
/// One publisher and many viewers against a server that answers WHIP and WHEP offers. The offers are carried by the
/// functions given, so that the same load runs against a whole product or a bare SFU.
/// </summary>
internal sealed class FanOut(Receivers receivers) : IDisposable
{
    // A stream whose last stamped packet is this far behind the publisher's has stopped coming.
    private const int StarvedAfterPackets = 90;

    private readonly DtlsIdentity _identity = DtlsIdentity.Create();
    private readonly LoadThread _publisherThread = new("load-publisher", LoadPace.Precise);
    private readonly LoadThread _viewerThread = new("load-viewers", receivers == Receivers.Woken ? LoadPace.Woken : LoadPace.Timed);
    private readonly DelayHistogram _delays = new();
    private readonly List<ViewerClient> _viewers = [];
    private readonly Random _random = new(200);
    private PublisherClient? _publisher;

    /// <summary>Key frames that the publisher was asked for and sent.</summary>
    public int KeyFrames => _publisher?.KeyFrames ?? 0;

    /// <summary>Connects the publisher; <paramref name="exchange"/> turns its offer into the answer.</summary>
    public async Task PublishAsync(FrameShape shape, Func<string, Task<string>> exchange, CancellationToken cancellationToken)
    {
        var publisher = new PublisherClient(_identity, shape, seed: 30);
        _publisher = publisher;
        var answer = await exchange(publisher.Session.Offer.Sdp);
        await _publisherThread.AddAsync(publisher, now => publisher.Session.SetAnswer(answer, now));
        await publisher.Connected.WaitAsync(cancellationToken);
    }

    /// <summary>Connects viewers and waits until each gets video and audio.</summary>
    public async Task WatchAsync(int count, Func<string, Task<string>> exchange, CancellationToken cancellationToken)
    {
        // A few joins at a time, as people arrive; more would only queue for the processor.
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = cancellationToken }, async (_, token) =>
        {
            ViewerClient viewer;
            lock (_random) viewer = new ViewerClient(_identity, receivers, _delays, new Random(_random.Next()));
            lock (_viewers) _viewers.Add(viewer);
            var answer = await exchange(viewer.Session.Offer.Sdp);
            await _viewerThread.AddAsync(viewer, now => viewer.Session.SetAnswer(answer, now));
            await viewer.Connected.WaitAsync(token);
        });
        var playing = 0;
        while (playing < count)
        {
            await _viewerThread.RunAsync(() => playing = _viewers.Count(viewer => viewer.Plays)).WaitAsync(cancellationToken);
            if (playing < count) await Task.Delay(50, cancellationToken);
        }
    }

    /// <summary>Starts a window.</summary>
    public Task BeginWindowAsync() => _viewerThread.RunAsync(() =>
    {
        _delays.Clear();
        foreach (var viewer in _viewers) viewer.BeginWindow();
    });

    /// <summary>Ends the window.</summary>
    public async Task<FanOutWindow> EndWindowAsync()
    {
        // The publisher is asked first: what it sends afterwards cannot look starved.
        (long Video, long Audio) published = default;
        await _publisherThread.RunAsync(() => published = (_publisher!.VideoIndex, _publisher.AudioIndex));
        FanOutWindow? result = null;
        await _viewerThread.RunAsync(() =>
        {
            long packets = 0, expected = 0, lost = 0;
            var starved = 0;
            foreach (var viewer in _viewers)
            {
                var (video, audio) = viewer.EndWindow();
                packets += video.Received + audio.Received;
                expected += video.PublishedSpan + audio.PublishedSpan;
                lost += video.Lost + audio.Lost;
                if (published.Video - video.LastIndex > StarvedAfterPackets || published.Audio - audio.LastIndex > StarvedAfterPackets) starved++;
            }
            result = new FanOutWindow(
                packets, expected, lost, starved, _delays.PercentileMilliseconds(0.5), _delays.PercentileMilliseconds(0.99), _delays.Count);
        });
        return result!;
    }

    public void Dispose()
    {
        _publisherThread.RunAsync(() => _publisher?.Session.Close()).Wait();
        _viewerThread.RunAsync(() => _viewers.ForEach(viewer => viewer.Session.Close())).Wait();
        _publisherThread.Dispose();
        _viewerThread.Dispose();
        _publisher?.Dispose();
        foreach (var viewer in _viewers) viewer.Dispose();
        _identity.Dispose();
    }
}
