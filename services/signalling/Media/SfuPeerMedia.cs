using System.Collections.Concurrent;

using LiveStream.Contracts;
using LiveStream.Contracts.Rooms.V1;
using LiveStream.Contracts.Sfu;
using LiveStream.Contracts.Sfu.V1;
using LiveStream.Signalling.Hosts;
using LiveStream.Signalling.Protocol;
using LiveStream.Signalling.Protocol.Notifications;
using LiveStream.Signalling.Protocol.Requests;
using LiveStream.Signalling.Sessions;

using Microsoft.Extensions.Logging;

namespace LiveStream.Signalling.Media;

/// <summary>
/// Serves the media of peers by the SFU: a transport that the client offers and one that the SFU offers. Calls for one
/// peer follow each other; what the SFU tells comes in between, on any thread.
/// </summary>
internal sealed class SfuPeerMedia(
    ISfuControl sfu, RoomWatches watches, SubscribeOffers offers, RepeatedCalls repeated, Strangers strangers, NodeLease lease, TimeProvider time, ILogger<SfuPeerMedia> logger) : IPeerMedia
{
    // Longer than a media server keeps a transport that nobody answers.
    private static readonly TimeSpan s_unanswered = TimeSpan.FromMinutes(2);

    private readonly ConcurrentDictionary<string, RoomMedia> _rooms = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public IDisposable OpenRoom(string roomId, Func<MediaEvent, bool> report)
    {
        var room = new RoomMedia(roomId, report);
        _rooms[roomId] = room;
        return new Registration(this, room);
    }

    /// <inheritdoc/>
    public async Task<MediaAnswer> OfferAsync(
        MediaPeer peer, string offerSdp, IReadOnlyDictionary<string, TrackInfo> tracks, CancellationToken cancellationToken)
    {
        var room = RoomOf(peer.RoomId);
        var session = PeerConnections.SessionOf(offerSdp);
        var present = room.Find(peer.PeerId);
        if (present is null && room.IsLeft(peer.PeerId, session, out var next))
        {
            // Sent before it heard of the move, or it did not hear.
            room.Report(new NodeChanged(peer.PeerId, next));
            throw Moved();
        }

        if (present is null || present.Session != session) return await OpenAsync(room, peer, session, offerSdp, tracks, cancellationToken);
        try
        {
            var request = new UpdateTransportRequest { TransportId = present.PublishId, RoomId = room.RoomId, OfferSdp = offerSdp, Named = MediaPolicies.NamesOf(tracks) };
            var reply = await sfu.UpdateTransportAsync(request, cancellationToken);
            return new MediaAnswer(reply.AnswerSdp, present.NodeId);
        }
        catch (ControlException e) when (e.Error == ControlError.NotFound)
        {
            await MoveAsync(room, present, "unknown to the media server");
            throw Moved();
        }
    }

    /// <inheritdoc/>
    public async Task AnswerAsync(MediaPeer peer, string answerSdp, CancellationToken cancellationToken)
    {
        var room = RoomOf(peer.RoomId);
        var connections = Require(room, peer.PeerId);
        if (connections.Negotiation.Outstanding is null) throw new ControlException(ControlError.FailedPrecondition, "no offer waits for an answer");
        try
        {
            var request = new TakeAnswerRequest { RoomId = peer.RoomId, TransportId = connections.SubscribeId, AnswerSdp = answerSdp };
            await sfu.TakeAnswerAsync(request, cancellationToken);
        }
        catch (ControlException e) when (e.Error == ControlError.NotFound)
        {
            await MoveAsync(room, connections, "unknown to the media server");
            throw Moved();
        }
        catch (Exception e) when (e is not ControlException { Error: ControlError.InvalidArgument })
        {
            // It may have been taken or not, and the client says nothing more of this offer: without another one it would
            // hear of no track that comes. After a wrong answer, the right one may still come.
            connections.Negotiation.Doubt();
            offers.Pump(room, connections, LoseAsync);
            throw;
        }

        connections.Negotiation.Answered();
        offers.Pump(room, connections, LoseAsync);
    }

    /// <summary>The SFU is an ICE-lite agent: it learns a client's addresses by its checks, and needs no candidates.</summary>
    public Task TrickleAsync(MediaPeer peer, int target, CandidateParams candidate, CancellationToken cancellationToken)
    {
        var room = RoomOf(peer.RoomId);
        if (room.FindMove(peer.PeerId) is null) Require(room, peer.PeerId);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task ChangeRoleAsync(MediaPeer peer, CancellationToken cancellationToken)
    {
        if (!_rooms.TryGetValue(peer.RoomId, out var room) || room.Find(peer.PeerId) is not { } connections) return Task.CompletedTask;
        connections.Role = peer.Role;
        return repeated.DoAsync(
            $"give peer {peer.PeerId} in room {peer.RoomId} the role {peer.Role.Name}",
            token => ApplyRoleAsync(room, connections, token),
            isWanted: () => room.Find(peer.PeerId) == connections && ReferenceEquals(connections.Role, peer.Role));
    }

    /// <inheritdoc/>
    public Task ResumeAsync(MediaPeer peer, CancellationToken cancellationToken)
    {
        if (!_rooms.TryGetValue(peer.RoomId, out var room)) return Task.CompletedTask;
        // Of connections that another process made, the client's own offer tells.
        if (room.FindMove(peer.PeerId) is { Session: not null } move) room.Report(new NodeChanged(peer.PeerId, move.NodeId));
        else if (room.Find(peer.PeerId) is { } connections) offers.Repeat(room, connections, LoseAsync);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task ExpectAsync(MediaPeer peer, CancellationToken cancellationToken)
    {
        var room = RoomOf(peer.RoomId);
        room.Expect(peer.PeerId);
        // What else that process left is to be seen, also where nobody here has media.
        strangers.LookFor(room, Acquire, () => watches.Release(room.RoomId));
        return Task.CompletedTask;

        void Acquire() => watches.Acquire(room.RoomId, OnEvent, () => OnGap(room.RoomId), () => { });
    }

    /// <inheritdoc/>
    public async Task CloseAsync(string roomId, string peerId, string reason, CancellationToken cancellationToken)
    {
        if (!_rooms.TryGetValue(roomId, out var room)) return;
        room.Forget(peerId);
        if (room.Find(peerId) is { } connections) await EndAsync(room, connections, reason);
    }

    private async Task<MediaAnswer> OpenAsync(
        RoomMedia room, MediaPeer peer, string session, string offerSdp, IReadOnlyDictionary<string, TrackInfo> tracks, CancellationToken cancellationToken)
    {
        var nodeId = room.FindMove(peer.PeerId)?.NodeId;
        if (room.Find(peer.PeerId) is { } old)
        {
            // The client has let go of these, and its tracks must not be in the way of the new ones.
            nodeId = old.NodeId;
            await EndAsync(room, old, "replaced by the client");
        }

        var publishing = new OpenTransportRequest
        {
            RoomId = peer.RoomId,
            TransportId = Guid.NewGuid().ToString(),
            PeerId = peer.PeerId,
            Role = peer.Role.Name,
            Publish = MediaPolicies.PublishOf(peer.Role),
            OfferSdp = offerSdp,
            Named = MediaPolicies.NamesOf(tracks),
            Opener = lease.Id,
        };
        var connections = new PeerConnections(peer.PeerId, peer.Role, session, publishing.TransportId);
        OpenTransportReply opened;
        try
        {
            opened = await sfu.OpenTransportAsync(publishing, cancellationToken);
            connections.NodeId = nodeId ?? opened.NodeId;
            var subscribing = new OpenSubscriberRequest
            {
                RoomId = peer.RoomId,
                TransportId = connections.SubscribeId,
                PeerId = peer.PeerId,
                Role = peer.Role.Name,
                Subscribe = MediaPolicies.SubscribeOf(peer.Role),
                Opener = lease.Id,
            };
            await sfu.OpenSubscriberAsync(subscribing, cancellationToken);
        }
        catch (Exception e) when (e is not ControlException { Error: ControlError.InvalidArgument })
        {
            // Also one that failed may have been taken, and its tracks would be in the way of the client's next try. The client does not
            // wait for it, and what nobody answers the media server ends itself after a while.
            var failed = time.GetTimestamp();
            _ = CloseTransportsAsync(room, connections, "open failed", isWanted: () => time.GetElapsedTime(failed) < s_unanswered);
            throw;
        }

        watches.Acquire(room.RoomId, OnEvent, () => OnGap(room.RoomId), () => { });
        room.Add(connections);
        logger.MediaOpened(peer.PeerId, room.RoomId, connections.PublishId, connections.SubscribeId);
        // A client that joined without media does not know the node yet.
        room.Report(new NodeChanged(peer.PeerId, connections.NodeId));
        connections.Negotiation.Change();
        offers.Pump(room, connections, LoseAsync);
        return new MediaAnswer(opened.AnswerSdp, connections.NodeId);
    }

    private async Task ApplyRoleAsync(RoomMedia room, PeerConnections peer, CancellationToken cancellationToken)
    {
        RolePolicy role;
        try
        {
            do
            {
                role = peer.Role;
                await sfu.ChangePolicyAsync(ChangeOf(room.RoomId, role, peer.PublishId, publish: true), cancellationToken);
                await sfu.ChangePolicyAsync(ChangeOf(room.RoomId, role, peer.SubscribeId, publish: false), cancellationToken);
            }
            // A repetition may arrive after the next role: that one has the last word.
            while (!ReferenceEquals(role, peer.Role));
        }
        catch (ControlException e) when (e.Error == ControlError.NotFound)
        {
            await MoveAsync(room, peer, "unknown to the media server");
            return;
        }

        peer.Negotiation.Change();
        offers.Pump(room, peer, LoseAsync);
    }

    private void OnEvent(RoomEvent roomEvent)
    {
        if (!_rooms.TryGetValue(roomEvent.RoomId, out var room)) return;
        switch (roomEvent.EventCase)
        {
            case RoomEvent.EventOneofCase.TrackPublished:
                var track = roomEvent.TrackPublished;
                foreach (var peer in room.Peers)
                    if (peer.PeerId != track.PeerId && peer.Role.SubscribeToRoles.Contains(track.Role)) Renew(room, peer);
                break;
            case RoomEvent.EventOneofCase.TrackUnpublished:
                foreach (var peer in room.Peers) Renew(room, peer);
                break;
            case RoomEvent.EventOneofCase.TransportChanged:
                OnTransport(room, roomEvent.TransportChanged);
                break;
            default:
                foreach (var news in MediaNews.Of(roomEvent, peerId => room.Find(peerId) is not null)) room.Report(news);
                break;
        }
    }

    private void OnTransport(RoomMedia room, TransportChanged change)
    {
        if (change.State == TransportState.Closed) room.EndDoubt(change.TransportId);
        if (room.FindTransport(change.TransportId) is not { } peer)
        {
            if (change.OfPeer && change.State != TransportState.Closed) strangers.CloseUnlessKnown(room, change, isOpen: () => _rooms.GetValueOrDefault(room.RoomId) == room);
            return;
        }

        if (change.State == TransportState.Closed)
        {
            _ = MoveAsync(room, peer, change.Reason);
            return;
        }

        // Of the publish connection the client itself takes care.
        if (change.TransportId != peer.SubscribeId) return;
        var wasSilent = peer.IsSilent;
        peer.IsSilent = change.State == TransportState.Disconnected;
        if (!peer.IsSilent || wasSilent) return;
        room.Report(new QualityChanged([new QualityShape(peer.PeerId, 0)]));
        offers.RestartWhileSilent(room, peer, LoseAsync);
    }

    private void OnGap(string roomId)
    {
        if (!_rooms.TryGetValue(roomId, out var room)) return;
        foreach (var peer in room.Peers) Renew(room, peer);
    }

    private void Renew(RoomMedia room, PeerConnections peer)
    {
        peer.Negotiation.Change();
        offers.Pump(room, peer, LoseAsync);
    }

    private Task LoseAsync(RoomMedia room, PeerConnections peer) => MoveAsync(room, peer, "unknown to the media server");

    // Lost media cannot be repaired under the client's connections: it is told of another node, and comes anew.
    private async Task MoveAsync(RoomMedia room, PeerConnections peer, string reason)
    {
        if (!room.TryMove(peer, out var nodeId)) return;
        await FinishAsync(room, peer, reason);
        logger.MediaLost(peer.PeerId, room.RoomId, reason);
        room.Report(new NodeChanged(peer.PeerId, nodeId));
    }

    private async Task EndAsync(RoomMedia room, PeerConnections peer, string reason)
    {
        if (!room.Remove(peer)) return;
        await FinishAsync(room, peer, reason);
    }

    private Task FinishAsync(RoomMedia room, PeerConnections peer, string reason)
    {
        peer.Negotiation.End();
        watches.Release(room.RoomId);
        return CloseTransportsAsync(room, peer, reason);
    }

    private Task CloseTransportsAsync(RoomMedia room, PeerConnections peer, string reason, Func<bool>? isWanted = null) =>
        Task.WhenAll(CloseTransportAsync(room, peer.PublishId, reason, isWanted), CloseTransportAsync(room, peer.SubscribeId, reason, isWanted));

    private Task CloseTransportAsync(RoomMedia room, string id, string reason, Func<bool>? isWanted)
    {
        var request = new CloseTransportRequest { TransportId = id, RoomId = room.RoomId, Reason = reason };
        return repeated.DoAsync($"close transport {id} in room {room.RoomId}", token => sfu.CloseTransportAsync(request, token), isWanted ?? (() => true));
    }

    private RoomMedia RoomOf(string roomId) => _rooms.GetValueOrDefault(roomId) ?? throw new ControlException(ControlError.FailedPrecondition, "the room has ended");

    private static PeerConnections Require(RoomMedia room, string peerId) =>
        room.Find(peerId) ?? throw new ControlException(ControlError.FailedPrecondition, "the peer has no media connections; offer first");

    private static ChangePolicyRequest ChangeOf(string roomId, RolePolicy role, string transportId, bool publish) => new()
    {
        RoomId = roomId,
        TransportId = transportId,
        Role = role.Name,
        Publish = publish ? MediaPolicies.PublishOf(role) : null,
        Subscribe = publish ? null : MediaPolicies.SubscribeOf(role),
    };

    private static ControlException Moved() => new(ControlError.Aborted, "the media connections are lost; build them anew");

    private sealed class Registration(SfuPeerMedia owner, RoomMedia room) : IDisposable
    {
        public void Dispose()
        {
            owner._rooms.TryRemove(KeyValuePair.Create(room.RoomId, room));
            foreach (var peer in room.Peers) _ = owner.EndAsync(room, peer, "the room has ended");
        }
    }
}
