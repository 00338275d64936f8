using LiveStream.Contracts;
using LiveStream.Contracts.Sfu;
using LiveStream.Contracts.Sfu.V1;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LiveStream.Sfu.Control;

/// <summary>Tells whoever places rooms, every second, that this node lives and how full it is; and at the end that it goes.</summary>
internal sealed class NodeAnnouncer(SfuNode node, IMediaNodes nodes, TimeProvider time, ILogger<NodeAnnouncer> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
        await TryAnnounceAsync(leaving: true, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var known = false;
        string? told = null;
        using var ticks = new PeriodicTimer(Interval, time);
        try
        {
            do
            {
                var failure = await TryAnnounceAsync(leaving: false, stoppingToken).ConfigureAwait(false);
                // One line when it changes, not one a second.
                if (failure is null && !known) logger.Announced(node.Options.NodeId, node.Options.ControlAddress);
                else if (failure is not null && (known || told is null)) logger.NotAnnounced(failure, Interval);
                (known, told) = (failure is null, failure);
            }
            while (await ticks.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process ends.
        }
    }

    // An announcement that takes longer than the next one is worth nothing.
    private async Task<string?> TryAnnounceAsync(bool leaving, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Interval);
        try
        {
            var announcement = new NodeAnnouncement
            {
                NodeId = node.Options.NodeId,
                ControlAddress = node.Options.ControlAddress,
                Transports = node.Stats().Transports,
                Capacity = (uint)node.Options.MaximumTransports,
                Leaving = leaving,
            };
            await nodes.AnnounceAsync(announcement, limit.Token).ConfigureAwait(false);
            return null;
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
