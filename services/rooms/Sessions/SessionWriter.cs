using LiveStream.Contracts;
using LiveStream.Contracts.Events.V1;
using LiveStream.Contracts.Rooms.V1;
using LiveStream.Rooms.Domain;
using LiveStream.Rooms.Placement;
using LiveStream.Rooms.Storage;

using Microsoft.EntityFrameworkCore;

namespace LiveStream.Rooms.Sessions;

/// <inheritdoc cref="ISessionWriter"/>
internal sealed class SessionWriter(RoomsDatabase database, IdSequence ids) : ISessionWriter
{
    public Task<Session> OpenAsync(string customerId, string roomId, DateTimeOffset at, CancellationToken cancellationToken) => database.WriteAsync(
        async write =>
        {
            var room = await write.LockRoomAsync(customerId, roomId, cancellationToken) ?? throw new ControlException(ControlError.NotFound, "room not found");
            if (await write.Db.Sessions.SingleOrDefaultAsync(s => s.RoomId == room.Id && s.Active, cancellationToken) is { } open) return open;
            return Add(write, room, ids.Next().Id, at);
        },
        cancellationToken);

    public Task<Session> BeginAsync(string customerId, string roomId, string sessionId, DateTimeOffset at, CancellationToken cancellationToken, string leaseId) =>
        database.WriteAsync(
            async write =>
            {
                // Locked, so that the room does not go to another node before this is written.
                if (leaseId.Length > 0 && await write.LockAsync<RoomHostRow>("room_hosts", "room_id = {0}", [roomId], cancellationToken) is { } host && host.LeaseId != leaseId)
                    throw new ControlException(ControlError.FailedPrecondition, "another signalling node has the room");
                var room = await write.LockRoomAsync(customerId, roomId, cancellationToken) ?? throw new ControlException(ControlError.NotFound, "room not found");
                if (await write.Db.Sessions.SingleOrDefaultAsync(s => s.Id == sessionId && s.RoomId == room.Id, cancellationToken) is { } known) return known;
                if (await write.Db.Sessions.SingleOrDefaultAsync(s => s.RoomId == room.Id && s.Active, cancellationToken) is { } left)
                {
                    await CloseAsync(write, left, at, cancellationToken);
                    // The room has one open session at a time, also between two statements.
                    await write.Db.SaveChangesAsync(cancellationToken);
                }

                return Add(write, room, sessionId, at);
            },
            cancellationToken);

    public Task<bool> PeerJoinedAsync(JoinedPeer peer, CancellationToken cancellationToken) => ChangeAsync(
        peer.SessionId,
        async (write, session) =>
        {
            if (!session.Active || await FindPeerAsync(write, session.Id, peer.PeerId, cancellationToken) is not null) return false;
            write.Db.Add(new SessionPeer
            {
                SessionId = session.Id,
                Id = peer.PeerId,
                Name = peer.Name,
                Role = peer.Role,
                UserId = peer.UserId,
                TokenHash = peer.TokenHash,
                JoinedAt = peer.JoinedAt,
            });
            session.Touch(peer.JoinedAt);
            write.Publish(new PeerJoined(session.CustomerId, session.RoomId, session.Id, peer.PeerId, peer.Name, peer.Role, peer.UserId, peer.JoinedAt, peer.UserData, session.CreatedAt));
            return true;
        },
        cancellationToken);

    public Task<bool> PeerChangedAsync(
        string sessionId, string peerId, string name, string role, CancellationToken cancellationToken, RoleChangeReport? report) => ChangeAsync(
        sessionId,
        async (write, session) =>
        {
            if (await FindPeerAsync(write, session.Id, peerId, cancellationToken) is not { LeftAt: null } peer) return false;
            if (report is not null && peer.Role != role)
            {
                write.Publish(new PeerRoleChanged(
                    session.CustomerId, session.RoomId, session.Id, peer.Id, name, peer.UserId, report.UserData, peer.Role, role, report.RequestedBy,
                    peer.JoinedAt, session.CreatedAt, report.At));
            }

            (peer.Name, peer.Role) = (name, role);
            return true;
        },
        cancellationToken);

    public Task<bool> PeerLeftAsync(string sessionId, string peerId, DateTimeOffset at, CancellationToken cancellationToken, LeaveReport? report) => ChangeAsync(
        sessionId,
        async (write, session) =>
        {
            if (await FindPeerAsync(write, session.Id, peerId, cancellationToken) is not { } peer || !peer.Leave(at)) return false;
            session.Touch(at);
            write.Publish(Left(session, peer, at, report));
            return true;
        },
        cancellationToken);

    public Task<bool> CloseAsync(string sessionId, DateTimeOffset at, CancellationToken cancellationToken) =>
        ChangeAsync(sessionId, (write, session) => CloseAsync(write, session, at, cancellationToken), cancellationToken);

    public Task<bool> RoomEndedAsync(string sessionId, RoomEnd ended, DateTimeOffset at, CancellationToken cancellationToken) => ChangeAsync(
        sessionId,
        (write, session) =>
        {
            if (!session.Active) return Task.FromResult(false);
            write.Publish(new RoomEnded(
                session.CustomerId, session.RoomId, session.Id, ended.Peer?.PeerId ?? "", ended.Peer?.Name ?? "", ended.Peer?.Role ?? "", ended.Peer?.UserId ?? "",
                ended.Locked, ended.Reason, session.CreatedAt, at));
            return Task.FromResult(true);
        },
        cancellationToken);

    private static PeerLeft Left(Session session, SessionPeer peer, DateTimeOffset at, LeaveReport? report) => new(
        session.CustomerId, session.RoomId, session.Id, peer.Id, peer.LeftAt ?? at, peer.Name, peer.Role, peer.UserId, report?.UserData ?? "", peer.JoinedAt,
        session.CreatedAt, report?.Reason ?? LeaveReasons.Server, report?.Message ?? "");

    private static Session Add(WriteSession write, Room room, string id, DateTimeOffset at)
    {
        var session = new Session { Id = id, CustomerId = room.CustomerId, RoomId = room.Id, CreatedAt = at, UpdatedAt = at };
        write.Db.Add(session);
        write.Publish(new SessionOpened(session.CustomerId, session.RoomId, session.Id, session.CreatedAt));
        return session;
    }

    private static async Task<bool> CloseAsync(WriteSession write, Session session, DateTimeOffset at, CancellationToken cancellationToken)
    {
        if (!session.Close(at)) return false;
        foreach (var peer in await write.Db.SessionPeers.Where(p => p.SessionId == session.Id && p.LeftAt == null).ToListAsync(cancellationToken))
        {
            peer.Leave(at);
            write.Publish(Left(session, peer, at, null));
        }

        write.Publish(new SessionClosed(session.CustomerId, session.RoomId, session.Id, session.CreatedAt, session.UpdatedAt));
        return true;
    }

    private Task<bool> ChangeAsync(string sessionId, Func<WriteSession, Session, Task<bool>> change, CancellationToken cancellationToken) => database.WriteAsync(
        async write => await write.LockAsync<Session>("sessions", "id = {0}", [sessionId], cancellationToken) is { } session && await change(write, session),
        cancellationToken);

    private static Task<SessionPeer?> FindPeerAsync(WriteSession write, string sessionId, string peerId, CancellationToken cancellationToken) =>
        write.Db.SessionPeers.SingleOrDefaultAsync(p => p.SessionId == sessionId && p.Id == peerId, cancellationToken);
}
