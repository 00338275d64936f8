using LiveStream.Contracts;
using LiveStream.Contracts.Rooms;
using LiveStream.Contracts.Rooms.V1;
using LiveStream.Rooms.Endpoints;
using LiveStream.Rooms.Storage;
using LiveStream.Rooms.Tokens;

namespace LiveStream.Rooms.Joining;

/// <summary>Answers the other services from the database.</summary>
internal sealed class RoomsDirectory(TokenReader tokens, RoomsStore store) : IRoomsDirectory
{
    private static readonly string[] s_types = [TokenType.App];

    public async Task<JoinGrant> AuthorizeAsync(AuthorizeRequest request, CancellationToken cancellationToken)
    {
        var check = await tokens.CheckAsync(request.Token, s_types, cancellationToken);
        if (check.Error != TokenError.None) throw new ControlException(ControlError.Unauthenticated, $"Token validation error: {RequireToken.DetailOf(check.Error)}");

        var claims = check.Claims!;
        var roomId = request.RoomId.Length > 0 ? request.RoomId : claims.RoomId;
        var found = await store.FindRoomAsync(check.Workspace!.CustomerId, roomId, cancellationToken)
            ?? throw new ControlException(ControlError.NotFound, "room not found");
        if (claims.RoomId != found.Room.Id) throw new ControlException(ControlError.PermissionDenied, "token is for another room");
        if (!found.Room.Enabled) throw new ControlException(ControlError.PermissionDenied, "room is not active");
        var role = claims.Role is { } name ? found.Template.FindRole(name) : null;
        // No error, which could not say whose attempt it was: the customer's server is told of it.
        return role is null
            ? new JoinGrant { CustomerId = found.Room.CustomerId, RoomId = found.Room.Id, Role = claims.Role ?? "", UserId = claims.UserId ?? "", Refusal = "role is invalid" }
            : JoinPolicy.GrantOf(found.Room, role, claims.UserId);
    }
}
