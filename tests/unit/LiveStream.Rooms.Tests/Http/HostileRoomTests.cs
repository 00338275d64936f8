using System.Net;
using System.Text;
using System.Text.Json.Nodes;

using Microsoft.EntityFrameworkCore;

namespace LiveStream.Rooms.Tests.Http;

public sealed class HostileRoomTestsOnSqlite(RoomsHost host) : HostileRoomTests(host), IClassFixture<RoomsHost>;

public sealed class HostileRoomTestsOnPostgres(PostgresRoomsHost host) : HostileRoomTests(host), IClassFixture<PostgresRoomsHost>;

public abstract class HostileRoomTests(RoomsHost host)
{
    /// <summary>A body and the detail that names what is wrong with it.</summary>
    public static TheoryData<string, string> Bodies => new()
    {
        { "{", "not a JSON object" },
        { "[]", "not a JSON object" },
        { "\"text\"", "not a JSON object" },
        { "null", "not a JSON object" },
        { "{} {}", "not a JSON object" },
        { "{\"name\":\"a\",\"name\":\"b\"}", "not a JSON object" },
        { "{\"name\":\"a\",}", "not a JSON object" },
        { "{'name':'a'}", "not a JSON object" },
        { string.Concat(Enumerable.Repeat("{\"a\":", 500)), "not a JSON object" },
        { "{\"name\":\"\"}", "name has characters other than a-z, A-Z, 0-9 and . - : _" },
        { "{\"name\":\"a b\"}", "name has characters other than a-z, A-Z, 0-9 and . - : _" },
        { "{\"name\":\"'; DROP TABLE rooms; --\"}", "name has characters other than a-z, A-Z, 0-9 and . - : _" },
        { "{\"name\":\"ümlaut\"}", "name has characters other than a-z, A-Z, 0-9 and . - : _" },
        { "{\"name\":\"a\\u0000b\"}", "name is not Unicode text" },
        { "{\"name\":\"\\ud800\"}", "name is not Unicode text" },
        { "{\"\\ud800\":1}", "not a JSON object" },
        { "{\"name\":5}", "name is not a string" },
        { "{\"name\":[\"a\"]}", "name is not a string" },
        { $$"""{"name":"{{new string('n', 257)}}"}""", "name is longer than 256 characters" },
        { $$"""{"description":"{{new string('d', 1025)}}"}""", "description is longer than 1024 characters" },
        { "{\"description\":{}}", "description is not a string" },
        { "{\"description\":\"\\u0007\"}", "description is not Unicode text" },
        { "{\"size\":-1}", "room size less than 0" },
        { "{\"size\":2501}", "room size greater than 2500" },
        { "{\"size\":20001,\"large_room\":true}", "room size greater than 20000" },
        { "{\"size\":\"10\"}", "size is not an integer" },
        { "{\"size\":1.5}", "size is not an integer" },
        { "{\"size\":1e400}", "size is not an integer" },
        { "{\"size\":99999999999}", "size is not an integer" },
        { "{\"large_room\":\"true\"}", "large_room is not a boolean" },
        { "{\"large_room\":1}", "large_room is not a boolean" },
        { "{\"max_duration_seconds\":119}", "max_duration_seconds less than 120 seconds" },
        { "{\"max_duration_seconds\":43201}", "max_duration_seconds greater than 43200 seconds" },
        { "{\"max_duration_seconds\":true}", "max_duration_seconds is not an integer" },
        { "{\"template\":\"live-streaming-starter\"}", "template. Use template_id" },
        { "{\"template_id\":7}", "template_id is not a string" },
        { "{\"nonsense\":1}", "nonsense" },
        { "{\"webhook\":\"https://x\"}", "webhook is not an object" },
        { "{\"webhook\":{}}", "webhook.url is not an http or https URL" },
        { "{\"webhook\":{\"url\":\"ftp://x.example.test\"}}", "webhook.url is not an http or https URL" },
        { "{\"webhook\":{\"url\":\"javascript:alert(1)\"}}", "webhook.url is not an http or https URL" },
        { "{\"webhook\":{\"url\":\"https://x.example.test\",\"headers\":{\"a b\":\"c\"}}}", "webhook.headers.a b is not an HTTP header" },
        { "{\"webhook\":{\"url\":\"https://x.example.test\",\"headers\":{\"content-type\":\"a/b\"}}}", "webhook.headers.content-type is not an HTTP header" },
        { "{\"webhook\":{\"url\":\"https://user:pw@x.example.test\"}}", "webhook.url is not an http or https URL" },
        { "{\"webhook\":{\"url\":\"https://x.example.test\",\"headers\":{\"a\":\"c\\r\\nd: e\"}}}", "webhook.headers.a is not an HTTP header" },
        { "{\"webhook\":{\"url\":\"https://x.example.test\",\"headers\":{\"a\":1}}}", "webhook.headers.a is not a string" },
        { "{\"webhook\":{\"url\":\"https://x.example.test\",\"method\":\"GET\"}}", "webhook.method" },
        { "{\"polls\":\"x\"}", "polls is not an array" },
        { "{\"polls\":[\"x\"]}", "polls has an element that is no id" },
        { "{\"polls\":[1]}", "polls[0] is not a string of at most 24 characters" },
        { $$"""{"polls":[{{string.Join(',', Enumerable.Repeat("\"65cc00000000000000000004\"", 51))}}]}""", "polls has more than 50 elements" },
        { "{\"recording_info\":[]}", "recording_info is not an object" },
        { "{\"recording_info\":{\"enabled\":\"yes\"}}", "recording_info.enabled is not a boolean" },
        { "{\"recording_info\":{\"upload_info\":{\"type\":\"s3\",\"location\":5}}}", "recording_info.upload_info.location is not a string" },
        { "{\"enabled\":\"false\"}", "enabled" },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task Create_BadBody_IsRefusedWithItsFieldAndNothingIsWritten(string body, string detail)
    {
        var before = await StateAsync();

        var reply = await host.SendAsync(HttpMethod.Post, "/v2/rooms", host.ManagementToken, body);

        RoomsHost.AssertError(reply, HttpStatusCode.BadRequest, "Invalid body param");
        Assert.Contains($"Invalid body param: {detail}", Details(reply.Body));
        Assert.Equal(before, await StateAsync());
    }

    [Theory]
    [InlineData("{\"region\":\"mars\"}", "Error: region not supported")]
    [InlineData("{\"region\":\"EU\"}", "Error: region not supported")]
    [InlineData("{\"template_id\":\"nope\"}", "Error: template not found")]
    [InlineData("{\"template_id\":\"65f0a1b2c3d4e5f60718293a\"}", "Error: template not found")]
    [InlineData("{\"recording_info\":{\"enabled\":true,\"upload_info\":{\"type\":\"s3\"}}}", "Bucket location is missing")]
    [InlineData("{\"recording_info\":{\"enabled\":true,\"upload_info\":{}}}", "Invalid upload configuration")]
    [InlineData("{\"recording_info\":{\"enabled\":true,\"upload_info\":{\"type\":\"ftp\",\"location\":\"b\"}}}", "Invalid upload configuration")]
    public async Task Create_DocumentedRefusals_HaveTheirText(string body, string message)
    {
        var before = await StateAsync();

        var reply = await host.SendAsync(HttpMethod.Post, "/v2/rooms", host.ManagementToken, body);

        RoomsHost.AssertError(reply, HttpStatusCode.BadRequest, message);
        Assert.Contains(message, Details(reply.Body));
        Assert.Equal(before, await StateAsync());
    }

    [Fact]
    public async Task Create_SeveralMistakes_AreAllNamed()
    {
        var reply = await host.SendAsync(
            HttpMethod.Post, "/v2/rooms", host.ManagementToken, """{"name":"a b","size":"x","large_room":"y","max_duration_seconds":1,"foo":1,"bar":{"baz":2}}""");

        RoomsHost.AssertError(reply, HttpStatusCode.BadRequest, "Invalid body param");
        Assert.Equal(
            [
                "Invalid body param: name has characters other than a-z, A-Z, 0-9 and . - : _", "Invalid body param: large_room is not a boolean",
                "Invalid body param: size is not an integer", "Invalid body param: max_duration_seconds less than 120 seconds",
                "Invalid body param: foo", "Invalid body param: bar",
            ],
            Details(reply.Body));
    }

    [Fact]
    public async Task Create_AThousandUnknownFields_GetAShortReply()
    {
        var body = $"{{{string.Join(',', Enumerable.Range(0, 1000).Select(i => $"\"{new string('x', 30)}{i}\":1"))}}}";
        var reply = await host.SendAsync(HttpMethod.Post, "/v2/rooms", host.ManagementToken, body);

        Assert.Equal(HttpStatusCode.BadRequest, reply.Status);
        Assert.Equal(20, reply.Body["details"]!.AsArray().Count);
    }

    [Fact]
    public async Task Create_BodyAboveTheLimit_IsTooLarge()
    {
        var reply = await host.SendAsync(HttpMethod.Post, "/v2/rooms", host.ManagementToken, $$"""{"description":"{{new string('d', 70_000)}}"}""");
        RoomsHost.AssertError(reply, HttpStatusCode.RequestEntityTooLarge, "request body too large");
    }

    [Fact]
    public async Task Create_BytesThatAreNoUtf8_AreRefused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v2/rooms") { Content = new ByteArrayContent([.. "{\"name\":\""u8, 0xff, 0xc0, .. "\"}"u8]) };
        request.Headers.Authorization = new("Bearer", host.ManagementToken);

        using var response = await host.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Theory]
    [InlineData("GET", "/v2/nothing", HttpStatusCode.NotFound, "not found")]
    [InlineData("GET", "/v2", HttpStatusCode.NotFound, "not found")]
    [InlineData("GET", "/v2/rooms/a/b", HttpStatusCode.NotFound, "not found")]
    [InlineData("DELETE", "/v2/rooms", HttpStatusCode.MethodNotAllowed, "method not allowed")]
    [InlineData("PUT", "/v2/rooms/65f0a1b2c3d4e5f60718293a", HttpStatusCode.MethodNotAllowed, "method not allowed")]
    [InlineData("PATCH", "/v2/room-codes/code", HttpStatusCode.MethodNotAllowed, "method not allowed")]
    public async Task UnknownPathsAndVerbs_AreAnsweredInJson(string method, string path, HttpStatusCode status, string message) =>
        RoomsHost.AssertError(await host.SendAsync(new HttpMethod(method), path, host.ManagementToken), status, message);

    [Fact]
    public async Task AbsoluteFormTarget_AsAProxyGetsIt_IsRoutedByItsPath()
    {
        // What axios sends with HTTPS_PROXY set: the whole URL in the request line, over plain HTTP.
        foreach (var hostHeader in new[] { "api.100ms.live", "api.100ms.live:443", host.Client.BaseAddress!.Authority })
        {
            using var client = new System.Net.Sockets.TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, host.Client.BaseAddress.Port);
            await using var stream = client.GetStream();
            await stream.WriteAsync(Encoding.ASCII.GetBytes(
                $"GET https://api.100ms.live/v2/rooms?limit=7 HTTP/1.1\r\nHost: {hostHeader}\r\nAuthorization: Bearer {host.ManagementToken}\r\nConnection: close\r\n\r\n"));
            using var reader = new StreamReader(stream);
            var text = await reader.ReadToEndAsync();

            Assert.StartsWith("HTTP/1.1 200 OK\r\n", text, StringComparison.Ordinal);
            Assert.Contains("\"limit\":7,", text, StringComparison.Ordinal);
        }
    }

    private static IEnumerable<string?> Details(JsonNode body) => body["details"]!.AsArray().Select(text => (string?)text);

    /// <summary>Rooms and events: a refused request leaves both as they were.</summary>
    private async Task<(int Rooms, int Events)> StateAsync()
    {
        var state = (0, 0);
        await host.ChangeAsync(async db => state = (await db.Rooms.CountAsync(), await db.Events.CountAsync()));
        return state;
    }
}
