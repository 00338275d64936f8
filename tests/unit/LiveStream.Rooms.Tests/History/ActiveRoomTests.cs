using System.Net;

using LiveStream.Contracts.Events;
using LiveStream.Contracts.Events.V1;
using LiveStream.Contracts.RoomControl.V1;
using LiveStream.Rooms.Tests.Http;

using Microsoft.EntityFrameworkCore;

namespace LiveStream.Rooms.Tests.History;

public sealed class ActiveRoomTests(HistoryHost host) : IClassFixture<HistoryHost>
{
    private const string Host = FakeRoomControl.Host;

    [Fact]
    public async Task Get_SomebodyInside_TellsTheSessionAndItsPeers()
    {
        var room = await OpenAsync();
        var (status, active) = await host.GetAsync($"/v2/active-rooms/{room}");

        Assert.Equal(HttpStatusCode.OK, status);
        Samples.AssertShape("GET /v2/active-rooms/{room_id}", active);
        Assert.Equal(room, (string?)active["id"]);
        Assert.Equal(host.Workspace.CustomerId, (string?)active["customer_id"]);
        Assert.Equal("2026-01-01T10:01:00.080Z", (string?)active["session"]!["created_at"]);
        Assert.Equal([Host, FakeRoomControl.Guest], active["session"]!["peers"]!.AsArray().Select(id => (string?)id));
    }

    [Theory]
    [InlineData("", 2)]
    [InlineData("?role=broadcaster", 1)]
    [InlineData("?user_id=u-8", 1)]
    [InlineData("?user_id=u-8&role=broadcaster", 0)]
    public async Task Peers_AreAMapByIdThatFiltersNarrow(string query, int count)
    {
        var room = await OpenAsync();
        var (status, reply) = await host.GetAsync($"/v2/active-rooms/{room}/peers{query}");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(count, reply["peers"]!.AsObject().Count);
        if (count > 0) Samples.AssertShape("GET /v2/active-rooms/{room_id}/peers", reply);
        Assert.All(reply["peers"]!.AsObject(), pair => Assert.Equal(pair.Key, (string?)pair.Value!["id"]));
    }

    [Fact]
    public async Task Peer_IsShownWithItsTracks()
    {
        var room = await OpenAsync();
        var (status, peer) = await host.GetAsync($"/v2/active-rooms/{room}/peers/{Host}");

        Assert.Equal(HttpStatusCode.OK, status);
        Samples.AssertShape("GET /v2/active-rooms/{room_id}/peers/{peer_id}", peer);
        Assert.Equal("audio", (string?)Assert.Single(peer["tracks"]!.AsObject()).Value!["type"]);
        RoomsHost.AssertError(await host.GetAsync($"/v2/active-rooms/{room}/peers/nobody"), HttpStatusCode.NotFound, "peer not found");
        RoomsHost.AssertError(await host.GetAsync($"/v2/active-rooms/{room}/peers/{new string('x', 65)}"), HttpStatusCode.NotFound, "peer not found");
    }

    [Fact]
    public async Task UpdatePeer_ChangesWhatIsGiven()
    {
        var room = await OpenAsync();
        var (status, peer) = await host.PostAsync($"/v2/active-rooms/{room}/peers/{Host}", """{"role":"co-broadcaster","metadata":"{}"}""");

        Assert.Equal(HttpStatusCode.OK, status);
        Samples.AssertShape("POST /v2/active-rooms/{room_id}/peers/{peer_id}", peer);
        Assert.Equal(("Asha", "co-broadcaster", "{}"), ((string?)peer["name"], (string?)peer["role"], (string?)peer["metadata"]));
        var request = Assert.IsType<UpdatePeerRequest>(Assert.Single(host.Control.RequestsOf(room)));
        Assert.Equal((Host, false, true, true), (request.PeerId, request.HasName, request.HasRole, request.HasMetadata));
    }

    [Theory]
    [InlineData("""{"message":"hi"}""", "", "")]
    [InlineData("""{"message":"hi","role":"broadcaster"}""", "", "broadcaster")]
    [InlineData("""{"message":"hi","peer_id":"p","role":"broadcaster"}""", "p", "")]
    [InlineData("""{"message":"hi","peerId":"p","type":"chat"}""", "p", "")]
    public async Task SendMessage_GoesToThePeerElseTheRoleElseEverybody(string body, string peer, string role)
    {
        var room = await OpenAsync();
        var (status, reply) = await host.PostAsync($"/v2/active-rooms/{room}/send-message", body);

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("""{"message":"message sent"}""", reply.ToJsonString());
        var request = Assert.IsType<SendMessageRequest>(Assert.Single(host.Control.RequestsOf(room)));
        Assert.Equal(("hi", "chat", peer, role), (request.Message, request.Type, request.PeerId, request.Role));
        Assert.Equal(peer.Length == 0 && role.Length == 0, request.ToCase == SendMessageRequest.ToOneofCase.None);
    }

    [Theory]
    [InlineData("""{"peer_id":"p","role":"r","reason":"rude"}""", "p", "")]
    [InlineData("""{"role":"r","reason":"rude"}""", "", "r")]
    public async Task RemovePeers_ByPeerElseByRole(string body, string peer, string role)
    {
        var room = await OpenAsync();
        var (status, reply) = await host.PostAsync($"/v2/active-rooms/{room}/remove-peers", body);

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("""{"message":"peer remove request submitted"}""", reply.ToJsonString());
        var request = Assert.IsType<RemovePeersRequest>(Assert.Single(host.Control.RequestsOf(room)));
        Assert.Equal((peer, role, "rude"), (request.PeerId, request.Role, request.Reason));
    }

