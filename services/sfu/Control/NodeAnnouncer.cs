using LiveStream.Contracts;
using LiveStream.Contracts.Sfu;
using LiveStream.Contracts.Sfu.V1;
using LiveStream.Hosting.Announcements;
using Microsoft.Extensions.Logging;

namespace LiveStream.Sfu.Control;

/// <summary>Tells whoever places rooms that this node lives and how full it is; and at the end that it goes.</summary>
internal sealed class NodeAnnouncer(SfuNode node, IMediaNodes nodes, TimeProvider time, ILogger<NodeAnnouncer> logger) : Announcer(time)
{
    private static readonly TimeSpan AskLimit = TimeSpan.FromMilliseconds(200);

    private IReadOnlyList<string> rooms = [];

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
        await LeaveAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override async Task AnnounceAsync(bool leaving, CancellationToken cancellationToken)
    {
        var announcement = new NodeAnnouncement
        {
            NodeId = node.Options.NodeId,
            ControlAddress = node.Options.ControlAddress,
            Transports = node.Stats().Transports,
            Capacity = (uint)node.Options.MaximumTransports,
            Leaving = leaving,
        };
        if (!leaving) announcement.RoomIds.AddRange(await RoomsAsync(cancellationToken).ConfigureAwait(false));
        await nodes.AnnounceAsync(announcement, cancellationToken).ConfigureAwait(false);
    }

    // A worker that has much to do lives: what it had last is said then.
    private async Task<IReadOnlyList<string>> RoomsAsync(CancellationToken cancellationToken)
    {
        try
        {
            rooms = await node.RoomIdsAsync(cancellationToken).WaitAsync(AskLimit, Time, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is ControlException or TimeoutException)
        {
            // The next announcement asks again.
        }

        return rooms;
    }

    /// <inheritdoc/>
    protected override void OnChange(string? failure)
    {
        if (failure is null) logger.Announced(node.Options.NodeId, node.Options.ControlAddress);
        else logger.NotAnnounced(failure, Interval);
    }
}
