using LiveStream.Signalling.Media;
using LiveStream.Signalling.Protocol;
using LiveStream.Signalling.Protocol.Notifications;
using LiveStream.Signalling.Protocol.Requests;
using LiveStream.Signalling.Room.State;

namespace LiveStream.Signalling.Room.Methods;

/// <summary>Offers, answers and candidates on their way to the media, and its events on their way back.</summary>
internal static class MediaMethods
{
    // A browser waits for each answer before it offers again.
    private const int MaxPendingOffers = 8;

    // Candidates come in dozens, and wait for the offer before them.
    private const int MaxPendingMessages = 256;

    public static void Offer(Call call, OfferParams offer)
    {
        var (room, peer) = (call.Room, call.Peer);
        if ((CheckDescription(offer.Description, "offer") ?? TrackMethods.Check(call, offer.Tracks)) is { } error)
        {
            call.Refuse(error);
            return;
        }

        if (peer.PendingOffers >= MaxPendingOffers)
        {
            call.Refuse(ErrorCode.TooManyRequests, "too many offers wait for their answer");
            return;
        }

        var tracks = TrackMethods.Permitted(call, offer.Tracks);
        peer.PendingOffers++;
        var number = ++peer.Offers;
        room.Emit(
            ticket => new OfferMedia(ticket, call.MediaPeer, offer.Description!.Sdp!, tracks),
            finished =>
            {
                peer.PendingOffers--;
                var now = TrackMethods.AsOfNow(peer, tracks, number);
                if (peer.PendingOffers == 0) peer.SaidMeanwhile.Clear();
                if (finished.Error is not null)
                {
                    call.Refuse(finished.Error);
                    return;
                }

                call.Answer(ResultOf((MediaAnswer)finished.Result!));
                if (peer.IsJoined) TrackMethods.Replace(call, now);
            });
    }

    public static void Answer(Call call, AnswerParams answer)
    {
        if (CheckDescription(answer.Description, "answer") is { } error) call.Refuse(error);
        else Pass(call, ticket => new AnswerMedia(ticket, call.MediaPeer, answer.Description!.Sdp!));
    }

    public static void Trickle(Call call, TrickleParams trickle)
    {
        var candidate = trickle.Candidate;
        var fits = candidate is not null && trickle.Target is 0 or 1
            && Texts.Fits(candidate.Candidate, ProtocolLimits.MaxCandidateLength)
            && Texts.Fits(candidate.Mid, ProtocolLimits.MaxEntityIdLength)
            && Texts.Fits(candidate.UsernameFragment, ProtocolLimits.MaxNameLength);
        if (!fits) call.Refuse(ErrorCode.BadRequest, "no candidate for target 0 or 1");
        else Pass(call, ticket => new TrickleMedia(ticket, call.MediaPeer, trickle.Target, candidate!));
    }

    /// <summary>Why a description cannot be used; null when it may be.</summary>
    public static ProtocolError? CheckDescription(SessionDescriptionParams? description, string type)
    {
        if (description?.Type != type) return new(ErrorCode.BadRequest, $"the description is no {type}");
        if (description.Sdp is not { Length: <= ProtocolLimits.MaxSdpLength } sdp || !sdp.StartsWith("v=0", StringComparison.Ordinal))
            return new(ErrorCode.BadRequest, "the sdp is no session description");
        return null;
    }

    public static AnswerResult ResultOf(MediaAnswer answer) => new(answer.Sdp, answer.NodeId);

    /// <summary>Tells clients what the media has to tell.</summary>
    public static void Report(RoomState room, MediaEvent happened)
    {
        switch (happened)
        {
            case SubscribeOffered offer:
                // Before the reply to its join a client cannot answer yet.
                if (room.Peers.Find(offer.PeerId) is { Stage: PeerStage.Joining } joining) joining.HeldOffer = offer;
                else SendTo(room, offer.PeerId, new SubscribeOffer(offer.Sdp, offer.NodeId));
                break;
            case ServerCandidate candidate:
                SendTo(room, candidate.PeerId, new Trickle(candidate.Target, candidate.Candidate));
                break;
            case NodeChanged node:
                // The reply to its join tells it.
                if (room.Peers.FindJoined(node.PeerId) is { } moved)
                {
                    room.SendTo(moved, new NodeInfo(node.NodeId));
                    SendTracksAgain(room, moved);
                }

                break;
            case LayersChanged layers:
                SendTo(room, layers.PeerId, new OnTrackLayerUpdate(layers.Tracks));
                break;
            case SpeakersChanged speakers:
                room.SendToJoined(new ActiveSpeakers(speakers.Speakers));
                break;
            case QualityChanged quality:
                SendQuality(room, quality.Peers);
                break;
        }
    }

    // Everybody's to everybody would be too much in a large room, where each peer learns its own.
    private static void SendQuality(RoomState room, IReadOnlyList<QualityShape> peers)
    {
        if (room.Peers.JoinedCount <= room.Limits.PromptCountsUpTo) room.SendToJoined(new OnConnectionQualityUpdate(peers));
        else foreach (var peer in peers) SendTo(room, peer.PeerId, new OnConnectionQualityUpdate([peer]));
    }

    /// <summary>Says the offer that waited for the reply to the peer's join.</summary>
    public static void SendHeldOffer(RoomState room, Peer peer)
    {
        if (peer.HeldOffer is { } offer) room.SendTo(peer, new SubscribeOffer(offer.Sdp, offer.NodeId));
        peer.HeldOffer = null;
    }

    // A client that moves forgets the tracks of others, and could not tell whose the ones are that it receives from the other node.
    private static void SendTracksAgain(RoomState room, Peer moved)
    {
        foreach (var other in room.Peers.Shown)
            if (other != moved && other.Tracks.Count > 0) room.SendTo(moved, new OnTrackAdd(other.Tracks, other.Info));
    }

    private static void SendTo(RoomState room, string peerId, Notification notification)
    {
        if (room.Peers.Find(peerId) is { Stage: not PeerStage.Preview } peer) room.SendTo(peer, notification);
    }

    private static void Pass(Call call, Func<long, RoomCommand> command)
    {
        var peer = call.Peer;
        if (peer.PendingMessages >= MaxPendingMessages)
        {
            call.Refuse(ErrorCode.TooManyRequests, "too many answers and candidates wait");
            return;
        }

        peer.PendingMessages++;
        call.Room.Emit(command, finished =>
        {
            peer.PendingMessages--;
            if (finished.Error is null) call.Answer();
            else call.Refuse(finished.Error);
        });
    }
}
