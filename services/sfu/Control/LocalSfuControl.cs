using System.Runtime.CompilerServices;
using System.Text;
using LiveStream.Contracts;
using LiveStream.Contracts.Sfu;
using LiveStream.Contracts.Sfu.V1;
using LiveStream.Sfu.Export;
using LiveStream.Sfu.Ice;
using LiveStream.Sfu.Negotiation;
using LiveStream.Sfu.Transports;
using LiveStream.Sfu.Workers;
using LiveStream.Wire.Sdp;

namespace LiveStream.Sfu.Control;

/// <summary>The <c>SfuControl</c> service in this process: negotiates on the caller's thread, acts on the room's worker.</summary>
internal sealed class LocalSfuControl(SfuNode node) : ISfuControl
{
    private const int ExportSendBytes = 2 << 20, MaximumId = 128;

    // A stream is seconds behind its publisher; the packager wakes some twenty times a second instead of once for each packet.
    private const long ExportHoldMicroseconds = 45_000;

    private readonly SubscriberControl _subscribers = new(node);
    private int _nextExportSsrc = 1000;

    /// <inheritdoc/>
    public async Task<OpenTransportReply> OpenTransportAsync(OpenTransportRequest request, CancellationToken cancellationToken)
    {
        RequireId(request.RoomId, "room_id");
        RequireId(request.TransportId, "transport_id");
        RequireId(request.PeerId, "peer_id");
        if (node.Stats().Transports >= node.Options.MaximumTransports) throw new ControlException(ControlError.ResourceExhausted, "The media node is full.");
        var worker = node.WorkerOf(request.RoomId);
        var offer = Parse(request.OfferSdp);
        var plan = Negotiator().Negotiate(request, offer);
        var credentials = IceCredentials.Create();
        var answer = new AnswerBuilder(node.Describe(worker)).Build(offer, plan, request, credentials);
        var key = node.NextKey();
        // Kept for the transport's life; the offer, some kilobytes, is not needed again.
        var kept = request.Clone();
        kept.OfferSdp = "";
        await worker.InvokeAsync(() =>
        {
            worker.Rooms.Open(key, kept, plan, credentials, WallClock.Microseconds);
            return true;
        }).WaitAsync(cancellationToken).ConfigureAwait(false);
        return new OpenTransportReply { NodeId = node.Options.NodeId, AnswerSdp = answer };
    }

    /// <inheritdoc/>
    public async Task<UpdateTransportReply> UpdateTransportAsync(UpdateTransportRequest request, CancellationToken cancellationToken)
    {
        var offer = Parse(request.OfferSdp);
        foreach (var worker in node.Workers)
        {
            var transport = await worker.InvokeAsync(() => worker.Transports.TryGetById(request.TransportId, out var found) ? found : null)
                .WaitAsync(cancellationToken).ConfigureAwait(false);
            if (transport is null) continue;
            var present = await worker.InvokeAsync(() => (transport.Plan, transport.Request, transport.Ice.Local)).WaitAsync(cancellationToken).ConfigureAwait(false);
            // The answer first, here: an offer that cannot be answered changes nothing.
            var update = Renegotiation.Of(present.Plan, present.Request, present.Local, request, offer, Negotiator());
            var answer = new AnswerBuilder(node.Describe(worker)).Build(offer, update.Plan, update.Request, update.Credentials);
            await worker.InvokeAsync(() => Apply(worker, transport, present.Plan, update)).WaitAsync(cancellationToken).ConfigureAwait(false);
            return new UpdateTransportReply { AnswerSdp = answer };
        }

        throw new ControlException(ControlError.NotFound, "The transport does not exist.");
    }

    /// <inheritdoc/>
    public Task<OpenSubscriberReply> OpenSubscriberAsync(OpenSubscriberRequest request, CancellationToken cancellationToken) =>
        _subscribers.OpenAsync(request, cancellationToken);

    /// <inheritdoc/>
    public Task<MakeOfferReply> MakeOfferAsync(MakeOfferRequest request, CancellationToken cancellationToken) =>
        _subscribers.OfferAsync(request, cancellationToken);

    /// <inheritdoc/>
    public Task<TakeAnswerReply> TakeAnswerAsync(TakeAnswerRequest request, CancellationToken cancellationToken) =>
        _subscribers.AnswerAsync(request, cancellationToken);

    /// <inheritdoc/>
    public Task<ChangePolicyReply> ChangePolicyAsync(ChangePolicyRequest request, CancellationToken cancellationToken) =>
        _subscribers.ChangePolicyAsync(request, cancellationToken);

