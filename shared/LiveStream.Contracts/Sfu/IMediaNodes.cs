using LiveStream.Contracts.Sfu.V1;

namespace LiveStream.Contracts.Sfu;

/// <summary>The <c>MediaNodes</c> service of <c>Protos/media_nodes.proto</c>: which SFU nodes there are, and which one has a room.</summary>
public interface IMediaNodes
{
    /// <summary>A node lives, and how full it is. Fails with <see cref="ControlException"/> (InvalidArgument).</summary>
    Task<AnnounceReply> AnnounceAsync(NodeAnnouncement request, CancellationToken cancellationToken);

    /// <summary>The node of a room. Fails with <see cref="ControlException"/>: Unavailable (there is no node), InvalidArgument.</summary>
    Task<NodeLocation> LocateAsync(LocateRequest request, CancellationToken cancellationToken);
}

/// <summary>Makes the caller of one node; callers of one address share their connections.</summary>
/// <param name="controlAddress">As the node announced it.</param>
public delegate ISfuControl SfuNodeCaller(string controlAddress);
