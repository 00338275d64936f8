using System.Net;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text.Json.Nodes;

using LiveStream.Contracts;
using LiveStream.Contracts.Rooms.V1;
using LiveStream.Contracts.Signalling.V1;
using LiveStream.Signalling.Tests.Fakes;

namespace LiveStream.Signalling.Tests.Hosts;

/// <summary>Two nodes that know of each other by rooms: whoever comes to one finds what is at the other.</summary>
public sealed class SeveralNodesTests : IAsyncLifetime
{
    private readonly FakeSignallingNodes _nodes = new();
    private SignallingHost _one = null!;
    private SignallingHost _two = null!;

    public async Task InitializeAsync()
    {
        (_one, _two) = (await StartAsync("one"), await StartAsync("two"));
        foreach (var (name, host) in new[] { ("one", _one), ("two", _two) }) (await _nodes.NodeAsync(name)).HttpAddress = host.Client.BaseAddress!.ToString();
        _nodes.Place("r1", "two");
    }

    public async Task DisposeAsync()
    {
        await _one.DisposeAsync();
        await _two.DisposeAsync();
    }

    [Fact]
    public async Task Init_NamesTheRoomsNode()
    {
        Assert.Equal($"ws://{_one.Client.BaseAddress!.Authority}/ws/two", await EndpointAsync());
        (await _nodes.NodeAsync("two")).PublicUrl = "https://two.example.test/base";
        Assert.Equal("wss://two.example.test/base/ws/two", await EndpointAsync());
    }

