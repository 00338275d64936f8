using System.Net;

using LiveStream.Contracts.Rooms.V1;
using LiveStream.Hosting.Errors;
using LiveStream.Rooms.Domain;
using LiveStream.Rooms.Setup;
using LiveStream.Rooms.Tests.Tokens;

using Microsoft.Extensions.DependencyInjection;

namespace LiveStream.Rooms.Tests.Http;

public sealed class KeyRotationTestsOnSqlite() : KeyRotationTests(new RoomsHost());

public sealed class KeyRotationTestsOnPostgres() : KeyRotationTests(new PostgresRoomsHost());

public abstract class KeyRotationTests(RoomsHost host) : IAsyncLifetime
{
    private WorkspaceKeys Keys => host.Services.GetRequiredService<WorkspaceKeys>();

    public Task InitializeAsync() => host.InitializeAsync();

    public Task DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task Rotation_OldAndNewKeyWorkUntilTheOldOneIsRetired()
    {
        var old = (host.Workspace.AccessKey, host.Workspace.Secret);
        var added = await Keys.AddAsync(host.Workspace.CustomerId, default);

        Assert.Equal(HttpStatusCode.OK, await ListAsync(old.AccessKey, old.Secret));
        Assert.Equal(HttpStatusCode.OK, await ListAsync(added.AccessKey, added.Secret));
        // Neither key's secret goes with the other one's name.
        Assert.Equal(HttpStatusCode.Unauthorized, await ListAsync(old.AccessKey, added.Secret));
        var (_, exchanged) = await host.SendAsync(HttpMethod.Post, "/v2/token", null, $$"""{"code":"{{host.Workspace.RoomCodes["broadcaster"]}}"}""");

        await Keys.RetireAsync(host.Workspace.CustomerId, old.AccessKey, default);

        Assert.Equal(HttpStatusCode.Unauthorized, await ListAsync(old.AccessKey, old.Secret));
        Assert.Equal(HttpStatusCode.OK, await ListAsync(added.AccessKey, added.Secret));
        // Tokens for room codes were signed by the new key already.
        var grant = await host.Rooms.AuthorizeAsync(new AuthorizeRequest { Token = (string?)exchanged["token"] }, default);
        Assert.Equal("broadcaster", grant.Role);
    }

    [Fact]
    public async Task MoreThanTwoOrNoValidKey_IsRefused()
    {
        var added = await Task.WhenAll(Enumerable.Range(0, 5).Select(async _ =>
        {
            try
            {
                return await Keys.AddAsync(host.Workspace.CustomerId, default);
            }
            catch (ApiException e)
            {
                Assert.Equal(409, e.Status);
                return null;
            }
        }));

        var second = Assert.Single(added.OfType<WorkspaceKey>());
        await Keys.RetireAsync(host.Workspace.CustomerId, second.AccessKey, default);
        Assert.Equal(409, (await Assert.ThrowsAsync<ApiException>(() => Keys.RetireAsync(host.Workspace.CustomerId, host.Workspace.AccessKey, default))).Status);
        Assert.Equal(404, (await Assert.ThrowsAsync<ApiException>(() => Keys.RetireAsync(host.Workspace.CustomerId, second.AccessKey, default))).Status);
    }

    [Fact]
    public async Task KeyOfAnotherWorkspace_CannotBeRetired()
    {
        var other = await host.AddWorkspaceAsync();
        Assert.Equal(404, (await Assert.ThrowsAsync<ApiException>(() => Keys.RetireAsync(host.Workspace.CustomerId, other.AccessKey, default))).Status);
        Assert.Equal(404, (await Assert.ThrowsAsync<ApiException>(() => Keys.AddAsync("65f0a1b2c3d4e5f60718293a", default))).Status);
    }

    [Theory]
    [InlineData(-59, HttpStatusCode.OK)]
    [InlineData(-120, HttpStatusCode.Unauthorized)]
    public async Task ExpiredToken_WithinTheSkewOnly_IsAccepted(int expiredFor, HttpStatusCode status)
    {
        // Half a minute of room for a slow machine at the border that is accepted.
        var exp = DateTimeOffset.UtcNow.ToUnixTimeSeconds() + (status == HttpStatusCode.OK ? expiredFor + 30 : expiredFor);
        var token = Jwt.Sign(host.Workspace.Secret, $$"""{"access_key":"{{host.Workspace.AccessKey}}","type":"management","version":2,"exp":{{exp}}}""");
        for (var replay = 0; replay < 2; replay++) Assert.Equal(status, (await host.SendAsync(HttpMethod.Get, "/v2/rooms", token)).Status);
    }

    private async Task<HttpStatusCode> ListAsync(string accessKey, string secret) =>
        (await host.SendAsync(HttpMethod.Get, "/v2/rooms", Jwt.Sign(secret, Jwt.Management(accessKey, DateTimeOffset.UtcNow)))).Status;
}
