using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace LiveStream.Webhooks.Tests.Http;

/// <summary>One server for all: what is refused changes nothing.</summary>
public sealed class RestFixture : IAsyncLifetime
{
    internal WebhooksHost Host { get; private set; } = null!;

    public async Task InitializeAsync() => Host = await WebhooksHost.StartAsync(null, "--Webhooks:MaxEndpoints=2");

    public async Task DisposeAsync() => await Host.DisposeAsync();
}

/// <summary>What the REST interface of webhooks refuses, and how.</summary>
public sealed class RestTests(RestFixture fixture) : IClassFixture<RestFixture>
{
    private const string Unknown = "65aa000000000000000000ff", Good = "https://hooks.example.test/h";

    private static readonly string s_tooMany = "{" + string.Join(',', Enumerable.Range(0, 21).Select(i => $"\"x-{i}\":\"v\"")) + "}";

    private readonly WebhooksHost _host = fixture.Host;

    public static TheoryData<string, string> Calls => new()
    {
        { "POST", "/v2/webhooks" },
        { "GET", "/v2/webhooks" },
        { "GET", $"/v2/webhooks/{Unknown}" },
        { "POST", $"/v2/webhooks/{Unknown}" },
        { "DELETE", $"/v2/webhooks/{Unknown}" },
        { "POST", $"/v2/webhooks/{Unknown}/rotate-secret" },
        { "POST", "/v2/webhooks/workspace/rotate-secret" },
        { "GET", "/v2/webhooks/deliveries" },
        { "GET", "/v2/webhooks/deliveries/1" },
        { "POST", "/v2/webhooks/deliveries/1/resend" },
        { "GET", "/v2/analytics/webhooks" },
        { "POST", "/v2/analytics/webhooks/replay" },
        { "GET", $"/v2/analytics/webhooks/replay/{Guid.Empty:D}" },
    };

    public static TheoryData<string, string> HostileEndpoints => new()
    {
        { "", "url" },
        { "null", "url" },
        { "[]", "" },
        { "{", "" },
        { """{"url":1}""", "" },
        { "{}", "url" },
        { """{"url":"hooks"}""", "url" },
        { """{"url":"ftp://hooks.example.test/"}""", "url" },
        { """{"url":"https://user:word@hooks.example.test/"}""", "url" },
        { """{"url":"https://hooks.example.test/a b"}""", "url" },
        { """{"url":"http://10.0.0.1/"}""", "not allowed" },
        { """{"url":"http://[::ffff:10.0.0.1]/"}""", "not allowed" },
        { $$"""{"url":"https://hooks.example.test/{{new string('a', 2048)}}"}""", "url" },
        { $$"""{"url":"{{Good}}","headers":[]}""", "" },
        { $$$"""{"url":"{{{Good}}}","headers":{"x-key":null}}""", "headers.x-key" },
        { $$$"""{"url":"{{{Good}}}","headers":{"x-key":"a\r\nb: c"}}""", "headers.x-key" },
        { $$$"""{"url":"{{{Good}}}","headers":{"x key":"a"}}""", "headers.x key" },
        { $$$"""{"url":"{{{Good}}}","headers":{"Host":"a"}}""", "headers.Host" },
        { $$$"""{"url":"{{{Good}}}","headers":{"webhook-signature":"a"}}""", "headers.webhook-signature" },
        { $$$"""{"url":"{{{Good}}}","headers":{{{s_tooMany}}}}""", "headers" },
        { $$"""{"url":"{{Good}}","event_types":["peer.*.success"]}""", "event_types" },
        { $$"""{"url":"{{Good}}","event_types":[null]}""", "event_types" },
        { $$"""{"url":"{{Good}}","event_types":[{{string.Join(',', Enumerable.Repeat("\"peer.*\"", 101))}}]}""", "event_types" },
        { $$"""{"url":"{{Good}}","description":"{{new string('a', 1025)}}"}""", "description" },
        { $$"""{"url":"{{Good}}","room_id":"x"}""", "room_id" },
        { $$"""{"url":"{{Good}}","ordered":"yes"}""", "" },
    };

    public static TheoryData<string> HostileQueries =>
    [
        "/v2/webhooks?limit=0", "/v2/webhooks?limit=101", "/v2/webhooks?limit=x", "/v2/webhooks/deliveries?limit=-1", "/v2/webhooks/deliveries?start=x",
        "/v2/webhooks/deliveries?status=odd", "/v2/webhooks/deliveries?after=yesterday", $"/v2/webhooks/deliveries?room_id={new string('a', 513)}",
        "/v2/webhooks/deliveries?event_names=a%00b", "/v2/analytics/webhooks?status=odd", "/v2/analytics/webhooks?page=0", "/v2/analytics/webhooks?limit=101",
        "/v2/analytics/webhooks?start_time=2001-01-01T00:00:00Z", "/v2/analytics/webhooks?end_time=2001-01-01T00:00:00Z",
        "/v2/analytics/webhooks?end_time=0001-01-01T00:00:00Z",
        "/v2/analytics/webhooks?start_time=x",
    ];

