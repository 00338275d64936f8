using LiveStream.Contracts.Sfu;
using LiveStream.Contracts.Sfu.V1;
using LiveStream.Contracts.Signalling;
using LiveStream.Contracts.Signalling.V1;

namespace LiveStream.HlsPackager.Ingest;

/// <summary>Where there are several signalling nodes: the one that has the room says which media node has its media.</summary>
internal sealed class RoomMediaNodes(ISignallingNodes nodes, MediaNodesCaller callers) : IMediaNodes
{
    /// <inheritdoc/>
    public async Task<NodeLocation> LocateAsync(LocateRequest request, CancellationToken cancellationToken)
    {
        var node = await nodes.LocateAsync(new LocateRoomRequest { RoomId = request.RoomId, Place = true }, cancellationToken).ConfigureAwait(false);
        return await callers(node.ControlAddress).LocateAsync(request, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task<AnnounceReply> AnnounceAsync(NodeAnnouncement request, CancellationToken cancellationToken) =>
        throw new InvalidOperationException("A packager is no media node.");
}