    [Theory]
    [InlineData("""{"reason":"over"}""", true)]
    [InlineData("""{"reason":"over","lock":true}""", false)]
    public async Task EndRoom_EndsAndLocksWhereAsked(string body, bool enabledAfter)
    {
        var room = await OpenAsync();
        var (status, reply) = await host.PostAsync($"/v2/active-rooms/{room}/end-room", body);

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("""{"message":"session is ending"}""", reply.ToJsonString());
        // Locked, it ends once more: somebody may have come between the two.
        var requests = host.Control.RequestsOf(room).OfType<EndRoomRequest>().ToArray();
        Assert.Equal(enabledAfter ? 1 : 2, requests.Length);
        Assert.All(requests, request => Assert.Equal(("over", !enabledAfter), (request.Reason, request.Lock)));
        Assert.Equal(enabledAfter, (bool)(await host.GetAsync($"/v2/rooms/{room}")).Body["enabled"]!);
    }

    [Theory]
    [InlineData("GET", "", null)]
    [InlineData("GET", "/peers", null)]
    [InlineData("GET", "/peers/p", null)]
    [InlineData("POST", "/peers/p", """{"name":"x"}""")]
    [InlineData("POST", "/send-message", """{"message":"x"}""")]
    [InlineData("POST", "/remove-peers", """{"role":"x"}""")]
    [InlineData("POST", "/end-room", """{"lock":true}""")]
    public async Task EveryCall_NobodyInside_IsNotActiveAndChangesNothing(string method, string path, string? body)
    {
        var room = await host.AddRoomAsync();
        var other = await host.OtherTokenAsync();
        async Task<(HttpStatusCode Status, System.Text.Json.Nodes.JsonNode Body)> Call(string room, string? token) =>
            await host.SendAsync(new HttpMethod(method), $"/v2/active-rooms/{room}{path}", token, body);

        RoomsHost.AssertError(await Call(room, host.ManagementToken), HttpStatusCode.NotFound, "room not active");
        Assert.True((bool)(await host.GetAsync($"/v2/rooms/{room}")).Body["enabled"]!);
        host.Control.Open(room);
        RoomsHost.AssertError(await Call(room, other), HttpStatusCode.NotFound, "room not found");
        RoomsHost.AssertError(await Call("65f0a1b2c3d4e5f60718293a", host.ManagementToken), HttpStatusCode.NotFound, "room not found");
        RoomsHost.AssertError(await Call("x'; DROP TABLE rooms --", host.ManagementToken), HttpStatusCode.NotFound, "room not found");
        RoomsHost.AssertError(await Call(room, host.AuthToken("broadcaster", room)), HttpStatusCode.Unauthorized, "Token validation error");
        RoomsHost.AssertError(await Call(room, null), HttpStatusCode.Unauthorized, "Token validation error");
    }

    [Fact]
    public async Task EndRoom_NobodyInside_TellsThatItFailed()
    {
        var room = await host.AddRoomAsync();
        RoomsHost.AssertError(
            await host.PostAsync($"/v2/active-rooms/{room}/end-room", """{"reason":"over","lock":true}"""), HttpStatusCode.NotFound, "room not active");

        await host.ChangeAsync(async db =>
        {
            var told = Assert.Single(await db.Events.Where(e => e.Key == room && e.Type == "room.end_failed.v1").ToListAsync());
            var e = (RoomEndFailed)EventCatalog.Find(told.Type)!.Read(told.Body);
            Assert.Equal(
                new RoomEndFailed(host.Workspace.CustomerId, room, "", "", "", "", true, "over", "session not found", 404, e.FailedAt), e);
        });
    }

    [Theory]
    [InlineData("/send-message", "{}", "message is required")]
    [InlineData("/send-message", """{"message":7}""", "message is not a string")]
    [InlineData("/send-message", """{"message":"x","peer_id":""}""", "peer_id is empty")]
    [InlineData("/send-message", """{"message":"x","to":"p"}""", "to")]
    [InlineData("/remove-peers", """{"reason":"x"}""", "peer_id or role is required")]
    [InlineData("/end-room", """{"lock":"yes"}""", "lock is not a boolean")]
    [InlineData("/peers/p", """{"role":"nobody"}""", "role not found")]
    [InlineData("/peers/p", """{"metadata":{}}""", "metadata is not a string")]
    [InlineData("/peers/p", "not json", "not a JSON object")]
    public async Task BadBody_IsRefusedBeforeAnybodyIsAsked(string path, string body, string detail)
    {
        var room = await OpenAsync();
        var reply = await host.PostAsync($"/v2/active-rooms/{room}{path}", body);

        RoomsHost.AssertError(reply, HttpStatusCode.BadRequest, "Invalid body param");
        Assert.Equal($"Invalid body param: {detail}", (string?)Assert.Single(reply.Body["details"]!.AsArray()));
        Assert.Empty(host.Control.RequestsOf(room));
    }

    [Fact]
    public async Task WithoutAnybodyWhoAdmitsPeople_NoRoomIsActive()
    {
        var plain = new RoomsHost();
        await plain.InitializeAsync();
        try
        {
            RoomsHost.AssertError(
                await plain.SendAsync(HttpMethod.Get, $"/v2/active-rooms/{plain.Workspace.RoomId}", plain.ManagementToken), HttpStatusCode.NotFound, "room not active");
        }
        finally
        {
            await plain.DisposeAsync();
        }
    }

    private async Task<string> OpenAsync()
    {
        var room = await host.AddRoomAsync();
        host.Control.Open(room);
        return room;
    }
}
