using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using LiveStream.E2E.Tests.Harness;
using Xunit.Abstractions;

namespace LiveStream.E2E.Tests.Scenarios;

/// <summary>What the HTTP doors answer to requests that are wrong: an exact status and the documented error body.</summary>
[Collection(SharedBrowser.Collection)]
public sealed class BadInputTests(ITestOutputHelper output)
{
    private const string UnknownRoom = "0123456789abcdef01234567";

    private const string Offer = """
        v=0
        o=- 1 1 IN IP4 127.0.0.1
        s=-
        t=0 0
        a=group:BUNDLE 0
        m=audio 9 UDP/TLS/RTP/SAVPF 111
        c=IN IP4 0.0.0.0
        a=mid:0
        a=sendonly
        a=rtcp-mux
        a=rtpmap:111 opus/48000/2
        a=ice-ufrag:abcd
        a=ice-pwd:abcdefghijklmnopqrstuvwx
        a=fingerprint:sha-256 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF
        a=setup:actpass

        """;

    [Theory]
    [InlineData(Form.AsTheRunSays)]
    [InlineData(Form.SixServices)]
    public async Task Tokens_SpoiltInAnyWay_AreRefused(Form form)
    {
        await using var product = await Product.StartAsync(output, form);
        var tokens = product.Tokens;
        var secret = product.Workspace.Secret;
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();

        JsonObject With(string claim, JsonNode? value)
        {
            var claims = tokens.AppClaims("broadcaster");
            claims[claim] = value;
            return claims;
        }

        (string Why, string? Token, HttpStatusCode Expected)[] cases =
        [
            ("none at all", null, HttpStatusCode.Unauthorized),
            ("not a token", "abc", HttpStatusCode.Unauthorized),
            ("three dots of nothing", "..", HttpStatusCode.Unauthorized),
            ("expired", AuthTokens.Sign(With("exp", now - 3600), secret), HttpStatusCode.Unauthorized),
            ("not yet valid", AuthTokens.Sign(With("nbf", now + 3600), secret), HttpStatusCode.Unauthorized),
            ("another key", AuthTokens.Sign(tokens.AppClaims("broadcaster"), secret + "x"), HttpStatusCode.Unauthorized),
            ("no signature", AuthTokens.Unsigned(tokens.AppClaims("broadcaster")), HttpStatusCode.Unauthorized),
            ("another algorithm named", AuthTokens.Sign(tokens.AppClaims("broadcaster"), secret, "HS512"), HttpStatusCode.Unauthorized),
            ("unknown access key", AuthTokens.Sign(With("access_key", "0123456789abcdef01234567"), secret), HttpStatusCode.Unauthorized),
            ("a management token", tokens.Management(), HttpStatusCode.Unauthorized),
            ("unknown version", AuthTokens.Sign(With("version", 1), secret), HttpStatusCode.Unauthorized),
            ("unknown role", tokens.For("stranger"), HttpStatusCode.Forbidden),
            ("another room", tokens.For("broadcaster", UnknownRoom), HttpStatusCode.Forbidden),
            ("a viewer who publishes", tokens.For("viewer-realtime"), HttpStatusCode.Forbidden),
        ];
        foreach (var (why, token, expected) in cases)
        {
            using var reply = await PostAsync(product, product.Whip, token, Offer);
            await AssertErrorAsync(why, reply, expected);
            if (expected == HttpStatusCode.Unauthorized) Assert.Contains(reply.Headers.WwwAuthenticate, h => h.Scheme == "Bearer");
        }

        // No role: the token is whole, but nobody in particular.
        using var roleless = await PostAsync(product, product.Whip, AuthTokens.Sign(tokens.AppClaims(null), secret), Offer);
        Assert.True(roleless.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden, $"without a role: {roleless.StatusCode}");
        await AssertErrorAsync("no role", roleless, roleless.StatusCode);
    }

