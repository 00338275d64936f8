using LiveStream.Contracts;
using LiveStream.Contracts.Rooms.V1;
using LiveStream.Rooms.Tests.Tokens;

namespace LiveStream.Rooms.Tests.Http;

public sealed class DirectoryTestsOnSqlite(RoomsHost host) : DirectoryTests(host), IClassFixture<RoomsHost>;

public sealed class DirectoryTestsOnPostgres(PostgresRoomsHost host) : DirectoryTests(host), IClassFixture<PostgresRoomsHost>;

public abstract class DirectoryTests(RoomsHost host)
{
    [Fact]
    public async Task Authorize_TokenOfTheRoom_GivesTheRole()
    {
        var grant = await AuthorizeAsync(host.AuthToken("viewer-realtime"), host.Workspace.RoomId);

        Assert.Equal("viewer-realtime", grant.Role);
        Assert.False(grant.PublishVideo);
        Assert.NotEmpty(grant.SubscribeToRoles);
    }

    [Fact]
    public async Task Authorize_ManagementToken_IsUnauthenticated() => await RefusedAsync(ControlError.Unauthenticated, host.ManagementToken);

    [Fact]
    public async Task Authorize_NoToken_IsUnauthenticated() => await RefusedAsync(ControlError.Unauthenticated, "");

    [Fact]
    public async Task Authorize_RoleOutsideTheTemplate_IsRefusedByNameAndMayNothing()
    {
        foreach (var role in new[] { "admin", "" })
        {
            var grant = await AuthorizeAsync(host.AuthToken(role));
            Assert.Equal(("role is invalid", role, host.Workspace.RoomId), (grant.Refusal, grant.Role, grant.RoomId));
            Assert.False(grant.PublishAudio || grant.PublishVideo || grant.PublishScreen);
            Assert.Empty(grant.SubscribeToRoles);
        }
    }

    [Fact]
    public async Task Authorize_UnknownRoom_IsNotFound()
    {
        await RefusedAsync(ControlError.NotFound, host.AuthToken("broadcaster", "65f0a1b2c3d4e5f60718293a"));
        await RefusedAsync(ControlError.NotFound, host.AuthToken("broadcaster"), "65f0a1b2c3d4e5f60718293a");
        await RefusedAsync(ControlError.NotFound, host.AuthToken("broadcaster"), "../x");
    }

    [Fact]
    public async Task Authorize_TokenForAnotherRoom_IsDenied() =>
        await RefusedAsync(ControlError.PermissionDenied, host.AuthToken("broadcaster", "65f0a1b2c3d4e5f60718293a"), host.Workspace.RoomId);

    [Fact]
    public async Task Authorize_KeyOfAnotherWorkspace_DoesNotSeeTheRoom()
    {
        var other = await host.AddWorkspaceAsync();
        var token = Jwt.Sign(other.Secret, Jwt.Auth(other.AccessKey, host.Workspace.RoomId, "broadcaster", DateTimeOffset.UtcNow));
        await RefusedAsync(ControlError.NotFound, token);
    }

    private Task<JoinGrant> AuthorizeAsync(string token, string roomId = "") =>
        host.Rooms.AuthorizeAsync(new AuthorizeRequest { Token = token, RoomId = roomId }, CancellationToken.None);

    private async Task RefusedAsync(ControlError error, string token, string roomId = "") =>
        Assert.Equal(error, (await Assert.ThrowsAsync<ControlException>(() => AuthorizeAsync(token, roomId))).Error);
}