    [Fact]
    public async Task Init_NoNodeCanTakeTheRoom_OrRoomsIsAway_Is503()
    {
        using var reply = await _one.SendAsync(HttpMethod.Get, "/init?peer_id=A", "hls:ann:r2");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, reply.StatusCode);
        _nodes.Failure = new ControlException(ControlError.Unavailable, "away");
        using var away = await _one.SendAsync(HttpMethod.Get, "/init?peer_id=A", "hls:ann");
        Assert.Equal(503, (int)(await away.Content.ReadFromJsonAsync<JsonNode>())!["code"]!);
    }

    [Fact]
    public async Task Socket_ComesToTheRoom_WhicheverNodeItCameTo()
    {
        using var there = await SocketClient.JoinAsync(_two, "host:ann", "A");
        using var here = await SocketClient.JoinAsync(_one, "hls:bob", "B");
        Assert.Equal("B", (string?)(await there.UntilAsync("on-peer-join"))["peer_id"]);
        Assert.Equal(0, _one.RoomCount);
        // Both ways, and more than one read takes.
        var text = new string('x', 15_000);
        await here.RequestAsync("broadcast", $$$"""{"info":{"message":"{{{text}}}","type":"chat"}}""");
        Assert.Equal(text, (string?)(await there.UntilAsync("on-broadcast"))["info"]!["message"]);
        await there.RequestAsync("broadcast", """{"info":{"message":"back","type":"chat"}}""");
        Assert.Equal("back", (string?)(await here.UntilAsync("on-broadcast"))["info"]!["message"]);

        await here.CloseAsync();
        Assert.Equal("B", (string?)(await there.UntilAsync("on-peer-leave"))["peer_id"]);
    }

    [Fact]
    public async Task Socket_ItsNodeEnds_EndsToo()
    {
        using var client = await SocketClient.JoinAsync(_one, "hls:bob", "B");
        await _two.StopAsync();
        await client.UntilClosedAsync();
        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, client.CloseStatus);
        await Assert.ThrowsAsync<WebSocketException>(() => SocketClient.OpenAsync(_one, "hls:bob", "B"));
    }

    [Fact]
    public async Task WhipSession_ItsNodeEnds_KeepsItsMedia()
    {
        await _two.OpenAsync();
        await _two.StopAsync();
        Assert.Empty(_two.Sfu.Closed);
        Assert.Single(_two.Sfu.Opened);
    }

    [Fact]
    public async Task NodeThatEnds_FirstTellsTheRecordWhatItDoesNotKnow()
    {
        // One try fails, and a second later the next one does not.
        _two.LiveRooms.FailingReports = 1;
        using var ann = await SocketClient.JoinAsync(_two, "host:ann", "A");
        await _two.StopAsync();
        Assert.True(_two.LiveRooms.Reports.Reader.TryRead(out var began) && began.Began is not null);
        Assert.True(_two.LiveRooms.Reports.Reader.TryRead(out var joined) && joined.PeerJoined.PeerId == "A");
    }

    [Fact]
    public async Task Socket_BetweenTwoNodesThatBothSayTheOther_IsRefused()
    {
        _nodes.Place("r1", "one");
        using var at = new HttpRequestMessage(HttpMethod.Get, "/ws?peer=B&token=hls:bob");
        foreach (var (name, value) in new[] { ("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13"), ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="), ("X-LiveStream-Relayed", "1") })
            at.Headers.TryAddWithoutValidation(name, value);
        using var reply = await _two.Client.SendAsync(at);
        Assert.Equal(HttpStatusCode.MisdirectedRequest, reply.StatusCode);
    }

    [Fact]
    public async Task BadToken_IsToldWhereItCame()
    {
        using var client = await SocketClient.OpenAsync(_one, "broken", "A");
        Assert.Equal(401, (int)(await client.UntilAsync("on-error"))["code"]!);
    }

    [Fact]
    public async Task WhipSession_IsAtTheRoomsNode_FromTheFirstRequestToTheLast()
    {
        var (path, tag) = await _one.OpenAsync();
        Assert.Equal((0, 1), (_one.Sessions.Count, _two.Sessions.Count));
        Assert.Single(_two.Sfu.Opened);

        using var changed = await _one.PatchAsync(path, "host:ann", "a=ice-ufrag:EsAw\r\na=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1\r\n", tag);
        Assert.Equal(HttpStatusCode.NoContent, changed.StatusCode);
        using var wrong = await _one.PatchAsync(path, "host:ann", "a=ice-ufrag:EsAw\r\na=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1\r\n", "\"another\"");
        Assert.Equal(HttpStatusCode.PreconditionFailed, wrong.StatusCode);
        using var stranger = await _one.SendAsync(HttpMethod.Delete, path, "viewer:eve");
        Assert.Equal(HttpStatusCode.Forbidden, stranger.StatusCode);
        using var ended = await _one.SendAsync(HttpMethod.Delete, path, "host:ann");
        Assert.Equal(HttpStatusCode.OK, ended.StatusCode);
        Assert.Equal(0, _two.Sessions.Count);
        using var unknown = await _one.SendAsync(HttpMethod.Delete, path, "host:ann");
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    [Fact]
    public async Task WhipSession_RoomsNodeIsAway_Is503WithAPause()
    {
        await _two.StopAsync();
        using var reply = await _one.PostAsync("/whip/r1", "host:ann");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, reply.StatusCode);
        Assert.Equal("5", reply.Headers.GetValues("Retry-After").Single());
        Assert.Equal("*", reply.Headers.GetValues("Access-Control-Allow-Origin").Single());
    }

    [Fact]
    public async Task RoomThatWasGivenToAnother_IsLetGo_WithoutAWordOfIt()
    {
        using var client = await SocketClient.JoinAsync(_two, "hls:bob", "B");
        await _two.OpenAsync();
        _nodes.Place("r1", "one");
        _nodes.Elsewhere["two"] = ["r1"];
        await client.UntilClosedAsync();
        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, client.CloseStatus);
        // The room goes first, its WHIP session ends behind it; each announcement is an occasion to look.
        await UntilSaidAsync(said => said.Node.NodeId == "two" && said.InUse is { RoomIds.Count: 0 } && _two.Sessions.Count == 0);
        Assert.Equal(0, _two.RoomCount);
        using var again = await SocketClient.JoinAsync(_two, "hls:bob", "B");
        Assert.Equal((1, 0), (_one.RoomCount, _two.RoomCount));
        while (_two.LiveRooms.Reports.Reader.TryRead(out var report))
            Assert.Contains(report.WhatCase, new[] { SessionReport.WhatOneofCase.Began, SessionReport.WhatOneofCase.PeerJoined });
    }

    [Fact]
    public async Task Node_SaysWhatItHas_AndThatItGoes()
    {
        using var client = await SocketClient.JoinAsync(_two, "hls:bob", "B");
        var said = await UntilSaidAsync(said => said.Node.NodeId == "two" && said.InUse is { RoomIds.Count: > 0 });
        Assert.Equal("r1", Assert.Single(said.InUse.RoomIds));
        Assert.Equal((1u, 20_000u), (said.Peers, said.Capacity));
        await _two.StopAsync();
        await UntilSaidAsync(said => said.Node.NodeId == "two" && said.Leaving);
    }

    private async Task<SignallingAnnouncement> UntilSaidAsync(Func<SignallingAnnouncement, bool> wanted)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            var said = await _nodes.Said.Reader.ReadAsync(limit.Token);
            if (wanted(said)) return said;
        }
    }

    private async Task<string?> EndpointAsync()
    {
        using var reply = await _one.SendAsync(HttpMethod.Get, "/init?peer_id=A", "hls:ann");
        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
        return (string?)(await reply.Content.ReadFromJsonAsync<JsonNode>())!["endpoint"];
    }

    // Where it listens is known later.
    private Task<SignallingHost> StartAsync(string name) => SignallingHost.StartAsync(
        options => (options.NodeId, options.ControlAddress, options.HttpAddress) = (name, "http://127.0.0.1:1", "http://127.0.0.1:1"), nodes: _nodes);
}
