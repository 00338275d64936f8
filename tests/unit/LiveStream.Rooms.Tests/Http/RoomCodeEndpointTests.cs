using System.Net;
using System.Text.Json.Nodes;

using Microsoft.EntityFrameworkCore;

namespace LiveStream.Rooms.Tests.Http;

public sealed class RoomCodeEndpointTestsOnSqlite(RoomsHost host) : RoomCodeEndpointTests(host), IClassFixture<RoomsHost>;

public sealed class RoomCodeEndpointTestsOnPostgres(PostgresRoomsHost host) : RoomCodeEndpointTests(host), IClassFixture<PostgresRoomsHost>;

public abstract class RoomCodeEndpointTests(RoomsHost host)
{
    private const int Roles = 5;

    [Fact]
    public async Task Sync_NewRoom_MakesOneCodePerRoleAndIsTheSameAgain()
    {
        var room = await NewRoomAsync();
        Assert.Empty((await OkAsync(HttpMethod.Get, $"/v2/room-codes/room/{room}"))["data"]!.AsArray());

        var made = await OkAsync(HttpMethod.Post, $"/v2/room-codes/room/{room}");
        var again = await OkAsync(HttpMethod.Post, $"/v2/room-codes/room/{room}");
        var list = await OkAsync(HttpMethod.Get, $"/v2/room-codes/room/{room}");

        Assert.Equal(Roles, made["data"]!.AsArray().Select(code => (string?)code!["role"]).Distinct().Count());
        Assert.Equal(["code", "room_id", "role", "enabled", "created_at", "updated_at"], made["data"]![0]!.AsObject().Select(field => field.Key));
        Assert.Equal(made.ToJsonString(), again.ToJsonString());
        Assert.Equal(made["data"]!.ToJsonString(), list["data"]!.ToJsonString());
        Assert.Equal("", (string?)list["last"]);
        Assert.Equal(20, (int)list["limit"]!);
    }

