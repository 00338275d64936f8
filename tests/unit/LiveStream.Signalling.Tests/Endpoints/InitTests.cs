using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

using LiveStream.Contracts;
using LiveStream.Signalling.Tests.Fakes;

namespace LiveStream.Signalling.Tests.Endpoints;

public sealed class InitTests
{
    [Fact]
    public async Task Init_AnswersAnAbsoluteSocketUrlAndAConfig()
    {
        await using var host = await SignallingHost.StartAsync(options => options.IceServers.Add(new IceServerOptions { Url = "turn:t.example.test", Username = "u", Credential = "c" }));
        using var reply = await host.SendAsync(HttpMethod.Get, "/init?peer_id=A&user_agent_v2=sdk:web", "hls:ann");
        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
        var body = (await reply.Content.ReadFromJsonAsync<JsonNode>())!;

        Assert.Equal($"ws://{host.Client.BaseAddress!.Authority}/ws", (string?)body["endpoint"]);
        Assert.Equal(["nonWebRTCDisableOffer", "simulcast"], body["config"]!["enabledFlags"]!.AsArray().Select(flag => (string?)flag));
        Assert.Equal("""[{"urls":["turn:t.example.test"],"username":"u","credential":"c"}]""", body["rtcConfiguration"]!["ice_servers"]!.ToJsonString());
        Assert.Equal("*", reply.Headers.GetValues("Access-Control-Allow-Origin").Single());
    }

    [Fact]
    public async Task Init_PublicUrl_Wins()
    {
        await using var host = await SignallingHost.StartAsync(configureRooms: rooms => rooms.PublicUrl = "https://live.example.test/base");
        using var reply = await host.SendAsync(HttpMethod.Get, "/init?peer_id=A", "hls:ann");
        Assert.Equal("wss://live.example.test/base/ws", (string?)(await reply.Content.ReadFromJsonAsync<JsonNode>())!["endpoint"]);
    }

    [Theory]
    [InlineData(null, "A", 401)]
    [InlineData("broken", "A", 401)]
    [InlineData("hls:ann:r9", "A", 403)]
    [InlineData("hls:ann", "", 400)]
    [InlineData("hls:ann", "a%20b", 400)]
    public async Task Init_Refusals_AreCoded_AndNever404(string? token, string peer, int status)
    {
        await using var host = await SignallingHost.StartAsync();
        using var reply = await host.SendAsync(HttpMethod.Get, $"/init?peer_id={peer}", token);
        Assert.Equal(status, (int)reply.StatusCode);
        var body = (await reply.Content.ReadFromJsonAsync<JsonNode>())!;
        Assert.Equal(status, (int)body["code"]!);
        Assert.False(string.IsNullOrEmpty((string?)body["message"]));
        Assert.Equal("*", reply.Headers.GetValues("Access-Control-Allow-Origin").Single());
    }

    [Fact]
    public async Task Init_RoleThatTheTemplateLacks_IsRefusedAndTold_ButNotWithoutEnd()
    {
        await using var host = await SignallingHost.StartAsync(time: new ManualTime());
        for (var i = 0; i < 12; i++)
        {
            using var reply = await host.SendAsync(HttpMethod.Get, "/init?peer_id=A", "king:ann");
            Assert.Equal(HttpStatusCode.Forbidden, reply.StatusCode);
            Assert.Equal("role is invalid", (string?)(await reply.Content.ReadFromJsonAsync<JsonNode>())!["message"]);
        }

        var reports = host.LiveRooms.Reports.Reader;
        Assert.Equal(10, reports.Count);
        Assert.True(reports.TryRead(out var report));
        var refused = report.JoinRefused;
        Assert.Equal(("c1", "r1", "A", "ann", "king", "role not allowed"), (report.CustomerId, report.RoomId, refused.PeerId, refused.UserId, refused.Role, refused.Reason));
    }

    [Theory]
    [InlineData("/whip/r1")]
    [InlineData("/whep/r1")]
    public async Task Session_RoleThatTheTemplateLacks_IsRefused(string path)
    {
        await using var host = await SignallingHost.StartAsync();
        using var reply = await host.SendAsync(HttpMethod.Post, path, "king:ann", SignallingHost.Offer);
        Assert.Equal(HttpStatusCode.Forbidden, reply.StatusCode);
        Assert.Contains("role is invalid", await reply.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Init_RoomsAway_IsAnswered503()
    {
        await using var host = await SignallingHost.StartAsync();
        host.Rooms.Failure = new ControlException(ControlError.Unavailable, "away");
        using var reply = await host.SendAsync(HttpMethod.Get, "/init?peer_id=A", "hls:ann");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, reply.StatusCode);
        Assert.Equal(503, (int)(await reply.Content.ReadFromJsonAsync<JsonNode>())!["code"]!);
    }

    [Fact]
    public async Task Preflight_AllowsTheAuthorizationHeader_WithoutAToken()
    {
        await using var host = await SignallingHost.StartAsync();
        using var reply = await host.SendAsync(HttpMethod.Options, "/init");
        Assert.True(reply.IsSuccessStatusCode);
        Assert.Contains("authorization", reply.Headers.GetValues("Access-Control-Allow-Headers").Single(), StringComparison.OrdinalIgnoreCase);
        Assert.Equal("*", reply.Headers.GetValues("Access-Control-Allow-Origin").Single());
    }

    [Fact]
    public async Task Socket_WithoutUpgrade_IsRefused()
    {
        await using var host = await SignallingHost.StartAsync();
        using var reply = await host.SendAsync(HttpMethod.Get, "/ws?peer=A&token=hls:ann");
        Assert.Equal(HttpStatusCode.BadRequest, reply.StatusCode);
    }
}
