using LiveStream.Contracts;

using Microsoft.Extensions.Hosting;

namespace LiveStream.Hosting.Announcements;

/// <summary>
/// Says every second to whoever places work that this process lives, and says at once when it is about to end. One announcement at a
/// time, so that none overtakes the last.
/// </summary>
public abstract class Announcer(TimeProvider time) : BackgroundService, IHostedLifecycleService
{
    /// <summary>Between two announcements; one that takes longer is worth nothing.</summary>
    protected static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>The clock of announcements.</summary>
    protected TimeProvider Time => time;

    private readonly SemaphoreSlim _turn = new(1, 1);
    private bool _left;

    /// <inheritdoc/>
    public virtual Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public virtual Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public virtual Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public virtual Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public override void Dispose()
    {
        _turn.Dispose();
        base.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Says it once. Fails with <see cref="ControlException"/>.</summary>
    protected abstract Task AnnounceAsync(bool leaving, CancellationToken cancellationToken);

    /// <summary>Told when announcements begin to be heard (null), and when they begin to fail.</summary>
    protected abstract void OnChange(string? failure);

    /// <summary>Says that the process ends; nothing is said afterwards.</summary>
    protected Task LeaveAsync(CancellationToken cancellationToken) => TryAsync(leaving: true, cancellationToken);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        bool? known = null;
        using var ticks = new PeriodicTimer(Interval, time);
        try
        {
            do
            {
                var failure = await TryAsync(leaving: false, stoppingToken);
                // One line when it changes, not one a second.
                if (failure is null == known) continue;
                known = failure is null;
                OnChange(failure);
            }
            while (!_left && await ticks.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process ends.
        }
    }

    private async Task<string?> TryAsync(bool leaving, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            // The one before has a limit of its own.
            await _turn.WaitAsync(cancellationToken);
            try
            {
                if (_left) return null;
                _left = leaving;
                limit.CancelAfter(Interval);
                await AnnounceAsync(leaving, limit.Token);
                return null;
            }
            finally
            {
                _turn.Release();
            }
        }
        catch (ControlException e)
        {
            return e.Message;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested || leaving)
        {
            return "no answer in time";
        }
    }
}
