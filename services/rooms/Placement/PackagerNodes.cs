using LiveStream.Contracts;
using LiveStream.Contracts.Packager;
using LiveStream.Contracts.Packager.V1;

using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LiveStream.Rooms.Placement;

/// <summary>Hears packagers, looks twice a second for those that fell silent, and says who has a room's stream.</summary>
internal sealed class PackagerNodes(PackagerTable table, PlacedPackagers placed, TimeProvider time, ILogger<PackagerNodes> logger) : BackgroundService, IPackagerNodes
{
    private const int MaxIdLength = 128;

    private static readonly TimeSpan s_sweep = TimeSpan.FromMilliseconds(500);

    /// <inheritdoc/>
    public Task<PackagerAnnounced> AnnounceAsync(PackagerAnnouncement request, CancellationToken cancellationToken)
    {
        if (request.NodeId.Length is 0 or > MaxIdLength) throw new ControlException(ControlError.InvalidArgument, $"node_id has 1 to {MaxIdLength} characters");
        foreach (var (name, value) in new[] { ("control_address", request.ControlAddress), ("http_address", request.HttpAddress) })
        {
            if (!Uri.TryCreate(value, UriKind.Absolute, out var address) || address.Scheme != Uri.UriSchemeHttp)
                throw new ControlException(ControlError.InvalidArgument, $"{name} is not an address such as http://packager-1:8081");
        }

        if (table.Announce(request, time.GetUtcNow()) is { } added)
        {
            logger.PackagerFound(added.Id, added.Address, request.Capacity);
            placed.Watch(added);
        }

        return Task.FromResult(new PackagerAnnounced());
    }

    /// <inheritdoc/>
    public Task<PackagerLocation> LocateAsync(LocateStreamRequest request, CancellationToken cancellationToken)
    {
        if (!table.TryFindRoom(request.RoomId, out var node)) throw new ControlException(ControlError.NotFound, "the room has no stream");
        if (node is null) throw new ControlException(ControlError.Unavailable, "the room's stream was lost and goes on soon");
        return Task.FromResult(new PackagerLocation { NodeId = node.Id, HttpAddress = node.HttpAddress });
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var ticks = new PeriodicTimer(s_sweep, time);
        try
        {
            while (await ticks.WaitForNextTickAsync(stoppingToken))
            {
                foreach (var node in table.Sweep(time.GetUtcNow())) logger.PackagerLost(node.Id, node.Address);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process ends.
        }
    }
}
