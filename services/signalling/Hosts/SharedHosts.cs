using LiveStream.Contracts;
using LiveStream.Contracts.Signalling;
using LiveStream.Contracts.Signalling.V1;
using LiveStream.Signalling.Room;
using LiveStream.Signalling.Sessions;

using Microsoft.Extensions.Options;

namespace LiveStream.Signalling.Hosts;

/// <summary>
/// There are several nodes, and rooms knows which one has a room. What is at work here is here without asking: people go on while
/// rooms is away, and where the room was given to another node meanwhile, <see cref="NodeAnnouncer"/> hears of it.
/// </summary>
internal sealed class SharedHosts(ISignallingNodes nodes, RoomTable rooms, MediaSessions sessions, IOptions<SignallingOptions> options, IOptions<RoomOptions> room) : IRoomHosts
{
    /// <summary>This node, as it is announced.</summary>
    public SignallingNode Self { get; } = new()
    {
        NodeId = options.Value.NodeId,
        ControlAddress = options.Value.ControlAddress,
        HttpAddress = options.Value.HttpAddress,
        PublicUrl = room.Value.PublicUrl,
    };

    public async Task<SignallingNode?> FindAsync(string roomId, bool place, CancellationToken cancellationToken)
    {
        if (rooms.Has(roomId) || sessions.IsIn(roomId)) return Self;
        try
        {
            return await nodes.LocateAsync(new LocateRoomRequest { RoomId = roomId, Place = place }, cancellationToken);
        }
        catch (ControlException e) when (e.Error == ControlError.NotFound && !place)
        {
            return null;
        }
    }

    public bool IsHere(SignallingNode? node) => node is null || node.NodeId == Self.NodeId;
}
