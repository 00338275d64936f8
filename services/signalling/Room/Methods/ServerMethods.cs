using Google.Protobuf.WellKnownTypes;

using LiveStream.Contracts;
using LiveStream.Contracts.RoomControl.V1;
using LiveStream.Signalling.Protocol;
using LiveStream.Signalling.Protocol.Notifications;
using LiveStream.Signalling.Room.State;

using Peer = LiveStream.Contracts.RoomControl.V1.Peer;
using RoomPeer = LiveStream.Signalling.Room.State.Peer;

namespace LiveStream.Signalling.Room.Methods;

/// <summary>What servers may do in a room that people are in. They need no role; refusals are <see cref="ControlException"/>.</summary>
internal static class ServerMethods
{
    public static ActiveRoom Describe(RoomState room)
    {
        var (id, beganAt) = SessionOf(room);
        var active = new ActiveRoom { RoomId = room.Rules.RoomId, SessionId = id, SessionCreatedAt = Timestamp.FromDateTimeOffset(beganAt) };
        active.PeerIds.AddRange(room.Peers.Joined.Select(peer => peer.Id));
        return active;
    }

    public static Contracts.RoomControl.V1.PeerList ListPeers(RoomState room, ListPeersRequest request)
    {
        SessionOf(room);
        var list = new Contracts.RoomControl.V1.PeerList();
        list.Peers.AddRange(room.Peers.Joined
            .Where(peer => (request.UserId.Length == 0 || peer.Identity.UserId == request.UserId) && (request.Role.Length == 0 || peer.Role == request.Role))
            .Select(peer => Describe(peer, withTracks: false)));
        return list;
    }

    public static Peer GetPeer(RoomState room, GetPeerRequest request) => Describe(Find(room, request.PeerId), withTracks: true);

    public static Peer UpdatePeer(RoomState room, UpdatePeerRequest request)
    {
        var peer = Find(room, request.PeerId);
        if (request.HasRole && room.Rules.Find(request.Role) is null) throw new ControlException(ControlError.InvalidArgument, "role not found");
        if (request.HasRole && peer.Role != request.Role && !RoleMethods.HasPlace(room, request.Role, 1))
        {
            RoleMethods.TellRefusal(room, peer, request.Role, requestedBy: null);
            throw new ControlException(ControlError.FailedPrecondition, RoleMethods.LimitReached);
        }

        if (request.HasMetadata && !room.HasRoomFor(peer, request.Metadata)) throw new ControlException(ControlError.FailedPrecondition, RoomState.MetadataIsFull);
        if (request.HasName || request.HasMetadata)
        {
            room.Rename(peer, request.HasName ? request.Name : null, request.HasMetadata ? request.Metadata : null);
            room.TellUpdated(peer, toItself: true);
        }

        if (request.HasRole) RoleMethods.Apply(room, peer, request.Role, requestedBy: null);
        return Describe(peer, withTracks: true);
    }

    public static SendMessageReply SendMessage(RoomState room, SendMessageRequest request)
    {
        SessionOf(room);
        IReadOnlyList<string> roles = request.ToCase == SendMessageRequest.ToOneofCase.Role ? [request.Role] : [];
        var receiver = request.ToCase == SendMessageRequest.ToOneofCase.PeerId ? Find(room, request.PeerId) : null;
        MessageMethods.Deliver(room, sender: null, request.Message, request.Type, roles, receiver);
        return new SendMessageReply();
    }

    public static RemovePeersReply RemovePeers(RoomState room, RemovePeersRequest request)
    {
        SessionOf(room);
        RoomPeer[] targets = request.WhoCase switch
        {
            RemovePeersRequest.WhoOneofCase.PeerId => [Find(room, request.PeerId)],
            RemovePeersRequest.WhoOneofCase.Role => [.. room.Peers.Joined.Where(peer => peer.Role == request.Role)],
            _ => throw new ControlException(ControlError.InvalidArgument, "peer_id or role is required"),
        };
        foreach (var peer in targets) room.Dismiss(peer, new OnPeerLeaveRequest(null, request.Reason, RoomEnd: false), LeaveCause.Removed);
        return new RemovePeersReply();
    }

    /// <param name="room">The room.</param>
    /// <param name="request">What is asked.</param>
    /// <param name="hasSessions">Somebody publishes or watches by WHIP or WHEP: that is active as well.</param>
    public static EndRoomReply EndRoom(RoomState room, EndRoomRequest request, bool hasSessions)
    {
        if (!hasSessions) SessionOf(room);
        room.End(by: null, request.Reason, request.Lock);
        return new EndRoomReply();
    }

    private static (string Id, DateTimeOffset BeganAt) SessionOf(RoomState room) =>
        room.Session ?? throw new ControlException(ControlError.NotFound, "room not active");

    private static RoomPeer Find(RoomState room, string peerId)
    {
        SessionOf(room);
        return room.Peers.FindJoined(peerId) ?? throw new ControlException(ControlError.NotFound, "peer not found");
    }

    private static Peer Describe(RoomPeer peer, bool withTracks)
    {
        var described = new Peer
        {
            Id = peer.Id,
            Name = peer.Name,
            UserId = peer.Identity.UserId,
            Metadata = peer.Data,
            Role = peer.Role,
            JoinedAt = Timestamp.FromDateTimeOffset(peer.JoinedAt),
        };
        if (withTracks) described.Tracks.AddRange(peer.Tracks.Values.Select(Describe));
        return described;
    }

    private static Track Describe(TrackInfo track) => new()
    {
        Id = track.TrackId,
        StreamId = track.StreamId,
        Mute = track.Mute,
        Type = track.Type == "audio" ? TrackType.Audio : TrackType.Video,
        Source = track.Source,
        Description = track.Description,
    };
}
