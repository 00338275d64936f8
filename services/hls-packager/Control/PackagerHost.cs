using LiveStream.HlsPackager.Ingest;
using LiveStream.HlsPackager.Publish;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace LiveStream.HlsPackager.Control;

/// <summary>Runs the packager within the host: listens for exports, forgets old streams, and ends all of them at shutdown.</summary>
internal sealed class PackagerHost(
    PackagerControl control, RtpIngestListener listener, DiskSegmentStore disk, IHostApplicationLifetime lifetime, IOptions<HostOptions> host, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(10);
    // The host's own limit is longer. Viewers get their ENDLIST within the first; what recordings have not written yet has all of the
    // time that there is but the second, in which the rest of the process ends.
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(2), LeftToTheHost = TimeSpan.FromSeconds(1);

    private CancellationTokenRegistration startRegistration, stopRegistration;
    private Task? closing;

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        listener.Start();
        // Behind the HTTP server, the last to start, which fails where another process has its port.
        startRegistration = lifetime.ApplicationStarted.Register(disk.RemoveLeftovers);
        // Before the HTTP server stops, which waits for parked requests: their playlists end now.
        stopRegistration = lifetime.ApplicationStopping.Register(() => closing = CloseAsync());
        return base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await (closing ?? CloseAsync()).ConfigureAwait(false);
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
    }

    public override void Dispose()
    {
        startRegistration.Dispose();
        stopRegistration.Dispose();
        base.Dispose();
    }

    private async Task CloseAsync()
    {
        var longest = host.Value.ShutdownTimeout - LeftToTheHost;
        using var limit = new CancellationTokenSource(StopLimit, time);
        using var recordings = new CancellationTokenSource(longest > StopLimit ? longest : StopLimit, time);
        // What has not ended by then ends with the process.
        await control.CloseAsync(limit.Token, recordings.Token).ConfigureAwait(false);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(SweepInterval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false)) control.Sweep();
        }
        catch (OperationCanceledException)
        {
            // The host stops.
        }
    }
}
