using LiveStream.Contracts;
using LiveStream.Contracts.Rooms;
using LiveStream.Contracts.Rooms.V1;

namespace LiveStream.Signalling.Tests.Fakes;

/// <summary>
/// Knows the rooms r1 and r2; where a caller names none, the token's room is meant, which is r1 by default. A token reads <c>role:user</c> or <c>role:user:room</c>; roles are host (publishes and
/// subscribes), stage (publishes only), viewer (subscribes only) and hls (neither); there is no king.
/// </summary>
internal sealed class FakeRooms : IRoomsDirectory
{
    /// <summary>Tokens that have expired.</summary>
    public HashSet<string> Expired { get; } = [];

    /// <summary>Thrown by the next calls while set.</summary>
    public ControlException? Failure { get; set; }

    /// <summary>One for each question.</summary>
    public SemaphoreSlim Asked { get; } = new(0);

    public Task<JoinGrant> AuthorizeAsync(AuthorizeRequest request, CancellationToken cancellationToken)
    {
        Asked.Release();
        if (Failure is not null) throw Failure;
        var parts = request.Token.Split(':');
        if (parts.Length < 2 || Expired.Contains(request.Token)) throw new ControlException(ControlError.Unauthenticated, "bad token");
        var roomId = request.RoomId.Length > 0 ? request.RoomId : parts.Length > 2 ? parts[2] : "r1";
        if (roomId is not ("r1" or "r2")) throw new ControlException(ControlError.NotFound, "room not found");
        if (parts.Length > 2 && parts[2] != roomId) throw new ControlException(ControlError.PermissionDenied, "other room");
        if (parts[0] == "king") return Task.FromResult(new JoinGrant { CustomerId = "c1", RoomId = roomId, Role = parts[0], UserId = parts[1], Refusal = "role is invalid" });
        var publishes = parts[0] is "host" or "stage";
        var grant = new JoinGrant
        {
            CustomerId = "c1",
            RoomId = roomId,
            Role = parts[0],
            UserId = parts[1],
            PublishAudio = publishes,
            PublishVideo = publishes,
            MaxVideoKbps = 2500,
            BroadcastByHls = parts[0] == "host",
        };
        if (parts[0] is "host" or "viewer") grant.SubscribeToRoles.Add(["host", "stage"]);
        return Task.FromResult(grant);
    }
}