    public static TheoryData<string, string> HostileReplays => new()
    {
        { "[", "" },
        { """{"status":"pending"}""", "status" },
        { """{"limit":0}""", "limit" },
        { """{"limit":50001}""", "limit" },
        { """{"offset":-1}""", "offset" },
        { """{"room_id":"x"}""", "room_id" },
        { """{"event_names":[null]}""", "event_names" },
        { """{"start_time":"2001-01-01T00:00:00Z"}""", "start_time" },
        { """{"start_time":"x"}""", "start_time" },
        { """{"end_time":"2001-01-01T00:00:00Z"}""", "end_time" },
        { """{"end_time":"0001-01-01T00:00:00Z"}""", "end_time" },
    };

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task Call_WithoutAManagementToken_Is401(string method, string path)
    {
        using var client = new HttpClient { BaseAddress = new Uri(_host.Address) };
        foreach (var token in new[] { null, "nonsense" })
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path);
            if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            using var response = await client.SendAsync(request);
            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
            Assert.Equal("Bearer", response.Headers.WwwAuthenticate.Single().Scheme);
            Assert.Equal(401, (int)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["code"]!);
        }
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task Call_AboutWhatIsNotThere_Is404(string method, string path)
    {
        if (path.Split('/').Length < 4 || path is "/v2/webhooks/workspace/rotate-secret" or "/v2/webhooks/deliveries" or "/v2/analytics/webhooks" or "/v2/analytics/webhooks/replay") return;
        Assert.Equal(HttpStatusCode.NotFound, (await _host.CallAsync(new HttpMethod(method), path)).Status);
    }

    [Theory]
    [InlineData("GET", "/v2/webhooks/deliveries/x")]
    [InlineData("GET", "/v2/webhooks/deliveries/99999999999999999999")]
    [InlineData("POST", "/v2/webhooks/deliveries/-1/resend")]
    [InlineData("GET", "/v2/analytics/webhooks/replay/x")]
    public async Task Call_AboutWhatIsNoId_Is404(string method, string path) =>
        Assert.Equal(HttpStatusCode.NotFound, (await _host.CallAsync(new HttpMethod(method), path)).Status);

    [Theory]
    [MemberData(nameof(HostileEndpoints))]
    public Task CreateEndpoint_HostileBody_Is400(string body, string named) => AssertRefusedAsync("/v2/webhooks", body, named);

    [Fact]
    public async Task CreateEndpoint_RoomThatIsNotThere_Is404() => Assert.Equal(
        HttpStatusCode.NotFound, (await _host.CallAsync(HttpMethod.Post, "/v2/webhooks", $$"""{"url":"{{Good}}","room_id":"{{Unknown}}"}""")).Status);

    [Fact]
    public async Task CreateEndpoint_HugeBody_Is413() => Assert.Equal(
        HttpStatusCode.RequestEntityTooLarge, (await _host.CallAsync(HttpMethod.Post, "/v2/webhooks", $$"""{"url":"{{new string('a', 200_000)}}"}""")).Status);

    [Theory]
    [MemberData(nameof(HostileQueries))]
    public async Task Query_OutOfRange_Is400(string path) => Assert.Equal(HttpStatusCode.BadRequest, (await _host.CallAsync(HttpMethod.Get, path)).Status);

    [Theory]
    [MemberData(nameof(HostileReplays))]
    public Task StartReplay_HostileBody_Is400(string body, string named) => AssertRefusedAsync("/v2/analytics/webhooks/replay", body, named);

    [Fact]
    public async Task Endpoint_MadeChangedAndRemoved_HidesItsSecrets()
    {
        var made = await _host.AddEndpointAsync(Good, ""","headers":{"x-key":"v-1"},"enabled":false""");
        var path = $"/v2/webhooks/{made["id"]}";
        Assert.StartsWith("whsec_", (string)made["secret"]!, StringComparison.Ordinal);

        var shown = await _host.OkAsync(HttpMethod.Get, path);
        Assert.Null(shown["secret"]);
        Assert.Equal("********", (string)shown["headers"]!["x-key"]!);
        await AssertRefusedAsync(path, $$"""{"room_id":"{{Unknown}}"}""", "room_id");
        await AssertRefusedAsync(path, """{"ed25519":true}""", "ed25519");
        await AssertRefusedAsync(path, """{"url":"gopher://a/"}""", "url");
        await AssertRefusedAsync($"{path}/rotate-secret", """{"old_expires_in":-1}""", "old_expires_in");
        await AssertRefusedAsync($"{path}/rotate-secret", """{"old_expires_in":604801}""", "old_expires_in");
        await AssertRefusedAsync($"{path}/rotate-secret", """{"old_expires_in":"soon"}""", "");
        Assert.Equal(Good, (string)(await _host.OkAsync(HttpMethod.Get, path))["url"]!);

        Assert.Equal(HttpStatusCode.NoContent, (await _host.CallAsync(HttpMethod.Delete, path)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await _host.CallAsync(HttpMethod.Get, path)).Status);
    }

    [Fact]
    public async Task CreateEndpoint_MoreThanAWorkspaceMayHave_Is403()
    {
        await using var host = await WebhooksHost.StartAsync(null, "--Webhooks:MaxEndpoints=1");
        var first = await host.AddEndpointAsync(Good);
        Assert.Equal(HttpStatusCode.Forbidden, (await host.CallAsync(HttpMethod.Post, "/v2/webhooks", $$"""{"url":"{{Good}}"}""")).Status);
        await host.CallAsync(HttpMethod.Delete, $"/v2/webhooks/{first["id"]}");
        await host.AddEndpointAsync(Good);
    }

    private async Task AssertRefusedAsync(string path, string body, string named)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await _host.Client.PostAsync(new Uri(path, UriKind.Relative), content);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.BadRequest, $"{response.StatusCode} {text}");
        var error = JsonNode.Parse(text)!;
        Assert.Equal(400, (int)error["code"]!);
        Assert.Contains(named, error.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }), StringComparison.Ordinal);
    }
}
