using LiveStream.HlsPackager.Ingest;
using Microsoft.Extensions.Hosting;

namespace LiveStream.HlsPackager.Control;

/// <summary>Runs the packager within the host: listens for exports, forgets old streams, and ends all of them at shutdown.</summary>
internal sealed class PackagerHost(PackagerControl control, RtpIngestListener listener, IHostApplicationLifetime lifetime, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(10);
    // The host's own limit is longer; viewers get their ENDLIST within this.
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(2);

    private CancellationTokenRegistration stopRegistration;
    private Task? closing;

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        listener.Start();
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
        stopRegistration.Dispose();
        base.Dispose();
    }

    private async Task CloseAsync()
    {
        using var limit = new CancellationTokenSource(StopLimit, time);
        try
        {
            await control.CloseAsync(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // What has not ended by now ends with the process.
        }
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
