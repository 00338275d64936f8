using LiveStream.Contracts.Signalling;
using LiveStream.Contracts.Signalling.V1;
using LiveStream.Hosting.Announcements;
using LiveStream.Hosting.Health;
using LiveStream.Signalling.Placement;
using LiveStream.Signalling.Room;
using LiveStream.Signalling.Sessions;

using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LiveStream.Signalling.Hosts;

/// <summary>
/// Tells rooms that this node lives, how full it is and, now and then, which rooms it has in use; lets go of those that another node
/// has. Where rooms does not answer, everything goes on: nobody else can be given a room meanwhile.
/// </summary>
internal sealed class NodeAnnouncer(
    ISignallingNodes nodes, SharedHosts hosts, NodeLease lease, RoomTable rooms, MediaSessions sessions, NodeTable media, IOptions<RoomOptions> options, TimeProvider time,
    ILogger<NodeAnnouncer> logger) : Announcer(time), IReadinessCheck
{
    // In announcements, that is, in seconds.
    private const int RoomsEvery = 5;

    private const string Reason = "the room is at another node";

    private int _untilRooms = RoomsEvery;
    private volatile bool _known;

    /// <inheritdoc/>
    public string Name => "placement";

    /// <inheritdoc/>
    public ValueTask<string?> WhyNotReadyAsync(CancellationToken cancellationToken) => ValueTask.FromResult(_known ? null : "not known to rooms yet");

    /// <summary>Before the sockets are closed: whoever comes back is sent to another node.</summary>
    public override Task StoppingAsync(CancellationToken cancellationToken) => LeaveAsync(cancellationToken);

    /// <inheritdoc/>
    protected override async Task AnnounceAsync(bool leaving, CancellationToken cancellationToken)
    {
        var reply = await TellAsync(leaving, withRooms: --_untilRooms <= 0, cancellationToken);
        if (reply.TellRooms && !leaving) reply = await TellAsync(leaving, withRooms: true, cancellationToken);
        foreach (var roomId in reply.Elsewhere)
        {
            logger.RoomLost(roomId);
            rooms.Abandon(roomId, Reason);
            media.Forget(roomId);
            // Not waited for: who does not announce itself in time counts as dead.
            _ = sessions.CloseRoomAsync(roomId, Reason);
        }
    }

    /// <inheritdoc/>
    protected override void OnChange(string? failure)
    {
        if (failure is null)
        {
            // Once known, a node is of use to the people in it whether rooms answers or not.
            _known = true;
            logger.Announced(hosts.Self.NodeId, hosts.Self.ControlAddress);
        }
        else
        {
            logger.NotAnnounced(failure, Interval);
        }
    }

    private async Task<SignallingAnnounced> TellAsync(bool leaving, bool withRooms, CancellationToken cancellationToken)
    {
        var announcement = new SignallingAnnouncement
        {
            Node = hosts.Self,
            LeaseId = lease.Id,
            Peers = (uint)(rooms.PeerCount + sessions.Count),
            Capacity = (uint)options.Value.MaxSockets,
            Leaving = leaving,
        };
        if (withRooms && !leaving)
        {
            announcement.InUse = new RoomsInUse();
            announcement.InUse.RoomIds.AddRange(rooms.RoomIds.Union(sessions.RoomIds, StringComparer.Ordinal).Union(media.RoomIds, StringComparer.Ordinal));
        }

        var reply = await nodes.AnnounceAsync(announcement, cancellationToken);
        if (withRooms) _untilRooms = RoomsEvery;
        return reply;
    }
}