    [Theory]
    [InlineData(Form.AsTheRunSays)]
    [InlineData(Form.SixServices)]
    public async Task Offers_MalformedOrMisplaced_AreRefused(Form form)
    {
        await using var product = await Product.StartAsync(output, form);
        var token = product.Tokens.For("broadcaster");
        var elsewhere = new Uri(product.Address, $"/whip/{UnknownRoom}");

        (string Why, Uri Door, string Token, string Type, string Body, HttpStatusCode Expected)[] cases =
        [
            ("not SDP", product.Whip, token, "application/sdp", "hello", HttpStatusCode.BadRequest),
            ("empty", product.Whip, token, "application/sdp", "", HttpStatusCode.BadRequest),
            ("no media", product.Whip, token, "application/sdp", "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n", HttpStatusCode.BadRequest),
            ("no ICE credentials", product.Whip, token, "application/sdp", Offer.Replace("a=ice-", "a=x-", StringComparison.Ordinal), HttpStatusCode.BadRequest),
            ("JSON", product.Whip, token, "application/json", "{}", HttpStatusCode.UnsupportedMediaType),
            ("too large", product.Whip, token, "application/sdp", Offer + new string('a', 70_000), HttpStatusCode.RequestEntityTooLarge),
            ("unknown room", elsewhere, product.Tokens.For("broadcaster", UnknownRoom), "application/sdp", Offer, HttpStatusCode.NotFound),
            ("unknown session", new Uri(product.Address, $"/whip/{product.Workspace.RoomId}/nosuch"), token, "application/sdp", Offer, HttpStatusCode.MethodNotAllowed),
        ];
        foreach (var (why, door, bearer, type, body, expected) in cases)
        {
            using var reply = await PostAsync(product, door, bearer, body, type);
            await AssertErrorAsync(why, reply, expected);
        }

        using var gone = new HttpRequestMessage(HttpMethod.Delete, new Uri(product.Address, $"/whip/{product.Workspace.RoomId}/nosuch"));
        gone.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var deleted = await product.Http.SendAsync(gone);
        await AssertErrorAsync("deleting an unknown session", deleted, HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData(Form.AsTheRunSays)]
    [InlineData(Form.SixServices)]
    public async Task Rest_WrongRequests_AreRefusedWithTheDocumentedMessages(Form form)
    {
        await using var product = await Product.StartAsync(output, form);
        var room = product.Workspace.RoomId;
        var management = product.Tokens.Management();

        (string Why, string Path, string? Token, string Body, HttpStatusCode Expected, string? Message)[] cases =
        [
            ("broken JSON", "/v2/token", null, "{\"code\":", HttpStatusCode.BadRequest, null),
            ("a number for a code", "/v2/token", null, "{\"code\":7}", HttpStatusCode.BadRequest, null),
            ("no code", "/v2/token", null, "{}", HttpStatusCode.BadRequest, null),
            ("unknown code", "/v2/token", null, "{\"code\":\"aaa-bbbb-ccc\"}", HttpStatusCode.NotFound, null),
            ("no token", $"/v2/live-streams/room/{room}/start", null, "", HttpStatusCode.Unauthorized, null),
            ("a viewer's token", $"/v2/live-streams/room/{room}/start", product.Tokens.For("viewer-realtime"), "", HttpStatusCode.Forbidden, null),
            ("unknown room", $"/v2/live-streams/room/{UnknownRoom}/start", management, "", HttpStatusCode.NotFound, "room not found"),
            ("broken JSON", $"/v2/live-streams/room/{room}/start", management, "{", HttpStatusCode.BadRequest, null),
            ("nothing to stop", $"/v2/live-streams/room/{room}/stop", management, "", HttpStatusCode.NotFound, "hls not running"),
        ];
        foreach (var (why, path, token, body, expected, message) in cases)
        {
            using var reply = await PostAsync(product, new Uri(product.Address, path), token, body, "application/json");
            var error = await AssertErrorAsync($"{path}, {why}", reply, expected);
            if (message is not null) Assert.Equal(message, error.GetProperty("message").GetString());
        }
    }

    [Theory]
    [InlineData(Form.AsTheRunSays)]
    [InlineData(Form.SixServices)]
    public async Task Hls_NothingRunningOrStrangePath_AnswersNotFound(Form form)
    {
        await using var product = await Product.StartAsync(output, form);
        var customer = product.Workspace.CustomerId;
        var room = product.Workspace.RoomId;

        using var idle = await product.Http.GetAsync(product.StaticPlaylist);
        var error = await AssertErrorAsync("nothing running", idle, HttpStatusCode.NotFound);
        Assert.Equal("hls not running", error.GetProperty("message").GetString());

        string[] paths =
        [
            $"/hls/{customer}/{room}/20260101/1/master.m3u8", $"/hls/{customer}/{UnknownRoom}/master.m3u8", "/hls/x/y/master.m3u8",
            $"/hls/{customer}/{room}/%2e%2e/%2e%2e/workspace.json", $"/hls/{customer}/..%2f..%2fworkspace.json", "/hls/", "/workspace.json", "/livestream.db",
        ];
        foreach (var path in paths)
        {
            using var reply = await product.Http.GetAsync(new Uri(product.Address, path));
            Assert.True(reply.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.BadRequest, $"{path} answered {reply.StatusCode}");
        }
    }

    private static async Task<HttpResponseMessage> PostAsync(Product product, Uri door, string? token, string body, string type = "application/sdp")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, door) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body.ReplaceLineEndings("\r\n"))) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(type);
        if (token is not null) request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        return await product.Http.SendAsync(request);
    }

    private async Task<JsonElement> AssertErrorAsync(string why, HttpResponseMessage reply, HttpStatusCode expected)
    {
        var text = await reply.Content.ReadAsStringAsync();
        output.WriteLine($"{why}: {(int)reply.StatusCode} {text}");
        Assert.True(expected == reply.StatusCode, $"{why}: expected {(int)expected}, got {(int)reply.StatusCode} {text}");
        var error = JsonDocument.Parse(text).RootElement;
        Assert.Equal((int)expected, error.GetProperty("code").GetInt32());
        Assert.False(string.IsNullOrWhiteSpace(error.GetProperty("message").GetString()), why);
        Assert.Equal(JsonValueKind.Array, error.GetProperty("details").ValueKind);
        return error;
    }
}
