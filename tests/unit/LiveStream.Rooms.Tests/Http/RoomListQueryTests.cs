using System.Net;

namespace LiveStream.Rooms.Tests.Http;

public sealed class RoomListQueryTestsOnSqlite(RoomsHost host) : RoomListQueryTests(host), IClassFixture<RoomsHost>;

public sealed class RoomListQueryTestsOnPostgres(PostgresRoomsHost host) : RoomListQueryTests(host), IClassFixture<PostgresRoomsHost>;

public abstract class RoomListQueryTests(RoomsHost host)
{
    [Theory]
    [InlineData("limit=0")]
    [InlineData("limit=101")]
    [InlineData("limit=-5")]
    [InlineData("limit=1.5")]
    [InlineData("limit=ten")]
    [InlineData("limit=99999999999999999999")]
    [InlineData("limit=10&limit=20")]
    [InlineData("start=x")]
    [InlineData("start=65f0a1b2c3d4e5f60718293A")]
    [InlineData("enabled=1")]
    [InlineData("enabled=yes")]
    [InlineData("after=yesterday")]
    [InlineData("before=10/11/2020")]
    [InlineData("after=2020-13-01T00:00:00Z")]
    [InlineData("template_id=%27%3B--")]
    [InlineData("name=a%00b")]
    public async Task BadQuery_IsRefused(string query)
    {
        var reply = await host.SendAsync(HttpMethod.Get, $"/v2/rooms?{query}", host.ManagementToken);

        RoomsHost.AssertError(reply, HttpStatusCode.BadRequest, "Invalid query param");
        Assert.Contains(query.Split('=')[0], (string?)reply.Body["details"]![0], StringComparison.Ordinal);
    }
}
