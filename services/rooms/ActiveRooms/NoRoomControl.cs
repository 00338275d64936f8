using LiveStream.Contracts;
using LiveStream.Contracts.RoomControl;
using LiveStream.Contracts.RoomControl.V1;

namespace LiveStream.Rooms.ActiveRooms;

/// <summary>Stands where nothing admits people to rooms by the client protocol: no room is active.</summary>
internal sealed class NoRoomControl : IRoomControl
{
    public Task<ActiveRoom> GetActiveRoomAsync(GetActiveRoomRequest request, CancellationToken cancellationToken) => NotActive<ActiveRoom>();

    public Task<PeerList> ListPeersAsync(ListPeersRequest request, CancellationToken cancellationToken) => NotActive<PeerList>();

    public Task<Peer> GetPeerAsync(GetPeerRequest request, CancellationToken cancellationToken) => NotActive<Peer>();

    public Task<Peer> UpdatePeerAsync(UpdatePeerRequest request, CancellationToken cancellationToken) => NotActive<Peer>();

    public Task<SendMessageReply> SendMessageAsync(SendMessageRequest request, CancellationToken cancellationToken) => NotActive<SendMessageReply>();

    public Task<RemovePeersReply> RemovePeersAsync(RemovePeersRequest request, CancellationToken cancellationToken) => NotActive<RemovePeersReply>();

    public Task<EndRoomReply> EndRoomAsync(EndRoomRequest request, CancellationToken cancellationToken) => NotActive<EndRoomReply>();

    private static Task<T> NotActive<T>() => Task.FromException<T>(new ControlException(ControlError.NotFound, "room not active"));
}
