using System.Net;
using System.Text.Json.Nodes;

using LiveStream.Rooms.Tests.Tokens;

namespace LiveStream.Rooms.Tests.Http;

public sealed class LiveStreamRefusalTestsOnSqlite(RoomsHost host) : LiveStreamRefusalTests(host), IClassFixture<RoomsHost>;

public sealed class LiveStreamRefusalTestsOnPostgres(PostgresRoomsHost host) : LiveStreamRefusalTests(host), IClassFixture<PostgresRoomsHost>;

/// <summary>Calls that start nothing, so that one host serves all of them.</summary>
public abstract class LiveStreamRefusalTests(RoomsHost host)
{
    [Theory]
    [InlineData("{\"destination\":\"nowhere\"}")]
    [InlineData("{\"recording\":7}")]
    [InlineData("not json")]
    public async Task Start_BadBody_IsRefusedAndStartsNothing(string body)
    {
        RoomsHost.AssertError(await host.StartAsync(body: body), HttpStatusCode.BadRequest, "Invalid body param");
        Assert.Empty(host.Packager.Started);
        RoomsHost.AssertError(await host.StopAsync(), HttpStatusCode.NotFound, "hls not running");
    }

    [Theory]
    [InlineData("65f0a1b2c3d4e5f60718293a")]
    [InlineData("nonsense")]
    [InlineData("..%2F..%2Fetc")]
    public async Task UnknownRoom_IsNotFound(string room)
    {
        RoomsHost.AssertError(
            await host.SendAsync(HttpMethod.Post, $"/v2/live-streams/room/{room}/start", host.ManagementToken), HttpStatusCode.NotFound, "room not found");
        RoomsHost.AssertError(
            await host.SendAsync(HttpMethod.Post, $"/v2/live-streams/room/{room}/stop", host.ManagementToken), HttpStatusCode.NotFound, "room not found");
        RoomsHost.AssertError(
            await host.SendAsync(HttpMethod.Get, $"/v2/live-streams/{room}", host.ManagementToken), HttpStatusCode.NotFound, "stream not found");
    }

    [Theory]
    [InlineData("co-broadcaster")]
    [InlineData("viewer-realtime")]
    [InlineData("nobody")]
    public async Task AuthToken_WhoseRoleMayNotStream_IsForbidden(string role)
    {
        RoomsHost.AssertError(await host.StartAsync(host.AuthToken(role)), HttpStatusCode.Forbidden, "role not allowed");
        Assert.Empty(host.Packager.Started);
    }

    [Fact]
    public async Task AuthToken_OfAnotherRoom_IsForbidden() => RoomsHost.AssertError(
        await host.StartAsync(host.AuthToken("broadcaster", "65f0a1b2c3d4e5f60718293a")), HttpStatusCode.Forbidden, "role not allowed");

    [Fact]
    public async Task WithoutAValidToken_EveryCallIsUnauthorized()
    {
        var old = Jwt.Sign(host.Workspace.Secret, Jwt.Management(host.Workspace.AccessKey, DateTimeOffset.UtcNow.AddDays(-3)));
        var foreign = Jwt.Sign(new string('s', 64), Jwt.Management(host.Workspace.AccessKey, DateTimeOffset.UtcNow));
        var unknown = Jwt.Sign(new string('s', 64), Jwt.Management("65aa00000000000000000009", DateTimeOffset.UtcNow));
        foreach (var (token, detail) in new[] { ("", "missing"), ("rubbish", "malformed"), (old, "expired"), (foreign, "invalid signature"), (unknown, "not found") })
        {
            var reply = await host.StartAsync(token);
            RoomsHost.AssertError(reply, HttpStatusCode.Unauthorized, "Token validation error");
            Assert.Equal(detail, (string?)Assert.Single(reply.Body["details"] as JsonArray ?? []));
        }
    }
}
