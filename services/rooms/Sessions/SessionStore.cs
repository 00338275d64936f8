using LiveStream.Rooms.Domain;
using LiveStream.Rooms.Storage;

using Microsoft.EntityFrameworkCore;

namespace LiveStream.Rooms.Sessions;

/// <summary>A session with who was in it, in the order they came.</summary>
internal sealed record SessionView(Session Session, IReadOnlyList<SessionPeer> Peers);

/// <summary>Which sessions a list shows; null for no filter.</summary>
internal sealed record SessionFilter(bool? Active, string? RoomId, DateTimeOffset? After, DateTimeOffset? Before);

/// <summary>Reads sessions.</summary>
internal sealed class SessionStore(RoomsDatabase database)
{
    /// <summary>People shown in one reply, which is a large room's worth; the first to come are shown.</summary>
    public const int MaxPeers = 20_000;

    // What one message between processes holds with ease.
    private const int MaxPresent = 5000;

    /// <summary>The session, if it belongs to that workspace.</summary>
    public async Task<SessionView?> FindAsync(string customerId, string? sessionId, CancellationToken cancellationToken)
    {
        if (!ObjectId.IsValid(sessionId)) return null;
        return await database.ReadAsync(
            async db =>
            {
                var session = await db.Sessions.SingleOrDefaultAsync(s => s.Id == sessionId && s.CustomerId == customerId, cancellationToken);
                return session is null ? null : (await WithPeersAsync(db, [session], cancellationToken))[0];
            },
            cancellationToken);
    }

    /// <summary>Id of the room's open session; empty where it has none.</summary>
    public async Task<string> FindActiveIdAsync(string roomId, CancellationToken cancellationToken) => await database.ReadAsync(
        db => db.Sessions.Where(s => s.RoomId == roomId && s.Active).Select(s => s.Id).SingleOrDefaultAsync(cancellationToken), cancellationToken) ?? "";

    /// <summary>The room's open session and who is in it and may come back by a token, those who came last; empty where there is none.</summary>
    public Task<(string SessionId, IReadOnlyList<SessionPeer> Peers)> FindPresentAsync(string roomId, CancellationToken cancellationToken) =>
        database.ReadAsync<(string, IReadOnlyList<SessionPeer>)>(
            async db =>
            {
                var id = await db.Sessions.Where(s => s.RoomId == roomId && s.Active).Select(s => s.Id).SingleOrDefaultAsync(cancellationToken);
                if (id is null) return ("", []);
                var present = db.SessionPeers.Where(p => p.SessionId == id && p.LeftAt == null && p.TokenHash != "");
                return (id, await present.OrderByDescending(p => p.JoinedAt).ThenBy(p => p.Id).Take(MaxPresent).ToListAsync(cancellationToken));
            },
            cancellationToken);

    /// <summary>Open sessions of all workspaces.</summary>
    public Task<IReadOnlyList<Session>> ListActiveAsync(CancellationToken cancellationToken) => database.ReadAsync<IReadOnlyList<Session>>(
        async db => await db.Sessions.Where(s => s.Active).ToListAsync(cancellationToken), cancellationToken);

    /// <summary>Sessions with an id below <paramref name="start"/>, newest first.</summary>
    public Task<IReadOnlyList<SessionView>> ListAsync(
        string customerId, SessionFilter filter, string? start, int limit, CancellationToken cancellationToken) => database.ReadAsync(
        async db =>
        {
            var sessions = Filter(db.Sessions.Where(s => s.CustomerId == customerId), filter);
            if (start is not null) sessions = sessions.Where(s => string.Compare(s.Id, start) < 0);
            return await WithPeersAsync(db, await sessions.OrderByDescending(s => s.Id).Take(limit).ToListAsync(cancellationToken), cancellationToken);
        },
        cancellationToken);

    private static IQueryable<Session> Filter(IQueryable<Session> sessions, SessionFilter filter)
    {
        if (filter.Active is { } active) sessions = sessions.Where(s => s.Active == active);
        if (filter.RoomId is { } roomId) sessions = sessions.Where(s => s.RoomId == roomId);
        if (filter.After is { } after) sessions = sessions.Where(s => s.CreatedAt >= after);
        if (filter.Before is { } before) sessions = sessions.Where(s => s.CreatedAt <= before);
        return sessions;
    }

    private static async Task<IReadOnlyList<SessionView>> WithPeersAsync(RoomsDbContext db, List<Session> sessions, CancellationToken cancellationToken)
    {
        var ids = sessions.ConvertAll(s => s.Id);
        var peers = await db.SessionPeers.Where(p => ids.Contains(p.SessionId))
            .OrderByDescending(p => p.SessionId).ThenBy(p => p.JoinedAt).ThenBy(p => p.Id).Take(MaxPeers).ToListAsync(cancellationToken);
        var bySession = peers.ToLookup(p => p.SessionId, StringComparer.Ordinal);
        return sessions.ConvertAll(s => new SessionView(s, [.. bySession[s.Id]]));
    }
}
