using System.Net;
using System.Text.Json.Nodes;

using LiveStream.Rooms.Domain;
using LiveStream.Rooms.Tests.Tokens;

namespace LiveStream.Rooms.Tests.Http;

public sealed class RoomEndpointTestsOnSqlite(RoomsHost host) : RoomEndpointTests(host), IClassFixture<RoomsHost>;

public sealed class RoomEndpointTestsOnPostgres(PostgresRoomsHost host) : RoomEndpointTests(host), IClassFixture<PostgresRoomsHost>;

public abstract class RoomEndpointTests(RoomsHost host)
{
    private static int s_names;

    [Fact]
    public async Task Create_EveryField_IsShownAsDocumented()
    {
        var name = NewName();
        var room = await OkAsync(HttpMethod.Post, "/v2/rooms", $$"""
            {"name":"{{name}}","description":"weekly show","region":"in","large_room":true,"size":20000,"max_duration_seconds":7200,
             "webhook":{"url":"https://hooks.example.test/h","headers":{"x-key":"v"} },"polls":["65cc00000000000000000004"],
             "recording_info":{"enabled":true,"upload_info":{"type":"s3","location":"bucket","prefix":"p","options":{"region":"eu-1"},
               "credentials":{"key":"K","secret":"S"} } }
            }
            """);

        Assert.Equal(
            [
                "id", "name", "enabled", "description", "customer_id", "customer", "app_id", "recording_source_template", "enabled_source_template",
                "recording_info", "template_id", "template", "region", "large_room", "size", "max_duration_seconds", "polls", "webhook", "created_at",
                "updated_at",
            ],
            room.AsObject().Select(field => field.Key));
        Assert.Matches("^[0-9a-f]{24}$", (string?)room["id"]);
        Assert.Equal(host.Workspace.CustomerId, (string?)room["customer"]);
        Assert.Equal(host.Workspace.AppId, (string?)room["app_id"]);
        Assert.Equal("live-streaming-starter", (string?)room["template"]);
        Assert.False((bool)room["recording_source_template"]!);
        Assert.Equal(20000, (int)room["size"]!);
        Assert.Equal("""{"url":"https://hooks.example.test/h","headers":{"x-key":"v"}}""", room["webhook"]!.ToJsonString());
        Assert.Equal("""{"key":"K","secret":"********"}""", room["recording_info"]!["upload_info"]!["credentials"]!.ToJsonString());
        Assert.Matches("^[0-9-]{10}T[0-9:]{8}\\.[0-9]{3}Z$", (string?)room["created_at"]);
        Assert.Equal((string?)room["created_at"], (string?)room["updated_at"]);

        var read = await OkAsync(HttpMethod.Get, $"/v2/rooms/{room["id"]}");
        Assert.Null(read["recording_info"]!["upload_info"]!["credentials"]);
        Assert.Equal("""{"region":"eu-1"}""", read["recording_info"]!["upload_info"]!["options"]!.ToJsonString());
        Assert.Equal((string?)room["created_at"], (string?)read["created_at"]);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("{\"name\":null,\"size\":null,\"description\":null}")]
    public async Task Create_NothingGiven_MakesANameAndTakesTheDefaults(string? body)
    {
        var room = await OkAsync(HttpMethod.Post, "/v2/rooms", body);

        Assert.True(Guid.TryParse((string?)room["name"], out _));
        Assert.Equal("auto", (string?)room["region"]);
        Assert.False((bool)room["large_room"]!);
        Assert.True((bool)room["enabled"]!);
        Assert.True((bool)room["recording_source_template"]!);
        Assert.True(room.AsObject().ContainsKey("recording_info"));
        foreach (var absent in new[] { "size", "max_duration_seconds", "polls", "webhook", "description", "key" }) Assert.False(room.AsObject().ContainsKey(absent));
    }

