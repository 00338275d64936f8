using LiveStream.Contracts;
using LiveStream.Contracts.RoomControl;
using LiveStream.Contracts.RoomControl.V1;
using LiveStream.Contracts.Signalling;

namespace LiveStream.Rooms.Placement;

/// <summary>All signalling nodes as one: each call goes to the node that has the room. A room that none has is not active.</summary>
internal sealed class PlacedRoomControl(RoomHosts hosts, RoomControlCaller callers) : IRoomControl
{
    public Task<ActiveRoom> GetActiveRoomAsync(GetActiveRoomRequest request, CancellationToken cancellationToken) =>
        At(request.RoomId, node => node.GetActiveRoomAsync(request, cancellationToken), cancellationToken);

    public Task<PeerList> ListPeersAsync(ListPeersRequest request, CancellationToken cancellationToken) =>
        At(request.RoomId, node => node.ListPeersAsync(request, cancellationToken), cancellationToken);

    public Task<Peer> GetPeerAsync(GetPeerRequest request, CancellationToken cancellationToken) =>
        At(request.RoomId, node => node.GetPeerAsync(request, cancellationToken), cancellationToken);

    public Task<Peer> UpdatePeerAsync(UpdatePeerRequest request, CancellationToken cancellationToken) =>
        At(request.RoomId, node => node.UpdatePeerAsync(request, cancellationToken), cancellationToken);

    public Task<SendMessageReply> SendMessageAsync(SendMessageRequest request, CancellationToken cancellationToken) =>
        At(request.RoomId, node => node.SendMessageAsync(request, cancellationToken), cancellationToken);

    public Task<RemovePeersReply> RemovePeersAsync(RemovePeersRequest request, CancellationToken cancellationToken) =>
        At(request.RoomId, node => node.RemovePeersAsync(request, cancellationToken), cancellationToken);

    public Task<EndRoomReply> EndRoomAsync(EndRoomRequest request, CancellationToken cancellationToken) =>
        At(request.RoomId, node => node.EndRoomAsync(request, cancellationToken), cancellationToken);

    private async Task<T> At<T>(string roomId, Func<IRoomControl, Task<T>> call, CancellationToken cancellationToken)
    {
        var node = await hosts.FindAsync(roomId, cancellationToken) ?? throw new ControlException(ControlError.NotFound, "room not active");
        return await call(callers(node.ControlAddress));
    }
}
