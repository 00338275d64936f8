using LiveStream.Signalling.Media;
using LiveStream.Signalling.Protocol;
using LiveStream.Signalling.Protocol.Requests;
using LiveStream.Signalling.Room.State;

namespace LiveStream.Signalling.Room.Methods;

/// <summary>Joining, leaving, and how a peer describes itself.</summary>
internal static class JoinMethods
{
    public static void Join(Call call, JoinParams join)
    {
        var (room, peer) = (call.Room, call.Peer);
        if (Check(call, join) is { } error)
        {
            call.Refuse(error);
            // The person is there and may not come in; what is wrong with the request itself is the client's business.
            if (error.Code is ErrorCode.Forbidden or ErrorCode.Gone)
            {
                peer.Describe(join.Name, join.Data);
                room.RefuseEntry(peer, error.Message);
            }

            return;
        }

        // By its name a join that comes to nothing is told.
        if (!peer.IsJoined) peer.Describe(join.Name, join.Data);

        if (join.Offer is null)
        {
            Finish(call, join, EmptyResult.Value);
            return;
        }

        room.Peers.Reserve(peer);
        var attempt = ++peer.JoinAttempt;
        room.Emit(
            ticket => new OfferMedia(ticket, call.MediaPeer, join.Offer.Sdp!, NothingByName<TrackInfo>.Value),
            finished =>
            {
                // Its socket was lost meanwhile; the media was closed then.
                if (attempt != peer.JoinAttempt) return;
                if (finished.Error is null) Finish(call, join, MediaMethods.ResultOf((MediaAnswer)finished.Result!));
                else Abort(call, finished.Error);
            });
    }

    public static void Leave(Call call, LeaveParams leave)
    {
        var (room, peer) = (call.Room, call.Peer);
        call.Answer();
        if (peer.Socket is { } socket) room.Emit(new CloseSocket(socket, 1000, "left"));
        // It goes all the same: its socket and its place in the preview.
        if (!peer.IsJoined) room.TellRefusal(new DepartureRefused(room.Session?.Id ?? "", peer.Info, room.Now, "peer not joined"));
        room.Remove(peer, LeaveCause.Left);
    }

    public static void UpdatePeer(Call call, PeerUpdateParams update)
    {
        if (!Texts.Fits(update.Name, ProtocolLimits.MaxNameLength) || !Texts.Fits(update.Data, ProtocolLimits.MaxMetadataLength))
        {
            call.Refuse(ErrorCode.BadRequest, "name or data is too long, or no text");
            return;
        }

        if (!call.Room.HasRoomFor(call.Peer, update.Data))
        {
            call.Refuse(ErrorCode.TooLarge, RoomState.MetadataIsFull);
            return;
        }

        call.Room.Rename(call.Peer, update.Name, update.Data);
        call.Answer();
        call.Room.TellUpdated(call.Peer, toItself: true);
    }

    private static ProtocolError? Check(Call call, JoinParams join)
    {
        if (!Texts.Fits(join.Name, ProtocolLimits.MaxNameLength)) return new(ErrorCode.BadRequest, "the name is too long, or no text");
        if (!Texts.Fits(join.Data, ProtocolLimits.MaxMetadataLength)) return new(ErrorCode.BadRequest, "the data is too long, or no text");
        if (!call.Room.HasRoomFor(call.Peer, join.Data)) return new(ErrorCode.TooLarge, RoomState.MetadataIsFull);
        if (join.Offer is not null && MediaMethods.CheckDescription(join.Offer, "offer") is { } error) return error;
        // A place is kept already for who has joined or is about to.
        if (call.Peer.Stage == PeerStage.Joining) return new(ErrorCode.Conflict, "already joining");
        if (call.Peer.IsJoined) return null;

        var (room, role) = (call.Room, call.Peer.Role);
        if (room.Locked) return new(ErrorCode.Gone, "the room is locked");
        if (room.Rules.Policy.MaxPeers is > 0 and var most && room.Peers.TakenCount >= most) return new(ErrorCode.Forbidden, "the room is full");
        return RoleMethods.HasPlace(room, role, 1) ? null : new(ErrorCode.Forbidden, RoleMethods.LimitReached);
    }

    private static void Finish(Call call, JoinParams join, object result)
    {
        var (room, peer) = (call.Room, call.Peer);
        var again = peer.IsJoined;
        if (again) room.Rename(peer, join.Name, join.Data);
        else room.Enter(peer);

        // The reply first: only then does the client take what follows for the room it is in.
        call.Answer(result);
        room.SendPeerListTo(peer);
        if (again)
        {
            room.SendCountsTo(peer);
            room.TellUpdated(peer, toItself: false);
            return;
        }

        MediaMethods.SendHeldOffer(room, peer);
        room.TellJoined(peer);
        room.TellCounts(peer);
    }

    private static void Abort(Call call, ProtocolError error)
    {
        call.Peer.HeldOffer = null;
        call.Room.Peers.Release(call.Peer);
        call.Refuse(error);
    }
}