    [Fact]
    public async Task Create_NameThatExistsInOtherCase_OverwritesThatRoom()
    {
        var name = NewName();
        var first = await OkAsync(HttpMethod.Post, "/v2/rooms", $$"""{"name":"{{name}}","description":"a","size":5,"region":"eu"}""");
        var second = await OkAsync(HttpMethod.Post, "/v2/rooms", $$"""{"name":"{{name.ToUpperInvariant()}}","description":"b"}""");

        Assert.Equal((string?)first["id"], (string?)second["id"]);
        Assert.Equal("b", (string?)second["description"]);
        Assert.Null(second["size"]);
        Assert.Equal("auto", (string?)second["region"]);
        Assert.Equal((string?)first["created_at"], (string?)second["created_at"]);
        Assert.True(string.CompareOrdinal((string?)second["updated_at"], (string?)second["created_at"]) > 0);
        Assert.Equal(second["id"]!.ToJsonString(), (await OkAsync(HttpMethod.Get, $"/v2/rooms/{second["id"]}"))["id"]!.ToJsonString());
    }

    [Fact]
    public async Task Create_FiftyAtOnceWithOneName_MakeOneRoom()
    {
        var name = NewName();
        var replies = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => OkAsync(HttpMethod.Post, "/v2/rooms", $$"""{"name":"{{name}}","size":{{i}}}""")));

        Assert.Single(replies.Select(reply => (string?)reply["id"]).Distinct());
        var list = await OkAsync(HttpMethod.Get, $"/v2/rooms?name={name}");
        Assert.Equal((string?)replies[0]["id"], (string?)Assert.Single(list["data"]!.AsArray())!["id"]);
    }

    [Fact]
    public async Task Update_SomeFields_LeavesTheOthers()
    {
        var room = await OkAsync(HttpMethod.Post, "/v2/rooms", $$$"""{"name":"{{{NewName()}}}","description":"a","size":5,"webhook":{"url":"http://h.example.test"}}""");
        var other = NewName();

        var changed = await OkAsync(HttpMethod.Post, $"/v2/rooms/{room["id"]}", $$"""{"name":"{{other}}","enabled":false,"webhook":null,"large_room":true}""");

        Assert.Equal(other, (string?)changed["name"]);
        Assert.False((bool)changed["enabled"]!);
        Assert.Equal("a", (string?)changed["description"]);
        Assert.Equal(5, (int)changed["size"]!);
        Assert.Null(changed["webhook"]);
        Assert.NotEqual((string?)changed["created_at"], (string?)changed["updated_at"]);
        var again = await OkAsync(HttpMethod.Post, $"/v2/rooms/{room["id"]}", "{}");
        Assert.NotEqual((string?)changed["updated_at"], (string?)again["updated_at"]);
        again["updated_at"] = (string?)changed["updated_at"];
        Assert.Equal(changed.ToJsonString(), again.ToJsonString());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Update_RoomThatWasReadAndIsSentBack_KeepsItsUploadSecret(bool readAgain)
    {
        var room = await OkAsync(HttpMethod.Post, "/v2/rooms", """
            {"recording_info":{"enabled":true,"upload_info":{"type":"gs","location":"b","credentials":{"key":"K","secret":"S"} } }
            }
            """);
        // A read shows less than the answer to a change.
        if (readAgain) room = await OkAsync(HttpMethod.Get, $"/v2/rooms/{room["id"]}");
        room["description"] = "changed";

        var changed = await OkAsync(HttpMethod.Post, $"/v2/rooms/{room["id"]}", room.ToJsonString());

        Assert.Equal("changed", (string?)changed["description"]);
        await host.ChangeAsync(async db =>
        {
            var row = await db.Rooms.FindAsync((string)room["id"]!);
            var upload = row!.Recording!.UploadInfo!;
            Assert.Equal(("K", "S"), (upload.Key, host.Seal.OpenText(upload.Secret!, UploadInfo.OwnerOf(row.Id))));
        });
    }

    [Fact]
    public async Task Update_NameOfAnotherRoom_IsRefusedAndChangesNothing()
    {
        var (a, b) = (NewName(), NewName());
        await OkAsync(HttpMethod.Post, "/v2/rooms", $$"""{"name":"{{a}}"}""");
        var second = await OkAsync(HttpMethod.Post, "/v2/rooms", $$"""{"name":"{{b}}"}""");

        var reply = await host.SendAsync(HttpMethod.Post, $"/v2/rooms/{second["id"]}", host.ManagementToken, $$"""{"name":"{{a.ToUpperInvariant()}}","enabled":false}""");

        RoomsHost.AssertError(reply, HttpStatusCode.BadRequest, "Invalid body param");
        Assert.Equal(second.ToJsonString(), (await OkAsync(HttpMethod.Get, $"/v2/rooms/{second["id"]}")).ToJsonString());
    }

    [Theory]
    [InlineData("GET", "/v2/rooms/65f0a1b2c3d4e5f60718293a")]
    [InlineData("GET", "/v2/rooms/demo")]
    [InlineData("GET", "/v2/rooms/%01")]
    [InlineData("GET", "/v2/rooms/';DROP%20TABLE%20rooms;--")]
    [InlineData("POST", "/v2/rooms/65f0a1b2c3d4e5f60718293a")]
    public async Task OneRoom_Unknown_IsNotFound(string method, string path) =>
        RoomsHost.AssertError(await host.SendAsync(new HttpMethod(method), path, host.ManagementToken), HttpStatusCode.NotFound, "room not found");

    [Fact]
    public async Task EveryCall_WithoutAManagementToken_IsUnauthorized()
    {
        foreach (var (method, path) in new[] { ("GET", "/v2/rooms"), ("POST", "/v2/rooms"), ("GET", "/v2/rooms/x"), ("POST", "/v2/rooms/x"), ("POST", "/v2/room-codes/code"), ("GET", "/v2/room-codes/room/x"), ("POST", "/v2/room-codes/room/x"), ("POST", "/v2/room-codes/room/x/role/y") })
        {
            foreach (var token in new[] { null, "x", Jwt.Unsigned(Jwt.Management(host.Workspace.AccessKey, DateTimeOffset.UtcNow)), host.AuthToken("broadcaster") })
            {
                var reply = await host.SendAsync(new HttpMethod(method), path, token, "{}");
                RoomsHost.AssertError(reply, HttpStatusCode.Unauthorized, "Token validation error");
            }
        }
    }

    [Fact]
    public async Task OtherWorkspace_SeesAndChangesNothing()
    {
        var name = NewName();
        var room = await OkAsync(HttpMethod.Post, "/v2/rooms", $$"""{"name":"{{name}}"}""");
        var code = (string)(await OkAsync(HttpMethod.Post, $"/v2/room-codes/room/{room["id"]}/role/broadcaster"))["code"]!;
        var other = await host.AddWorkspaceAsync();
        var token = Jwt.Sign(other.Secret, Jwt.Management(other.AccessKey, DateTimeOffset.UtcNow));

        RoomsHost.AssertError(await host.SendAsync(HttpMethod.Get, $"/v2/rooms/{room["id"]}", token), HttpStatusCode.NotFound, "room not found");
        RoomsHost.AssertError(await host.SendAsync(HttpMethod.Post, $"/v2/rooms/{room["id"]}", token, "{\"enabled\":false}"), HttpStatusCode.NotFound, "room not found");
        RoomsHost.AssertError(await host.SendAsync(HttpMethod.Get, $"/v2/room-codes/room/{room["id"]}", token), HttpStatusCode.NotFound, "room not found");
        RoomsHost.AssertError(await host.SendAsync(HttpMethod.Post, $"/v2/room-codes/room/{room["id"]}", token), HttpStatusCode.NotFound, "room not found");
        RoomsHost.AssertError(
            await host.SendAsync(HttpMethod.Post, "/v2/room-codes/code", token, $$"""{"code":"{{code}}","enabled":false}"""), HttpStatusCode.NotFound, "room code not found");
        var list = await host.SendAsync(HttpMethod.Get, "/v2/rooms", token);
        Assert.Equal("""{"limit":10,"data":[],"last":""}""", list.Body.ToJsonString());
        // A template of somebody else is no template; and this workspace has none at all.
        RoomsHost.AssertError(
            await host.SendAsync(HttpMethod.Post, "/v2/rooms", token, $$"""{"name":"{{name}}","template_id":"{{room["template_id"]}}"}"""), HttpStatusCode.BadRequest, "Error: template not found");
        RoomsHost.AssertError(await host.SendAsync(HttpMethod.Post, "/v2/rooms", token, "{}"), HttpStatusCode.BadRequest, "Error: template not found");
    }

    private static string NewName() => $"room-{Interlocked.Increment(ref s_names)}.a:b_C";

    private async Task<JsonNode> OkAsync(HttpMethod method, string path, string? body = null)
    {
        var (status, reply) = await host.SendAsync(method, path, host.ManagementToken, body);
        Assert.True(status == HttpStatusCode.OK, $"{method} {path}: {(int)status} {reply.ToJsonString()}");
        return reply;
    }
}