    /// <inheritdoc/>
    public async Task<CloseTransportReply> CloseTransportAsync(CloseTransportRequest request, CancellationToken cancellationToken)
    {
        foreach (var worker in node.Workers)
        {
            await worker.InvokeAsync(() =>
            {
                if (!worker.Transports.TryGetById(request.TransportId, out var transport)) return true;
                if (request.UnlessWatched && node.Events.IsWatchedBy(transport.Room.RoomId, transport.Request.Opener)) return true;
                worker.Rooms.Close(transport, request.Reason);
                return true;
            }).WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        return new CloseTransportReply();
    }

    /// <inheritdoc/>
    public async Task<RequestKeyFrameReply> RequestKeyFrameAsync(RequestKeyFrameRequest request, CancellationToken cancellationToken)
    {
        var worker = node.WorkerOf(request.RoomId);
        var found = await worker.InvokeAsync(() =>
        {
            if (worker.Rooms.Find(request.RoomId)?.FindTrack(request.TrackId) is not { } track) return false;
            foreach (var layer in track.Layers)
                if (request.Rid.Length == 0 || request.Rid == layer.Rid) track.RequestKeyFrame(layer.Layer);
            return true;
        }).WaitAsync(cancellationToken).ConfigureAwait(false);
        if (!found) throw new ControlException(ControlError.NotFound, "The track does not exist.");
        return new RequestKeyFrameReply();
    }

    /// <inheritdoc/>
    public async Task<StartExportReply> StartExportAsync(StartExportRequest request, CancellationToken cancellationToken)
    {
        RequireId(request.RoomId, "room_id");
        RequireId(request.ExportId, "export_id");
        var worker = node.WorkerOf(request.RoomId);
        var fd = await ExportConnector.ConnectAsync(request.Host, (int)request.Port, cancellationToken).ConfigureAwait(false);
        await worker.InvokeAsync(() =>
        {
            // A repeated start takes the new connection: the packager lost the old one.
            if (worker.Rooms.RemoveExport(request.RoomId, request.ExportId) is { } old) worker.Close(old.Connection);
            var connection = worker.Adopt(fd, ExportSendBytes, ExportHoldMicroseconds);
            var greeting = Encoding.UTF8.GetBytes(RtpExporter.Greeting(request.ExportId));
            greeting.CopyTo(connection.Reserve(greeting.Length));
            connection.Commit(greeting.Length);
            worker.Rooms.AddExport(request.RoomId, new RtpExporter(request.ExportId, request.FromRoles.ToHashSet(StringComparer.Ordinal), connection));
            return true;
        }).ConfigureAwait(false);
        return new StartExportReply();
    }

    /// <inheritdoc/>
    public async Task<StopExportReply> StopExportAsync(StopExportRequest request, CancellationToken cancellationToken)
    {
        var worker = node.WorkerOf(request.RoomId);
        await worker.InvokeAsync(() =>
        {
            if (worker.Rooms.RemoveExport(request.RoomId, request.ExportId) is { } export) worker.Close(export.Connection);
            return true;
        }).WaitAsync(cancellationToken).ConfigureAwait(false);
        return new StopExportReply();
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<RoomEvent> WatchRoomAsync(WatchRoomRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        RequireId(request.RoomId, "room_id");
        var worker = node.WorkerOf(request.RoomId);
        var channel = node.Events.Add(request.RoomId, request.Watcher);
        try
        {
            // The watcher was added before the state is read on the worker's thread, so nothing falls between; what happens in the
            // meantime may be told twice, and what it led to last.
            var present = await worker.InvokeAsync(() => worker.Rooms.StateOf(request.RoomId)).WaitAsync(cancellationToken).ConfigureAwait(false);
            foreach (var state in present) yield return state;
            await foreach (var roomEvent in channel.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false)) yield return roomEvent;
        }
        finally
        {
            node.Events.Remove(request.RoomId, channel);
        }
    }

    /// <inheritdoc/>
    public Task<NodeStats> GetNodeStatsAsync(GetNodeStatsRequest request, CancellationToken cancellationToken) => Task.FromResult(node.Stats());

    private static bool Apply(MediaWorker worker, MediaTransport transport, TransportPlan? before, Renegotiation update)
    {
        if (!worker.Transports.TryGetByKey(transport.Key, out _)) throw new ControlException(ControlError.NotFound, "The transport does not exist.");
        // A role that changed meanwhile decides about the tracks; the client's next offer is answered by it.
        if (transport.Plan != before) throw new ControlException(ControlError.Unavailable, "The transport has changed meanwhile.");
        worker.Rooms.Publishers.Update(transport, update.Plan);
        transport.Plan = update.Plan;
        transport.Request = update.Request;
        if (update.Credentials == transport.Ice.Local) return true;
        transport.Ice.Restart(update.Credentials);
        worker.Transports.AddFragment(transport);
        return true;
    }

    private OfferNegotiator Negotiator() => new(node.Options.NodeId, () => (uint)Interlocked.Increment(ref _nextExportSsrc));

    /// <summary>Reads a client's description.</summary>
    internal static SessionDescription Parse(string sdp) => SessionDescription.TryParse(sdp, out var offer, out var error)
        ? offer
        : throw new ControlException(ControlError.InvalidArgument, "The description is not valid SDP: " + error);

    /// <summary>Refuses an id that is empty or very long.</summary>
    internal static void RequireId(string value, string name)
    {
        if (value.Length is 0 or > MaximumId) throw new ControlException(ControlError.InvalidArgument, $"{name} must have 1 to {MaximumId} characters.");
    }
}
