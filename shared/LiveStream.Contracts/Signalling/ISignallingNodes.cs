using LiveStream.Contracts.RoomControl;
using LiveStream.Contracts.Sfu;
using LiveStream.Contracts.Signalling.V1;

namespace LiveStream.Contracts.Signalling;

/// <summary>The <c>SignallingNodes</c> service of <c>Protos/signalling_nodes.proto</c>: which signalling nodes there are, and which one has a room.</summary>
public interface ISignallingNodes
{
    /// <summary>A node lives, how full it is and, now and then, which rooms it has in use. Fails with <see cref="ControlException"/> (InvalidArgument).</summary>
    Task<SignallingAnnounced> AnnounceAsync(SignallingAnnouncement request, CancellationToken cancellationToken);

    /// <summary>The node of a room. Fails with <see cref="ControlException"/>: NotFound (none has it), Unavailable (no node can take it), InvalidArgument.</summary>
    Task<SignallingNode> LocateAsync(LocateRoomRequest request, CancellationToken cancellationToken);

    /// <summary>All nodes that live.</summary>
    Task<SignallingList> ListAsync(ListSignallingRequest request, CancellationToken cancellationToken);
}

/// <summary>Makes the caller of what one signalling node does in rooms; callers of one address share their connections.</summary>
/// <param name="controlAddress">As the node announced it.</param>
public delegate IRoomControl RoomControlCaller(string controlAddress);

/// <summary>Makes the caller of one signalling node's table of media nodes; callers of one address share their connections.</summary>
/// <param name="controlAddress">As the node announced it.</param>
public delegate IMediaNodes MediaNodesCaller(string controlAddress);
