using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace LiveStream.Rooms.Tests.Http;

public sealed class LayoutEndpointTests(RoomsHost host) : IClassFixture<RoomsHost>
{
    [Theory]
    [InlineData("broadcaster")]
    [InlineData("viewer-near-realtime")]
    public async Task Get_AuthToken_GivesOwnLayoutFirstThenTheOthers(string role)
    {
        var (status, body, cors) = await GetAsync(host.AuthToken(role));

        Assert.Equal((HttpStatusCode.OK, "*"), (status, cors));
        var layouts = body["data"]!.AsArray();
        Assert.Equal(role, (string?)layouts[0]!["role"]);
        Assert.Equal(5, layouts.Select(layout => (string?)layout!["role"]).Distinct().Count());
        foreach (var key in new[] { "id", "role_id", "template_id", "app_id", "typography", "logo", "themes", "options", "screens" })
            Assert.True(layouts[0]!.AsObject().ContainsKey(key), key);
        Assert.Equal(host.Workspace.AppId, (string?)layouts[0]!["app_id"]);
    }

    [Fact]
    public async Task Get_RefusedCallers_StillGetOpenCors()
    {
        foreach (var token in new[] { null, "nonsense", host.ManagementToken })
        {
            var (status, body, cors) = await GetAsync(token);
            Assert.Equal((HttpStatusCode.Unauthorized, "*"), (status, cors));
            Assert.Equal("Token validation error", (string?)body["message"]);
        }
    }

    [Fact]
    public async Task Get_RoleOrRoomThatIsNot_IsRefusedWithOpenCors()
    {
        var role = await GetAsync(host.AuthToken("nobody"));
        var room = await GetAsync(host.AuthToken("broadcaster", "65f0a1b2c3d4e5f60718293a"));

        Assert.Equal((HttpStatusCode.Forbidden, "role not allowed", "*"), (role.Status, (string?)role.Body["message"], role.Cors));
        Assert.Equal((HttpStatusCode.NotFound, "room not found", "*"), (room.Status, (string?)room.Body["message"], room.Cors));
    }

    [Fact]
    public async Task Options_Preflight_AllowsTheAuthorizationHeader()
    {
        using var request = new HttpRequestMessage(HttpMethod.Options, "/v2/layouts/ui");
        request.Headers.Add("Origin", "https://elsewhere.example.test");
        request.Headers.Add("Access-Control-Request-Headers", "authorization");

        using var response = await host.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal("*", response.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.Contains("Authorization", response.Headers.GetValues("Access-Control-Allow-Headers").Single(), StringComparison.Ordinal);
    }

    private async Task<(HttpStatusCode Status, JsonNode Body, string? Cors)> GetAsync(string? token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v2/layouts/ui");
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await host.Client.SendAsync(request);
        response.Headers.TryGetValues("Access-Control-Allow-Origin", out var cors);
        return (response.StatusCode, (await response.Content.ReadFromJsonAsync<JsonNode>())!, cors?.Single());
    }
}
