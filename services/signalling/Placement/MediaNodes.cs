using LiveStream.Contracts;
using LiveStream.Contracts.Sfu;
using LiveStream.Contracts.Sfu.V1;

using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LiveStream.Signalling.Placement;

/// <summary>Hears nodes, and looks four times a second for those that fell silent.</summary>
internal sealed class MediaNodes(NodeTable nodes, TimeProvider time, ILogger<MediaNodes> logger) : BackgroundService, IMediaNodes
{
    private const int MaxIdLength = 128;

    private static readonly TimeSpan s_sweep = TimeSpan.FromMilliseconds(250);

    /// <inheritdoc/>
    public Task<AnnounceReply> AnnounceAsync(NodeAnnouncement request, CancellationToken cancellationToken)
    {
        RequireId(request.NodeId, "node_id");
        if (!Uri.TryCreate(request.ControlAddress, UriKind.Absolute, out var address) || address.Scheme != Uri.UriSchemeHttp)
            throw new ControlException(ControlError.InvalidArgument, "control_address is not an address such as http://sfu-1:8081");
        if (nodes.Announce(request, time.GetUtcNow())) logger.NodeFound(request.NodeId, request.ControlAddress, request.Capacity);
        return Task.FromResult(new AnnounceReply());
    }

    /// <inheritdoc/>
    public Task<NodeLocation> LocateAsync(LocateRequest request, CancellationToken cancellationToken)
    {
        RequireId(request.RoomId, "room_id");
        var node = nodes.NodeOf(request.RoomId, time.GetUtcNow()) ?? throw new ControlException(ControlError.Unavailable, "no media node has room");
        return Task.FromResult(new NodeLocation { NodeId = node.Id, ControlAddress = node.Address });
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var ticks = new PeriodicTimer(s_sweep, time);
        try
        {
            while (await ticks.WaitForNextTickAsync(stoppingToken))
            {
                foreach (var node in nodes.Sweep(time.GetUtcNow())) logger.NodeLost(node.Id, node.Address);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process ends.
        }
    }

    private static void RequireId(string id, string field)
    {
        if (id.Length is 0 or > MaxIdLength) throw new ControlException(ControlError.InvalidArgument, $"{field} has 1 to {MaxIdLength} characters");
    }
}
