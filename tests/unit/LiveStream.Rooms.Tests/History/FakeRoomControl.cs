using System.Collections.Concurrent;

using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

using LiveStream.Contracts;
using LiveStream.Contracts.RoomControl;
using LiveStream.Contracts.RoomControl.V1;

namespace LiveStream.Rooms.Tests.History;

/// <summary>Somebody who admits people: rooms are active when the test says so, and each request is remembered.</summary>
internal sealed class FakeRoomControl : IRoomControl
{
    public const string Host = "0b1c7f0e-51d6-4f0a-9f0e-3c2b1a098765", Guest = "1b1c7f0e-51d6-4f0a-9f0e-3c2b1a098765";

    public static readonly DateTimeOffset At = new(2026, 1, 1, 10, 1, 0, 80, TimeSpan.Zero);

    private readonly ConcurrentDictionary<string, ActiveRoom> _rooms = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<(string RoomId, IMessage Request)> _requests = new();

    /// <summary>Two people are in the room.</summary>
    public void Open(string roomId) => _rooms[roomId] = new ActiveRoom
    {
        RoomId = roomId,
        SessionId = "65cc0000000000000000000a",
        SessionCreatedAt = Timestamp.FromDateTimeOffset(At),
        PeerIds = { Host, Guest },
    };

    /// <summary>What was asked of that room.</summary>
    public IEnumerable<IMessage> RequestsOf(string roomId) => _requests.Where(r => r.RoomId == roomId).Select(r => r.Request);

    public Task<ActiveRoom> GetActiveRoomAsync(GetActiveRoomRequest request, CancellationToken cancellationToken) =>
        AnswerAsync(request.RoomId, request, () => _rooms[request.RoomId]);

    public Task<PeerList> ListPeersAsync(ListPeersRequest request, CancellationToken cancellationToken) => AnswerAsync(request.RoomId, request, () =>
    {
        var list = new PeerList();
        list.Peers.AddRange(new[] { Of(Host), Of(Guest) }.Where(peer =>
            (request.Role.Length == 0 || request.Role == peer.Role) && (request.UserId.Length == 0 || request.UserId == peer.UserId)));
        return list;
    });

    public Task<Peer> GetPeerAsync(GetPeerRequest request, CancellationToken cancellationToken) =>
        AnswerAsync(request.RoomId, request, () => WithTracks(Known(request.PeerId)));

    public Task<Peer> UpdatePeerAsync(UpdatePeerRequest request, CancellationToken cancellationToken) => AnswerAsync(request.RoomId, request, () =>
    {
        var peer = WithTracks(Known(request.PeerId));
        if (request.HasName) peer.Name = request.Name;
        if (request.HasRole) peer.Role = request.Role;
        if (request.HasMetadata) peer.Metadata = request.Metadata;
        return peer;
    });

    public Task<SendMessageReply> SendMessageAsync(SendMessageRequest request, CancellationToken cancellationToken) =>
        AnswerAsync(request.RoomId, request, () => new SendMessageReply());

    public Task<RemovePeersReply> RemovePeersAsync(RemovePeersRequest request, CancellationToken cancellationToken) =>
        AnswerAsync(request.RoomId, request, () => new RemovePeersReply());

    public Task<EndRoomReply> EndRoomAsync(EndRoomRequest request, CancellationToken cancellationToken) =>
        AnswerAsync(request.RoomId, request, () => new EndRoomReply());

    private static Peer Of(string id) => new()
    {
        Id = id,
        Name = id == Host ? "Asha" : "Ben",
        UserId = id == Host ? "u-7" : "u-8",
        Metadata = "{\"isHandRaised\":false}",
        Role = id == Host ? "broadcaster" : "viewer-realtime",
        JoinedAt = Timestamp.FromDateTimeOffset(At),
    };

    private static Peer Known(string id) => id is Host or Guest ? Of(id) : throw new ControlException(ControlError.NotFound, "peer not found");

    private static Peer WithTracks(Peer peer)
    {
        peer.Tracks.Add(new Track
        {
            Id = "a1d0c6e2-0f6b-4bb5-8f59-2f5f7a0b1c2d",
            StreamId = "b2c4a7d0-6a55-4d3e-9c10-7f1e2d3c4b5a",
            Type = TrackType.Audio,
            Source = "regular",
            StartedAt = Timestamp.FromDateTimeOffset(At),
        });
        return peer;
    }

    private Task<T> AnswerAsync<T>(string roomId, IMessage request, Func<T> answer)
    {
        _requests.Enqueue((roomId, request));
        try
        {
            return _rooms.ContainsKey(roomId) ? Task.FromResult(answer()) : throw new ControlException(ControlError.NotFound, "room not active");
        }
        catch (ControlException e)
        {
            return Task.FromException<T>(e);
        }
    }
}
