using LiveStream.Contracts.RoomControl.V1;

namespace LiveStream.Contracts.RoomControl;

/// <summary>
/// The <c>RoomControl</c> service of <c>Protos/room_control.proto</c> as rooms sees it: what servers do in a room while people
/// are in it. Every method fails with <see cref="ControlException"/> and no other exception of its own; NotFound says
/// <c>room not active</c> or <c>peer not found</c>.
/// </summary>
public interface IRoomControl
{
    /// <summary>The room's session and who is in it.</summary>
    Task<ActiveRoom> GetActiveRoomAsync(GetActiveRoomRequest request, CancellationToken cancellationToken);

    /// <summary>People in the room that the request's filters match, without tracks; none is no failure.</summary>
    Task<PeerList> ListPeersAsync(ListPeersRequest request, CancellationToken cancellationToken);

    /// <summary>A person with the tracks that it publishes.</summary>
    Task<Peer> GetPeerAsync(GetPeerRequest request, CancellationToken cancellationToken);

    /// <summary>Changes a person's name, role or metadata at once, and tells everybody.</summary>
    Task<Peer> UpdatePeerAsync(UpdatePeerRequest request, CancellationToken cancellationToken);

    /// <summary>Delivers a message to one person, a role, or everybody.</summary>
    Task<SendMessageReply> SendMessageAsync(SendMessageRequest request, CancellationToken cancellationToken);

    /// <summary>Begins to remove one person, or whoever has a role; a role that nobody has is no failure.</summary>
    Task<RemovePeersReply> RemovePeersAsync(RemovePeersRequest request, CancellationToken cancellationToken);

    /// <summary>Begins to end the session.</summary>
    Task<EndRoomReply> EndRoomAsync(EndRoomRequest request, CancellationToken cancellationToken);
}
