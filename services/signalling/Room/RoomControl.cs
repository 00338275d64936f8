using LiveStream.Contracts;
using LiveStream.Contracts.RoomControl;
using LiveStream.Contracts.RoomControl.V1;
using LiveStream.Signalling.Room.Methods;
using LiveStream.Signalling.Room.State;
using LiveStream.Signalling.Sessions;

namespace LiveStream.Signalling.Room;

/// <summary>Lets servers act in the rooms of this process: each call is one more fact in the room's queue.</summary>
internal sealed class RoomControl(RoomTable rooms, IRoomSessions sessions) : IRoomControl
{
    public Task<ActiveRoom> GetActiveRoomAsync(GetActiveRoomRequest request, CancellationToken cancellationToken) =>
        AskAsync(request.RoomId, ServerMethods.Describe, cancellationToken);

    public Task<PeerList> ListPeersAsync(ListPeersRequest request, CancellationToken cancellationToken) =>
        AskAsync(request.RoomId, room => ServerMethods.ListPeers(room, request), cancellationToken);

    public Task<Contracts.RoomControl.V1.Peer> GetPeerAsync(GetPeerRequest request, CancellationToken cancellationToken) =>
        AskAsync(request.RoomId, room => ServerMethods.GetPeer(room, request), cancellationToken);

    public Task<Contracts.RoomControl.V1.Peer> UpdatePeerAsync(UpdatePeerRequest request, CancellationToken cancellationToken) =>
        AskAsync(request.RoomId, room => ServerMethods.UpdatePeer(room, request), cancellationToken);

    public Task<SendMessageReply> SendMessageAsync(SendMessageRequest request, CancellationToken cancellationToken) =>
        AskAsync(request.RoomId, room => ServerMethods.SendMessage(room, request), cancellationToken);

    public Task<RemovePeersReply> RemovePeersAsync(RemovePeersRequest request, CancellationToken cancellationToken) =>
        AskAsync(request.RoomId, room => ServerMethods.RemovePeers(room, request), cancellationToken);

    public async Task<EndRoomReply> EndRoomAsync(EndRoomRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await AskAsync(request.RoomId, room => ServerMethods.EndRoom(room, request, sessions.IsIn(request.RoomId)), cancellationToken);
        }
        // Nobody is in it, not even to look, and somebody publishes or watches by WHIP or WHEP.
        catch (ControlException e) when (e.Error == ControlError.NotFound && sessions.IsIn(request.RoomId))
        {
            await sessions.CloseRoomAsync(request.RoomId, request.Reason.Length > 0 ? request.Reason : "the room has ended");
            return new EndRoomReply();
        }
    }

    private async Task<T> AskAsync<T>(string roomId, Func<RoomState, T> ask, CancellationToken cancellationToken)
    {
        var room = rooms.TryEnter(roomId) ?? throw new ControlException(ControlError.NotFound, "room not active");
        try
        {
            var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
            await room.PostAsync(new ServerAsked(state =>
            {
                try
                {
                    answer.TrySetResult(ask(state));
                }
                catch (ControlException e)
                {
                    answer.TrySetException(e);
                }
                catch (Exception e)
                {
                    answer.TrySetException(new ControlException(ControlError.Internal, "internal error"));
                    throw new InvalidOperationException("A server's request failed.", e);
                }
            }));
            return await answer.Task.WaitAsync(cancellationToken);
        }
        finally
        {
            rooms.Leave(room);
        }
    }
}
