using LiveStream.Contracts.Signalling.V1;
using LiveStream.Rooms.Storage;

using Microsoft.EntityFrameworkCore;

namespace LiveStream.Rooms.Placement;

/// <summary>
/// Which signalling node has which room, in the database, so that it outlives this process and several of it agree. A row of a
/// room is only there while its node is: who takes a node out takes its rooms from it in the same statement.
/// </summary>
internal sealed class RoomHosts(RoomsDatabase database)
{
    /// <summary>A room that its node does not use goes after that time: the client that it was placed for never came.</summary>
    public static readonly TimeSpan Unused = TimeSpan.FromSeconds(30);

    // Nodes that go between the choice and the claim.
    private const int MaxChoices = 5;

    /// <summary>Takes an announcement; true for a node that was not there before. One that started again has no room any more.</summary>
    public Task<bool> HearAsync(SignallingAnnouncement told, CancellationToken cancellationToken) => database.WriteAsync(
        async write =>
        {
            var (lease, node, nodes) = (told.LeaseId, told.Node, write.Db.Set<SignallingNodeRow>());
            if (told.Leaving)
            {
                await nodes.Where(n => n.LeaseId == lease).ExecuteDeleteAsync(cancellationToken);
                return false;
            }

            var (peers, capacity, now) = (Bounded(told.Peers), Bounded(told.Capacity), write.Now);
            var known = await nodes.Where(n => n.LeaseId == lease).ExecuteUpdateAsync(
                set => set.SetProperty(n => n.Peers, peers).SetProperty(n => n.Capacity, capacity).SetProperty(n => n.HeardAt, now), cancellationToken);
            if (known > 0) return false;
            // An earlier life of it.
            await nodes.Where(n => n.NodeId == node.NodeId).ExecuteDeleteAsync(cancellationToken);
            nodes.Add(new SignallingNodeRow
            {
                LeaseId = lease,
                NodeId = node.NodeId,
                ControlAddress = node.ControlAddress,
                HttpAddress = node.HttpAddress,
                PublicUrl = node.PublicUrl,
                Peers = peers,
                Capacity = capacity,
                HeardAt = now,
            });
            return true;
        },
        cancellationToken);

    /// <summary>
    /// The node says which rooms it has in use: those that nobody has are its own from now on, and those that it has and does not
    /// use are nobody's. Returns those that another node has.
    /// </summary>
    public Task<IReadOnlyList<string>> ReconcileAsync(string leaseId, IReadOnlyCollection<string> inUse, CancellationToken cancellationToken) =>
        database.WriteAsync<IReadOnlyList<string>>(
            async write =>
            {
                var hosts = write.Db.Set<RoomHostRow>();
                var since = write.Now - Unused;
                await hosts.Where(h => h.LeaseId == leaseId && h.ClaimedAt < since && !inUse.Contains(h.RoomId)).ExecuteDeleteAsync(cancellationToken);
                var known = await hosts.AsNoTracking().Where(h => inUse.Contains(h.RoomId)).ToDictionaryAsync(h => h.RoomId, h => h.LeaseId, cancellationToken);
                foreach (var room in inUse)
                {
                    if (known.ContainsKey(room)) continue;
                    await ClaimAsync(write, room, leaseId, cancellationToken);
                    known[room] = (await hosts.AsNoTracking().SingleAsync(h => h.RoomId == room, cancellationToken)).LeaseId;
                }

                return [.. known.Where(host => host.Value != leaseId).Select(host => host.Key)];
            },
            cancellationToken);

    /// <summary>The node that has the room, or null.</summary>
    public Task<SignallingNodeRow?> FindAsync(string roomId, CancellationToken cancellationToken) =>
        database.ReadAsync(db => HostOf(db, roomId).SingleOrDefaultAsync(cancellationToken), cancellationToken);

    /// <summary>The node that has the room; the least loaded one where none has it yet. Null when no node can take it.</summary>
    public async Task<SignallingNodeRow?> PlaceAsync(string roomId, CancellationToken cancellationToken)
    {
        if (await FindAsync(roomId, cancellationToken) is { } present) return present;
        return await database.WriteAsync(
            async write =>
            {
                for (var choice = 0; choice < MaxChoices; choice++)
                {
                    if (await HostOf(write.Db, roomId).SingleOrDefaultAsync(cancellationToken) is { } first) return first;
                    if (await LeastLoadedAsync(write.Db, cancellationToken) is not { } leaseId) return null;
                    // Neither falls silent before the claim is there.
                    if (await write.LockAsync<SignallingNodeRow>("signalling_nodes", "lease_id = {0}", [leaseId], cancellationToken) is null) continue;
                    await ClaimAsync(write, roomId, leaseId, cancellationToken);
                }

                return await HostOf(write.Db, roomId).SingleOrDefaultAsync(cancellationToken);
            },
            cancellationToken);
    }

    /// <summary>All that live.</summary>
    public Task<IReadOnlyList<SignallingNodeRow>> ListAsync(CancellationToken cancellationToken) => database.ReadAsync<IReadOnlyList<SignallingNodeRow>>(
        async db => await db.Set<SignallingNodeRow>().OrderBy(n => n.NodeId).ToListAsync(cancellationToken), cancellationToken);

    /// <summary>Takes out nodes, and their rooms from them, unless they were heard since they were read; those that are gone.</summary>
    public Task<IReadOnlyList<SignallingNodeRow>> RemoveAsync(IReadOnlyList<SignallingNodeRow> silent, CancellationToken cancellationToken) =>
        database.WriteAsync<IReadOnlyList<SignallingNodeRow>>(
            async write =>
            {
                var (nodes, gone) = (write.Db.Set<SignallingNodeRow>(), new List<SignallingNodeRow>());
                foreach (var node in silent)
                {
                    if (await nodes.Where(n => n.LeaseId == node.LeaseId && n.HeardAt == node.HeardAt).ExecuteDeleteAsync(cancellationToken) > 0) gone.Add(node);
                }

                return gone;
            },
            cancellationToken);

    private static IQueryable<SignallingNodeRow> HostOf(RoomsDbContext db, string roomId) =>
        from host in db.Set<RoomHostRow>()
        where host.RoomId == roomId
        join node in db.Set<SignallingNodeRow>().AsNoTracking() on host.LeaseId equals node.LeaseId
        select node;

    // Rooms count as much as a peer, so that those that come within one announcement do not all go to one node.
    private static async Task<string?> LeastLoadedAsync(RoomsDbContext db, CancellationToken cancellationToken)
    {
        var nodes = await db.Set<SignallingNodeRow>()
            .Where(n => n.Peers < n.Capacity)
            .Select(n => new { n.LeaseId, n.NodeId, n.Peers, n.Capacity, Rooms = db.Set<RoomHostRow>().Count(h => h.LeaseId == n.LeaseId) })
            .ToListAsync(cancellationToken);
        return nodes.MinBy(node => ((double)(node.Peers + node.Rooms) / node.Capacity, node.NodeId))?.LeaseId;
    }

    // The first one gets it.
    private static Task<int> ClaimAsync(WriteSession write, string roomId, string leaseId, CancellationToken cancellationToken)
    {
        var at = write.Now.ToUnixTimeMilliseconds();
        return write.Db.Database.ExecuteSqlAsync(
            $"INSERT INTO room_hosts (room_id, lease_id, claimed_at) VALUES ({roomId}, {leaseId}, {at}) ON CONFLICT (room_id) DO NOTHING", cancellationToken);
    }

    private static int Bounded(uint value) => (int)Math.Min(value, int.MaxValue);
}
