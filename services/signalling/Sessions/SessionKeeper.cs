using Microsoft.Extensions.Hosting;

namespace LiveStream.Signalling.Sessions;

/// <summary>Ends sessions whose peer vanished, and all sessions before anything else of the host stops.</summary>
internal sealed class SessionKeeper(MediaSessions sessions, TimeProvider time) : BackgroundService, IHostedLifecycleService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Says goodbye while the media server still runs to send it.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        try
        {
            await sessions.CloseAllAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The host is out of patience; the media server closes what is left.
        }
    }

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await sessions.CloseOverdueAsync();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Shutdown.
        }
    }
}
