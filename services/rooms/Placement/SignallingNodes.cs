using LiveStream.Contracts;
using LiveStream.Contracts.Signalling;
using LiveStream.Contracts.Signalling.V1;
using LiveStream.Rooms.Domain;

using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LiveStream.Rooms.Placement;

/// <summary>
/// Hears signalling nodes, looks twice a second for those that fell silent, and says who has a room. After a time in which nothing
/// could be heard (a start, a database that was away) every node has as long to be heard as it would have had.
/// </summary>
internal sealed class SignallingNodes(RoomHosts hosts, TimeProvider time, ILogger<SignallingNodes> logger) : BackgroundService, ISignallingNodes
{
    /// <summary>Four announcements.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(4);

    private const int MaxIdLength = 63, MaxLeaseLength = 64, MaxRoomsInUse = 100_000;

    private static readonly TimeSpan s_sweep = TimeSpan.FromMilliseconds(500);

    // Between two looks; more means that announcements may have been missed as well.
    private static readonly TimeSpan s_longestGap = TimeSpan.FromSeconds(2);

    // By lease: what the row said, and when that was news here.
    private readonly Dictionary<string, (DateTimeOffset HeardAt, long SeenAt)> _heard = new(StringComparer.Ordinal);
    private long? _lookedAt;

    /// <inheritdoc/>
    public async Task<SignallingAnnounced> AnnounceAsync(SignallingAnnouncement request, CancellationToken cancellationToken)
    {
        Check(request);
        var reply = new SignallingAnnounced();
        if (await hosts.HearAsync(request, cancellationToken))
        {
            logger.SignallingFound(request.Node.NodeId, request.Node.ControlAddress, request.Capacity);
            reply.TellRooms = true;
        }

        if (request.InUse is { } inUse && !request.Leaving)
        {
            reply.TellRooms = false;
            reply.Elsewhere.AddRange(await hosts.ReconcileAsync(request.LeaseId, inUse.RoomIds.ToHashSet(StringComparer.Ordinal), cancellationToken));
        }

        return reply;
    }

    /// <inheritdoc/>
    public async Task<SignallingNode> LocateAsync(LocateRoomRequest request, CancellationToken cancellationToken)
    {
        RequireRoom(request.RoomId);
        if (request.Place)
            return NodeOf(await hosts.PlaceAsync(request.RoomId, cancellationToken) ?? throw new ControlException(ControlError.Unavailable, "no signalling node can take the room"));
        return NodeOf(await hosts.FindAsync(request.RoomId, cancellationToken) ?? throw new ControlException(ControlError.NotFound, "no signalling node has the room"));
    }

    /// <inheritdoc/>
    public async Task<SignallingList> ListAsync(ListSignallingRequest request, CancellationToken cancellationToken)
    {
        var list = new SignallingList();
        list.Nodes.AddRange((await hosts.ListAsync(cancellationToken)).Select(NodeOf));
        return list;
    }

    /// <summary>Looks once; one call at a time.</summary>
    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        // Of the time before, and of a gap in it, nobody knows who could have been heard.
        var now = time.GetTimestamp();
        if (_lookedAt is not { } before || time.GetElapsedTime(before, now) > s_longestGap) _heard.Clear();
        var nodes = await hosts.ListAsync(cancellationToken);
        var silent = new List<SignallingNodeRow>();
        foreach (var node in nodes)
        {
            // Whichever process it was that heard it, and whatever its clock says: another time is a sign of life.
            if (!_heard.TryGetValue(node.LeaseId, out var last) || last.HeardAt != node.HeardAt) _heard[node.LeaseId] = (node.HeardAt, now);
            else if (time.GetElapsedTime(last.SeenAt, now) >= Silence) silent.Add(node);
        }

        foreach (var gone in _heard.Keys.Except(nodes.Select(node => node.LeaseId), StringComparer.Ordinal).ToList()) _heard.Remove(gone);
        if (silent.Count > 0)
            foreach (var node in await hosts.RemoveAsync(silent, cancellationToken)) logger.SignallingLost(node.NodeId, node.ControlAddress);
        _lookedAt = now;
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var ticks = new PeriodicTimer(s_sweep, time);
        var failing = false;
        while (true)
        {
            try
            {
                if (!await ticks.WaitForNextTickAsync(stoppingToken)) return;
                await SweepAsync(stoppingToken);
                failing = false;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            // A database that is away may not end the looks for good.
            catch (Exception e)
            {
                if (!failing) logger.SignallingSweepFailed(e);
                failing = true;
            }
        }
    }

    private static void Check(SignallingAnnouncement request)
    {
        var node = request.Node ?? throw new ControlException(ControlError.InvalidArgument, "node is missing");
        if (node.NodeId.Length is 0 or > MaxIdLength || !node.NodeId.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-'))
            throw new ControlException(ControlError.InvalidArgument, $"node_id has 1 to {MaxIdLength} letters, digits, dots and dashes");
        if (request.LeaseId.Length is 0 or > MaxLeaseLength) throw new ControlException(ControlError.InvalidArgument, $"lease_id has 1 to {MaxLeaseLength} characters");
        foreach (var (name, value) in new[] { ("control_address", node.ControlAddress), ("http_address", node.HttpAddress) })
        {
            if (!Uri.TryCreate(value, UriKind.Absolute, out var address) || address.Scheme != Uri.UriSchemeHttp)
                throw new ControlException(ControlError.InvalidArgument, $"{name} is not an address such as http://signalling-1:8081");
        }

        if (node.PublicUrl.Length > 0 && !(Uri.TryCreate(node.PublicUrl, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps)))
            throw new ControlException(ControlError.InvalidArgument, "public_url is not an address such as https://live.example.org");
        if (request.InUse is not { } inUse) return;
        if (inUse.RoomIds.Count > MaxRoomsInUse) throw new ControlException(ControlError.InvalidArgument, $"more than {MaxRoomsInUse} rooms in use");
        foreach (var id in inUse.RoomIds) RequireRoom(id);
    }

    private static void RequireRoom(string roomId)
    {
        if (!ObjectId.IsValid(roomId)) throw new ControlException(ControlError.InvalidArgument, "room_id has 24 hex digits");
    }

    private static SignallingNode NodeOf(SignallingNodeRow row) =>
        new() { NodeId = row.NodeId, ControlAddress = row.ControlAddress, HttpAddress = row.HttpAddress, PublicUrl = row.PublicUrl };
}
