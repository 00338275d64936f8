using LiveStream.Signalling.Media;
using LiveStream.Signalling.Protocol;
using LiveStream.Signalling.Protocol.Notifications;

namespace LiveStream.Signalling.Room.State;

/// <summary>How peers come and go.</summary>
internal sealed partial class RoomState
{
    // RFC 6455 §7.4.1.
    private const int NormalClosure = 1000;
    private const int PolicyViolation = 1008;

    private const string DuplicatePeerId = "duplicate peer id";

    /// <summary>Why a peer may not have metadata that long.</summary>
    public const string MetadataIsFull = "the people of the room have as much metadata as it takes";

    /// <summary>A peer, whose place is kept or free, has joined.</summary>
    public void Enter(Peer peer)
    {
        Peers.Enter(peer, Now);
        if (Session is null)
        {
            Session = (newSessionId(Now), Now);
            Emit(new SessionBegan(Session.Value.Id, Now));
        }

        Emit(new PeerEntered(Session.Value.Id, peer.Info, Now, peer.Identity.TokenHash));
    }

    /// <summary>A peer is gone for good, joined or not. Its socket is no longer heard.</summary>
    public void Remove(Peer peer, LeaveCause cause, string message = "")
    {
        var (joined, shown, info, entry, joinedAt) = (peer.IsJoined, Peers.IsShown(peer), peer.Info, peer.Entry, peer.JoinedAt);
        Peers.Remove(peer, Now);
        Invites.Remove(peer.Id);
        Emit(new CloseMedia(peer.Id, message.Length > 0 ? message : cause.ToString()));
        Emit(new PeerForgotten(peer.Identity));
        if (!joined && cause == LeaveCause.Lost) previews.Keep(peer.Identity, Now + limits.ReconnectGrace, Now);
        if (!joined) return;
        Emit(new PeerGone(Session!.Value.Id, info, joinedAt, Now, cause, message));
        if (shown) TellPresence(new OnPeerLeave(entry));
        if (Peers.JoinedCount == 0) EndSession();
        TellCounts();
    }

    /// <summary>Tells a peer to go, and forgets it. Clients leave by themselves; the socket is closed a little later.</summary>
    public void Dismiss(Peer peer, OnPeerLeaveRequest farewell, LeaveCause cause)
    {
        SendTo(peer, farewell);
        if (peer.Socket is { } socket) CloseLater(socket, farewell.RoomEnd ? "the room has ended" : "removed from the room");
        Remove(peer, cause, farewell.Reason);
    }

    /// <summary>Ends the session for everybody.</summary>
    /// <param name="by">Who asked; null for a server. It leaves by itself and is not told to.</param>
    /// <param name="reason">Told to the others; may be empty.</param>
    /// <param name="lockRoom">Nobody may join any more.</param>
    public void End(Peer? by, string reason, bool lockRoom)
    {
        if (Session is { } ending) Emit(new SessionEndedByRequest(ending.Id, by?.Info, reason, lockRoom, Now));
        var farewell = new OnPeerLeaveRequest(by?.Id, reason, RoomEnd: true);
        // Together, so that those who are last to go are not told of each one before them.
        var others = Peers.Joined.Where(peer => peer != by).ToArray();
        SendTo(others, farewell);
        foreach (var peer in others)
        {
            if (peer.Socket is { } socket) CloseLater(socket, "the room has ended");
            Peers.Detach(peer, Now);
        }

        if (by?.Socket is { } last) CloseLater(last, "the room has ended");
        if (by is not null) Peers.Detach(by, Now);
        foreach (var peer in Peers.Joined.ToArray()) Remove(peer, LeaveCause.RoomEnded, reason);
        // Who ends a session does not want its stream to go on.
        if (Stream.IsLive) Emit(new StopStreams(0, by?.Id ?? "", RoomEnded: true));
        Emit(new CloseSessions(reason.Length > 0 ? reason : "the room has ended"));
        if (!lockRoom) return;
        Locked = true;
        Emit(new LockRoom());
        foreach (var peer in Peers.All.ToArray())
        {
            SendTo(peer, new OnError(ErrorCode.Gone, "the room is locked"));
            if (peer.Socket is { } socket) CloseLater(socket, "the room is locked");
            Remove(peer, LeaveCause.RoomEnded);
        }
    }

    /// <summary>A peer may not join: told to whoever keeps the record, not to the peer.</summary>
    public void RefuseEntry(Peer peer, string reason) => TellRefusal(new EntryRefused(Session?.Id ?? "", peer.Info, Now, reason));

    /// <summary>Whether the metadata of all peers stays within what may be sent to everybody who joins.</summary>
    public bool HasRoomFor(Peer peer, string? data)
    {
        if (data is null || data.Length <= peer.Data.Length) return true;
        var most = rules.Policy.LargeRoom ? ProtocolLimits.MaxLargeRoomMetadataLength : ProtocolLimits.MaxRoomMetadataLength;
        return Peers.All.Sum(other => (long)other.Data.Length) - peer.Data.Length + data.Length <= most;
    }

    /// <summary>The peer has another name: the others and the record hear of it.</summary>
    public void Rename(Peer peer, string? name, string? data)
    {
        var before = peer.Name;
        peer.Describe(name, data);
        if (peer.IsJoined && peer.Name != before) Emit(new PeerRenamed(Session!.Value.Id, peer.Info, Now));
    }