    [Fact]
    public async Task Sync_ManyAtOnce_MakeOneCodePerRole()
    {
        var room = await NewRoomAsync();

        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => OkAsync(HttpMethod.Post, $"/v2/room-codes/room/{room}")));

        Assert.Equal(Roles, (await OkAsync(HttpMethod.Get, $"/v2/room-codes/room/{room}"))["data"]!.AsArray().Count);
    }

    [Fact]
    public async Task Sync_RoleThatLeftTheTemplate_DisablesItsCodeForGood()
    {
        var room = await NewRoomAsync();
        await OkAsync(HttpMethod.Post, $"/v2/room-codes/room/{room}");
        var lost = (string)(await OkAsync(HttpMethod.Get, $"/v2/room-codes/room/{room}?role=co-broadcaster"))["data"]![0]!["code"]!;
        await MoveToTemplateWithoutAsync(room, "co-broadcaster");

        var codes = (await OkAsync(HttpMethod.Post, $"/v2/room-codes/room/{room}"))["data"]!.AsArray();

        Assert.Equal(Roles, codes.Count);
        Assert.False((bool)codes.Single(code => (string?)code!["code"] == lost)!["enabled"]!);
        Assert.Equal(lost, (string?)Assert.Single((await OkAsync(HttpMethod.Get, $"/v2/room-codes/room/{room}?enabled=false"))["data"]!.AsArray())!["code"]);
        var reply = await SwitchAsync($$"""{"code":"{{lost}}","enabled":true}""");
        RoomsHost.AssertError(reply, HttpStatusCode.Forbidden, "room code cannot be enabled: role not found");
        RoomsHost.AssertError(
            await host.SendAsync(HttpMethod.Post, $"/v2/room-codes/room/{room}/role/co-broadcaster", host.ManagementToken), HttpStatusCode.NotFound, "role not found");
    }

    [Fact]
    public async Task Add_ForARole_MakesAnotherCodeUntilThereAreAHundred()
    {
        var room = await NewRoomAsync();
        var codes = new HashSet<string>();
        for (var i = 0; i < 100; i++) codes.Add((string)(await OkAsync(HttpMethod.Post, $"/v2/room-codes/room/{room}/role/broadcaster"))["code"]!);

        Assert.Equal(100, codes.Count);
        RoomsHost.AssertError(
            await host.SendAsync(HttpMethod.Post, $"/v2/room-codes/room/{room}/role/broadcaster", host.ManagementToken), HttpStatusCode.Forbidden, "room has 100 room codes already");
        RoomsHost.AssertError(await host.SendAsync(HttpMethod.Post, $"/v2/room-codes/room/{room}", host.ManagementToken), HttpStatusCode.Forbidden, "room has 100 room codes already");

        var seen = new List<string>();
        for (var start = ""; ;)
        {
            var page = await OkAsync(HttpMethod.Get, $"/v2/room-codes/room/{room}?limit=30&start={start}");
            seen.AddRange(page["data"]!.AsArray().Select(code => (string)code!["code"]!));
            start = (string)page["last"]!;
            if (start.Length == 0) break;
        }

        Assert.Equal(codes.Order(), seen.Order());
    }

    [Fact]
    public async Task Switch_OffAndOn_ShowsInTheExchange()
    {
        var room = await NewRoomAsync();
        var code = await OkAsync(HttpMethod.Post, $"/v2/room-codes/room/{room}/role/viewer-realtime");

        var off = await SwitchAsync($$"""{"code":"{{code["code"]}}","enabled":false}""");
        Assert.Equal(HttpStatusCode.OK, off.Status);
        Assert.False((bool)off.Body["enabled"]!);
        RoomsHost.AssertError(await ExchangeAsync(code), HttpStatusCode.Forbidden, "room code disabled");

        var on = await SwitchAsync($$"""{"code":"{{code["code"]}}","enabled":true}""");
        Assert.True((bool)on.Body["enabled"]!);
        Assert.Equal((string?)code["created_at"], (string?)on.Body["created_at"]);
        Assert.Equal(HttpStatusCode.OK, (await ExchangeAsync(code)).Status);
        Assert.Equal(on.Body.ToJsonString(), (await SwitchAsync($$"""{"code":"{{code["code"]}}","enabled":true}""")).Body.ToJsonString());
    }

    [Fact]
    public async Task DisabledRoom_GetsNoCodesAndOpensNone()
    {
        var room = await NewRoomAsync();
        var code = await OkAsync(HttpMethod.Post, $"/v2/room-codes/room/{room}/role/broadcaster");
        await OkAsync(HttpMethod.Post, $"/v2/rooms/{room}", "{\"enabled\":false}");

        RoomsHost.AssertError(await host.SendAsync(HttpMethod.Post, $"/v2/room-codes/room/{room}", host.ManagementToken), HttpStatusCode.Forbidden, "room disabled");
        RoomsHost.AssertError(
            await host.SendAsync(HttpMethod.Post, $"/v2/room-codes/room/{room}/role/broadcaster", host.ManagementToken), HttpStatusCode.Forbidden, "room disabled");
        RoomsHost.AssertError(await SwitchAsync($$"""{"code":"{{code["code"]}}","enabled":true}"""), HttpStatusCode.Forbidden, "room disabled");
        RoomsHost.AssertError(await ExchangeAsync(code), HttpStatusCode.Forbidden, "room disabled");
        Assert.Equal(HttpStatusCode.OK, (await SwitchAsync($$"""{"code":"{{code["code"]}}","enabled":false}""")).Status);
    }

    [Theory]
    [InlineData("", "code is required")]
    [InlineData("{}", "enabled is required")]
    [InlineData("{\"code\":\"abc-defg-hij\"}", "enabled is required")]
    [InlineData("{\"enabled\":true}", "code is required")]
    [InlineData("{\"code\":\"abc-defg-hij\",\"enabled\":true,\"role\":\"x\"}", "role")]
    [InlineData("{\"code\":\"abc-defg-hij\",\"enabled\":\"true\"}", "enabled is not a boolean")]
    [InlineData("{\"code\":5,\"enabled\":true}", "code is not a string")]
    [InlineData("{\"code\":\"a\\u0000\",\"enabled\":true}", "code is not Unicode text")]
    [InlineData("{\"code\":\"abc-defg-hij\",\"enabled\":true,\"enabled\":false}", "not a JSON object")]
    [InlineData("[]", "not a JSON object")]
    [InlineData("{\"code\":", "not a JSON object")]
    public async Task Switch_BadBody_IsRefusedWithItsField(string body, string detail)
    {
        var reply = await SwitchAsync(body);

        RoomsHost.AssertError(reply, HttpStatusCode.BadRequest, "Invalid body param");
        Assert.Contains($"Invalid body param: {detail}", reply.Body["details"]!.AsArray().Select(text => (string?)text));
    }

    [Fact]
    public async Task UnknownRoomRoleAndCode_AreNotFound()
    {
        RoomsHost.AssertError(await SwitchAsync("""{"code":"zzz-zzzz-zzz","enabled":true}"""), HttpStatusCode.NotFound, "room code not found");
        RoomsHost.AssertError(await SwitchAsync("""{"code":"'; DROP TABLE","enabled":true}"""), HttpStatusCode.NotFound, "room code not found");
        var room = await NewRoomAsync();
        RoomsHost.AssertError(await host.SendAsync(HttpMethod.Post, $"/v2/room-codes/room/{room}/role/%01%27", host.ManagementToken), HttpStatusCode.NotFound, "role not found");
        RoomsHost.AssertError(await host.SendAsync(HttpMethod.Post, "/v2/room-codes/room/x/role/broadcaster", host.ManagementToken), HttpStatusCode.NotFound, "room not found");
        RoomsHost.AssertError(await host.SendAsync(HttpMethod.Get, "/v2/room-codes/room/65f0a1b2c3d4e5f60718293a", host.ManagementToken), HttpStatusCode.NotFound, "room not found");
        RoomsHost.AssertError(
            await host.SendAsync(HttpMethod.Get, $"/v2/room-codes/room/{room}?role=%00", host.ManagementToken), HttpStatusCode.BadRequest, "Invalid query param");
    }

    private async Task<string> NewRoomAsync() => (string)(await OkAsync(HttpMethod.Post, "/v2/rooms"))["id"]!;

    private Task<(HttpStatusCode Status, JsonNode Body)> SwitchAsync(string body) =>
        host.SendAsync(HttpMethod.Post, "/v2/room-codes/code", host.ManagementToken, body);

    private Task<(HttpStatusCode Status, JsonNode Body)> ExchangeAsync(JsonNode code) =>
        host.SendAsync(HttpMethod.Post, "/v2/token", null, $$"""{"code":"{{code["code"]}}"}""");

    private Task MoveToTemplateWithoutAsync(string roomId, string role) => host.ChangeAsync(async db =>
    {
        var room = await db.Rooms.SingleAsync(r => r.Id == roomId);
        var template = LiveStream.Rooms.Domain.StarterTemplate.Create(room.CustomerId, DateTimeOffset.UtcNow);
        template.IsDefault = false;
        template.Name = $"without-{roomId}";
        template.Document.Roles.Remove(role);
        db.Add(template);
        room.TemplateId = template.Id;
    });

    private async Task<JsonNode> OkAsync(HttpMethod method, string path, string? body = null)
    {
        var (status, reply) = await host.SendAsync(method, path, host.ManagementToken, body);
        Assert.True(status == HttpStatusCode.OK, $"{method} {path}: {(int)status} {reply.ToJsonString()}");
        return reply;
    }
}
