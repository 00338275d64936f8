using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

using LiveStream.Contracts.Rooms.V1;

using Microsoft.EntityFrameworkCore;

namespace LiveStream.Rooms.Tests.Http;

public sealed class TokenEndpointTestsOnSqlite(RoomsHost host) : TokenEndpointTests(host), IClassFixture<RoomsHost>;

public sealed class TokenEndpointTestsOnPostgres(PostgresRoomsHost host) : TokenEndpointTests(host), IClassFixture<PostgresRoomsHost>;

public abstract class TokenEndpointTests(RoomsHost host)
{
    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/json")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData(null)]
    public async Task Post_CodeWithAnyContentType_GivesATokenThatJoins(string? contentType)
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes($$"""{"code":"{{host.Workspace.RoomCodes["broadcaster"]}}","user_id":"u-1"}"""));
        if (contentType is not null) content.Headers.TryAddWithoutValidation("Content-Type", contentType);

        var response = await host.Client.PostAsync("/v2/token", content);
        var body = (await response.Content.ReadFromJsonAsync<JsonNode>())!;

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("*", response.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.Equal($"http://live.example.test/hls/{host.Workspace.CustomerId}/{host.Workspace.RoomId}/master.m3u8", (string?)body["hls_url"]);
        Assert.EndsWith("Z", (string?)body["expires_at"], StringComparison.Ordinal);
        var grant = await host.Rooms.AuthorizeAsync(new AuthorizeRequest { Token = (string?)body["token"] }, CancellationToken.None);
        Assert.Equal("broadcaster", grant.Role);
        Assert.Equal("u-1", grant.UserId);
        Assert.Equal(host.Workspace.RoomId, grant.RoomId);
    }

    [Theory]
    [InlineData("", HttpStatusCode.BadRequest)]
    [InlineData("null", HttpStatusCode.BadRequest)]
    [InlineData("{}", HttpStatusCode.BadRequest)]
    [InlineData("[]", HttpStatusCode.BadRequest)]
    [InlineData("{\"code\":", HttpStatusCode.BadRequest)]
    [InlineData("{\"code\":7}", HttpStatusCode.BadRequest)]
    [InlineData("{\"code\":\"a\"} trailing", HttpStatusCode.BadRequest)]
    [InlineData("{\"code\":\"zzz-zzzz-zzz\"}", HttpStatusCode.NotFound)]
    [InlineData("{\"code\":\"'; DROP TABLE rooms; --\"}", HttpStatusCode.NotFound)]
    public async Task Post_BadBody_IsRefusedInJsonWithOpenCors(string body, HttpStatusCode status)
    {
        var response = await host.Client.PostAsync("/v2/token", new StringContent(body));
        var error = (await response.Content.ReadFromJsonAsync<JsonNode>())!;

        Assert.Equal(status, response.StatusCode);
        Assert.Equal((int)status, (int)error["code"]!);
        Assert.NotEmpty((string)error["message"]!);
        Assert.Equal("*", response.Headers.GetValues("Access-Control-Allow-Origin").Single());
    }

    [Fact]
    public async Task Post_BodyAboveTheLimit_IsTooLarge()
    {
        var response = await host.Client.PostAsync("/v2/token", new StringContent($$"""{"code":"{{new string('a', 5000)}}"}"""));

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Equal(413, (int)(await response.Content.ReadFromJsonAsync<JsonNode>())!["code"]!);
    }

    [Fact]
    public async Task Post_UserIdTooLong_IsRefused()
    {
        var body = $$"""{"code":"{{host.Workspace.RoomCodes["broadcaster"]}}","user_id":"{{new string('u', 257)}}"}""";
        RoomsHost.AssertError(await host.SendAsync(HttpMethod.Post, "/v2/token", null, body), HttpStatusCode.BadRequest, "Invalid body param");
    }

    [Fact]
    public async Task Post_DisabledCode_IsForbidden()
    {
        var code = host.Workspace.RoomCodes["viewer-on-stage"];
        await host.ChangeAsync(async db => (await db.RoomCodes.SingleAsync(c => c.Code == code)).Switch(enabled: false, DateTimeOffset.UtcNow));

        RoomsHost.AssertError(
            await host.SendAsync(HttpMethod.Post, "/v2/token", null, $$"""{"code":"{{code}}"}"""), HttpStatusCode.Forbidden, "room code disabled");
    }

    [Fact]
    public async Task Options_Preflight_AllowsEverybody()
    {
        using var request = new HttpRequestMessage(HttpMethod.Options, "/v2/token");
        request.Headers.Add("Origin", "https://elsewhere.example.test");
        request.Headers.Add("Access-Control-Request-Method", "POST");
        request.Headers.Add("Access-Control-Request-Headers", "content-type");

        using var response = await host.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal("*", response.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.Contains("POST", response.Headers.GetValues("Access-Control-Allow-Methods").Single(), StringComparison.Ordinal);
        Assert.Contains("Content-Type", response.Headers.GetValues("Access-Control-Allow-Headers").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_IsNotAllowedAndSaysSoInJson() =>
        RoomsHost.AssertError(await host.SendAsync(HttpMethod.Get, "/v2/token", null), HttpStatusCode.MethodNotAllowed, "method not allowed");
}