    private void Open(SocketOpened opened)
    {
        var (socket, identity) = opened;
        if (Peers.Find(identity.PeerId) is { } known)
        {
            if (known.Identity.TokenHash == identity.TokenHash) Resume(known, socket);
            else
            {
                Reject(socket, new(ErrorCode.Conflict, DuplicatePeerId));
                RefuseEntry(new Peer(identity, sequence: 0), DuplicatePeerId);
            }

            return;
        }

        if (Locked) Reject(socket, new(ErrorCode.Gone, "the room is locked"));
        else if (TryComeBack(socket, identity)) return;
        else if (rules.Find(identity.Role) is null) Reject(socket, new(ErrorCode.Forbidden, "role is invalid"));
        else if (Peers.All.Count >= limits.MaxPeers) Reject(socket, new(ErrorCode.TooManyRequests, "the room is full"));
        else
        {
            var peer = Peers.Add(identity);
            Peers.Attach(peer, socket);
            Emit(new PeerKnown(identity));
            SendTo(peer, rules.PolicyFor(peer.Role));
            var policy = rules.Policy;
            SendTo(peer, new RoomInfo(policy.RoomId, policy.Name, policy.Description, policy.MaxPeers, policy.LargeRoom));
            SendPreviewTo(peer);
        }
    }

    // Clients read the count from the second.
    private void SendPreviewTo(Peer peer)
    {
        SendTo(peer, new RoomStateInfo(Peers.JoinedCount, Describe()));
        SendCountsTo(peer);
    }

    // The newest socket wins: the one before may be half open for as long as TCP takes to notice.
    private void Resume(Peer peer, long socket)
    {
        if (Peers.Attach(peer, socket) is { } before) Emit(new CloseSocket(before, NormalClosure, "replaced by a newer connection"));
        AbandonJoin(peer);
        // The role of now: by the token's role the client would move itself back.
        SendTo(peer, rules.PolicyFor(peer.Role));
        if (!peer.IsJoined)
        {
            SendPreviewTo(peer);
            return;
        }

        SendPeerListTo(peer);
        SendCountsTo(peer);
        // Its name and hand are in nobody's list but the others'. Of nobody else, so that no notice of others has to go before it.
        Emit(new Send([socket], new OnPeerUpdate(peer.Entry)));
        // What was set while it was away. The client does not ask again.
        var values = Store.Of(peer.ListensToAll ? Store.All().Keys : peer.ListensTo);
        if (values.Count > 0) Emit(new Send([socket], new OnMetadataChange(values)));
        Emit(new ResumeMedia(new MediaPeer(rules.RoomId, peer.Id, rules.Find(peer.Role)!)));
    }

    private void Reject(long socket, ProtocolError error)
    {
        Emit(new Send([socket], new OnError(error.Code, error.Message)));
        Emit(new CloseSocket(socket, PolicyViolation, error.Message));
    }

    private void Close(SocketClosed closed)
    {
        _farewells.RemoveAll(farewell => farewell.Socket == closed.Socket);
        if (!Peers.TryFindSocket(closed.Socket, out var peer)) return;
        if (peer.Stage == PeerStage.Joining) RefuseEntry(peer, "network disconnection");
        AbandonJoin(peer);
        if (closed.Deliberate || !peer.IsJoined) Remove(peer, closed.Deliberate ? LeaveCause.Left : LeaveCause.Lost);
        else Peers.Detach(peer, Now);
    }

    // The reply would go to a socket that nobody reads; the client asks again on the next one.
    private void AbandonJoin(Peer peer)
    {
        if (peer.Stage != PeerStage.Joining) return;
        peer.JoinAttempt++;
        peer.HeldOffer = null;
        Peers.Release(peer);
        Emit(new CloseMedia(peer.Id, "the socket was lost while joining"));
    }

    private void EndSession()
    {
        var (id, beganAt) = Session!.Value;
        Emit(new SessionOver(id, beganAt, Now));
        Session = null;
        Store.Clear();
        Invites.Clear();
        foreach (var peer in Peers.All) peer.ListensTo.Clear();
    }

    private void CloseLater(long socket, string reason) => _farewells.Add((socket, Now + s_farewell, reason));

    private void Tick()
    {
        _refusalsTold = 0;
        ForgetLeft();
        foreach (var peer in Peers.All.Where(peer => peer.LostAt + limits.ReconnectGrace <= Now).ToArray()) Remove(peer, LeaveCause.Lost);

        foreach (var (socket, due, reason) in _farewells)
        {
            if (due <= Now) Emit(new CloseSocket(socket, NormalClosure, reason));
        }

        _farewells.RemoveAll(farewell => farewell.Due <= Now);
        if (Session is { } session && rules.Policy.MaxDurationSeconds is > 0 and var longest && Now - session.BeganAt >= TimeSpan.FromSeconds(longest))
            End(by: null, "the session has reached its longest duration", lockRoom: false);

        ReleasePresence();
        if (_countsChanged)
        {
            _countsChanged = false;
            SendToJoined(Counts());
        }

        if (!_previewsOutdated) return;
        _previewsOutdated = false;
        var previews = Peers.All.Where(peer => !peer.IsJoined).ToArray();
        SendTo(previews, new RoomStateInfo(Peers.JoinedCount, Describe()));
        SendTo(previews, Counts());
    }
}
