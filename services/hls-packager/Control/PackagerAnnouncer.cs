using LiveStream.Contracts;
using LiveStream.Contracts.Packager;
using LiveStream.Contracts.Packager.V1;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LiveStream.HlsPackager.Control;

/// <summary>Tells rooms, every second, that this packager lives and how full it is.</summary>
internal sealed class PackagerAnnouncer(
    PackagerControl control, IPackagerNodes nodes, IOptions<PackagerOptions> options, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<PackagerAnnouncer> logger)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var known = false;
        using var ticks = new PeriodicTimer(Interval, time);
        try
        {
            do
            {
                var failure = await TryAnnounceAsync(stoppingToken).ConfigureAwait(false);
                // One line when it changes, not one a second.
                if (failure is null != known) logger.Announced(options.Value.NodeId, failure is null, failure ?? "");
                known = failure is null;
            }
            while (await ticks.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process ends.
        }
    }

    // An announcement that takes longer than the next one is worth nothing.
    private async Task<string?> TryAnnounceAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Interval);
        try
        {
            var settings = options.Value;
            var announcement = new PackagerAnnouncement
            {
                NodeId = settings.NodeId,
                ControlAddress = settings.ControlAddress,
                HttpAddress = settings.HttpAddress,
                Streams = (uint)control.Running,
                Capacity = (uint)settings.MaxStreams,
                Leaving = lifetime.ApplicationStopping.IsCancellationRequested,
            };
            await nodes.AnnounceAsync(announcement, limit.Token).ConfigureAwait(false);
            return null;
        }
        catch (ControlException e)
        {
            return e.Message;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return "no answer in time";
        }
    }
}
