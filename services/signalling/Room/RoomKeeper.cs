using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace LiveStream.Signalling.Room;

/// <summary>Ticks the rooms, and ends all sockets before the server stops.</summary>
internal sealed class RoomKeeper(RoomTable rooms, SignallingMetrics metrics, IOptions<HostOptions> host, TimeProvider time) : BackgroundService, IHostedLifecycleService
{
    private static readonly TimeSpan s_period = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        metrics.Watch(rooms);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>
    /// The server waits for open requests, and a WebSocket is one. What the record of sessions has not been told waits half of the time
    /// that there is, no longer: the others have to end as well.
    /// </summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        rooms.CloseAll("the server is shutting down");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(host.Value.ShutdownTimeout / 2);
        await rooms.DrainAsync().WaitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(s_period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) rooms.Tick();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Shutdown.
        }
    }
}
