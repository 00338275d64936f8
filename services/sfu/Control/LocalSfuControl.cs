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

    private long _nextKey;
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
        var plan = new OfferNegotiator(node.Options.NodeId, () => (uint)Interlocked.Increment(ref _nextExportSsrc)).Negotiate(request, offer);
        var credentials = IceCredentials.Create();
        var answer = new AnswerBuilder(node.Describe(worker)).Build(offer, plan, request, credentials);
        var key = (ulong)Interlocked.Increment(ref _nextKey);
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
            var reply = await worker.InvokeAsync(() => Update(worker, request.TransportId, offer)).WaitAsync(cancellationToken).ConfigureAwait(false);
            if (reply is not null) return reply;
        }

        throw new ControlException(ControlError.NotFound, "The transport does not exist.");
    }

    /// <inheritdoc/>
    public async Task<CloseTransportReply> CloseTransportAsync(CloseTransportRequest request, CancellationToken cancellationToken)
    {
        foreach (var worker in node.Workers)
        {
            await worker.InvokeAsync(() =>
            {
                if (worker.Transports.TryGetById(request.TransportId, out var transport)) worker.Rooms.Close(transport, request.Reason);
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
        var channel = node.Events.Add(request.RoomId);
        try
        {
            // The watcher was added before the state is read on the worker's thread, so nothing falls between; a track
            // that is published in the meantime may be told twice.
            var present = await worker.InvokeAsync(() => worker.Rooms.Find(request.RoomId)?.Tracks.Select(track => track.Description).ToArray() ?? [])
                .WaitAsync(cancellationToken).ConfigureAwait(false);
            foreach (var track in present) yield return new RoomEvent { RoomId = request.RoomId, TrackPublished = track };
            await foreach (var roomEvent in channel.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false)) yield return roomEvent;
        }
        finally
        {
            node.Events.Remove(request.RoomId, channel);
        }
    }

    /// <inheritdoc/>
    public Task<NodeStats> GetNodeStatsAsync(GetNodeStatsRequest request, CancellationToken cancellationToken) => Task.FromResult(node.Stats());

    private UpdateTransportReply? Update(MediaWorker worker, string transportId, SessionDescription offer)
    {
        if (!worker.Transports.TryGetById(transportId, out var transport)) return null;
        var plan = transport.Plan;
        if (!offer.Media.Select(OfferNegotiator.Mid).SequenceEqual(plan.Mids))
            throw new ControlException(ControlError.FailedPrecondition, "The offer changes the media sections of the transport, which only a new session can.");
        var fragment = offer.FindIceUfrag(OfferNegotiator.TransportSection(offer)) ?? throw new ControlException(ControlError.InvalidArgument, "The offer has no ice-ufrag.");
        var restart = fragment != plan.RemoteFragment;
        var credentials = restart ? IceCredentials.Create() : transport.Ice.Local;
        // The answer first: an offer that cannot be answered changes nothing.
        var answer = new AnswerBuilder(node.Describe(worker)).Build(offer, plan, transport.Request, credentials);
        if (restart)
        {
            transport.Ice.Restart(credentials);
            worker.Transports.AddFragment(transport);
            transport.Plan = plan with { RemoteFragment = fragment };
        }

        return new UpdateTransportReply { AnswerSdp = answer };
    }

    private static SessionDescription Parse(string sdp) => SessionDescription.TryParse(sdp, out var offer, out var error)
        ? offer
        : throw new ControlException(ControlError.InvalidArgument, "The offer is not valid SDP: " + error);

    private static void RequireId(string value, string name)
    {
        if (value.Length is 0 or > MaximumId) throw new ControlException(ControlError.InvalidArgument, $"{name} must have 1 to {MaximumId} characters.");
    }
}
