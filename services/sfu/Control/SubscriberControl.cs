using LiveStream.Contracts;
using LiveStream.Contracts.Sfu.V1;
using LiveStream.Sfu.Ice;
using LiveStream.Sfu.Negotiation;
using LiveStream.Sfu.Transports;
using LiveStream.Sfu.Workers;

namespace LiveStream.Sfu.Control;

/// <summary>The calls about transports for which the node offers, and about roles. Reads and writes SDP on the caller's thread.</summary>
internal sealed class SubscriberControl(SfuNode node)
{
    public async Task<OpenSubscriberReply> OpenAsync(OpenSubscriberRequest request, CancellationToken cancellationToken)
    {
        LocalSfuControl.RequireId(request.RoomId, "room_id");
        LocalSfuControl.RequireId(request.TransportId, "transport_id");
        LocalSfuControl.RequireId(request.PeerId, "peer_id");
        if (node.Stats().Transports >= node.Options.MaximumTransports) throw new ControlException(ControlError.ResourceExhausted, "The media node is full.");
        var kept = new OpenTransportRequest
        {
            RoomId = request.RoomId,
            TransportId = request.TransportId,
            PeerId = request.PeerId,
            Role = request.Role,
            Subscribe = request.Subscribe?.Clone() ?? new SubscribePolicy(),
            Opener = request.Opener,
        };
        var key = node.NextKey();
        await InvokeAsync(request.RoomId, worker => worker.Rooms.OpenSubscriber(key, kept, IceCredentials.Create(), WallClock.Microseconds), cancellationToken).ConfigureAwait(false);
        return new OpenSubscriberReply { NodeId = node.Options.NodeId };
    }

    public async Task<MakeOfferReply> OfferAsync(MakeOfferRequest request, CancellationToken cancellationToken)
    {
        var (key, offer) = await InvokeAsync(request.RoomId, worker =>
        {
            var transport = Find(worker, request.TransportId);
            return (transport.Key, worker.Rooms.Subscribers.Offer(transport, request.RestartIce));
        }, cancellationToken).ConfigureAwait(false);
        var builder = new OfferBuilder(node.Describe(node.WorkerOf(request.RoomId)));
        return new MakeOfferReply { OfferSdp = offer is null ? "" : builder.Build(offer, key) };
    }

    public async Task<TakeAnswerReply> AnswerAsync(TakeAnswerRequest request, CancellationToken cancellationToken)
    {
        var description = LocalSfuControl.Parse(request.AnswerSdp);
        var offer = await InvokeAsync(request.RoomId, worker => Find(worker, request.TransportId).Offers?.Outstanding, cancellationToken).ConfigureAwait(false)
            ?? throw new ControlException(ControlError.FailedPrecondition, "No offer waits for an answer.");
        var answer = AnswerReader.Read(offer, description);
        await InvokeAsync(
            request.RoomId,
            worker => worker.Rooms.Subscribers.Answer(Find(worker, request.TransportId), offer, answer, WallClock.Microseconds),
            cancellationToken).ConfigureAwait(false);
        return new TakeAnswerReply();
    }

    public async Task<ChangePolicyReply> ChangePolicyAsync(ChangePolicyRequest request, CancellationToken cancellationToken)
    {
        await InvokeAsync(request.RoomId, worker => Change(worker, Find(worker, request.TransportId), request), cancellationToken).ConfigureAwait(false);
        return new ChangePolicyReply();
    }

    private static void Change(MediaWorker worker, MediaTransport transport, ChangePolicyRequest request)
    {
        var changed = transport.Request.Clone();
        changed.Role = request.Role;
        if (request.Publish is not null) changed.Publish = request.Publish.Clone();
        if (request.Subscribe is not null) changed.Subscribe = request.Subscribe.Clone();
        transport.Request = changed;
        if (request.Publish is not null) worker.Rooms.Publishers.ChangeRole(transport, request.Role, changed.Publish);
        if (request.Subscribe is not null && transport.Subscriber is { } subscriber)
            transport.Room.ChangeRoles(subscriber, changed.Subscribe.FromRoles.ToHashSet(StringComparer.Ordinal));
    }

    private static MediaTransport Find(MediaWorker worker, string transportId) =>
        worker.Transports.TryGetById(transportId, out var transport) ? transport : throw new ControlException(ControlError.NotFound, "The transport does not exist.");

    private Task<bool> InvokeAsync(string roomId, Action<MediaWorker> action, CancellationToken cancellationToken) => InvokeAsync(roomId, worker =>
    {
        action(worker);
        return true;
    }, cancellationToken);

    private Task<T> InvokeAsync<T>(string roomId, Func<MediaWorker, T> function, CancellationToken cancellationToken)
    {
        var worker = node.WorkerOf(roomId);
        return worker.InvokeAsync(() => function(worker)).WaitAsync(cancellationToken);
    }
}
