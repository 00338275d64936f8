using System.Text.Json;

using LiveStream.Contracts;
using LiveStream.Contracts.Rooms.V1;
using LiveStream.Contracts.Sfu.V1;
using LiveStream.Signalling.Tests.Fakes;
using LiveStream.Testing;

namespace LiveStream.Signalling.Tests.Media;

/// <summary>Publish and subscribe connections of the client protocol, over real sockets and a media server that is played.</summary>
public sealed class PeerMediaTests : IAsyncDisposable
{
    private SignallingHost? _host;
    private int _offers;

    private FakeSfu Sfu => _host!.Sfu;

    [Fact]
    public async Task Join_WithOffer_IsAnsweredBeforeTheServerOffers()
    {
        using var client = await OpenAsync("host:ann", "A");
        var reply = await client.RequestAsync("join", Join(1));
        Assert.Equal("answer", (string?)reply["result"]!["type"]);
        Assert.Equal("n1", (string?)reply["result"]!["sfu_node_id"]);
        var offer = await client.UntilAsync("offer");
        Assert.Equal(("offer", "v=0 offer 1", "n1"), ((string?)offer["type"], (string?)offer["sdp"], (string?)offer["sfu_node_id"]));

        Assert.True(Sfu.Opened.TryPeek(out var opened));
        Assert.Equal(("A", "host", true, true, true), (opened.PeerId, opened.Role, opened.Publish.Audio, opened.Publish.Video, opened.Publish.Screen));
        Assert.Empty(opened.Named.Tracks);
        Assert.True(Sfu.Subscribers.TryPeek(out var subscriber));
        Assert.Equal(["host", "stage"], subscriber.Subscribe.FromRoles);
        Assert.NotEqual(opened.TransportId, subscriber.TransportId);
    }

    [Fact]
    public async Task Offer_WithTracks_GivesTheMediaServerTheirNamesAndSources()
    {
        using var client = await OpenAsync("host:ann", "A");
        await client.RequestAsync("join", Join(1));
        var reply = await client.RequestAsync("offer", Offer(1, """{"cam":{"type":"video","source":"regular","track_id":"cam","stream_id":"s"},"scr":{"type":"video","source":"screen","track_id":"scr","stream_id":"t"}}"""));
        Assert.Equal("answer", (string?)reply["result"]!["type"]);
        var update = Assert.Single(Sfu.Updated);
        Assert.Equal([("cam", TrackSource.Regular), ("scr", TrackSource.Screen)], update.Named.Tracks.Select(track => (track.TrackId, track.Source)));
        Assert.Single(Sfu.Opened);
    }

    [Fact]
    public async Task TracksCome_OneOfferAtATime_TheNextAfterTheAnswer()
    {
        using var client = await OpenAsync("viewer:vic", "V");
        await client.RequestAsync("join", Join(1));
        Assert.Equal("v=0 offer 1", (string?)(await client.UntilAsync("offer"))["sdp"]);
        Publish("host", "a");
        Publish("host", "b");
        await client.RequestAsync("ping");
        Assert.Single(Sfu.Offers);
        await client.SendAsync("""{"method":"answer","params":{"desc":{"type":"answer","sdp":"v=0 answer"}}}""");
        Assert.Equal("v=0 offer 2", (string?)(await client.UntilAsync("offer"))["sdp"]);
        Assert.Equal("v=0 answer", Assert.Single(Sfu.Answers).AnswerSdp);
        Assert.Equal(2, Sfu.Offers.Count);
    }

    [Fact]
    public async Task AnswerMayNotHaveBeenTaken_ClientIsOfferedAnew()
    {
        using var client = await OpenAsync("viewer:vic", "V");
        await client.RequestAsync("join", Join(1));
        await client.UntilAsync("offer");
        Sfu.AnswerFailure = new ControlException(ControlError.Unavailable, "on its way back");
        await client.SendAsync("""{"method":"answer","params":{"desc":{"type":"answer","sdp":"v=0 answer"}}}""");
        Assert.Equal("v=0 offer 2", (string?)(await client.UntilAsync("offer"))["sdp"]);
        Sfu.AnswerFailure = null;
        await AnswerAsync(client);
    }

    [Fact]
    public async Task AnswerIsWrong_TheOfferStillWaitsForTheRightOne()
    {
        using var client = await OpenAsync("viewer:vic", "V");
        await client.RequestAsync("join", Join(1));
        await client.UntilAsync("offer");
        Sfu.AnswerFailure = new ControlException(ControlError.InvalidArgument, "not to this offer");
        var answer = """{"desc":{"type":"answer","sdp":"v=0 answer"}}""";
        Assert.Equal(400, (int)(await client.RequestAsync("answer", answer))["error"]!["code"]!);
        Sfu.AnswerFailure = null;
        await AnswerAsync(client);
    }

    [Fact]
    public async Task ConnectionsOfAnotherProcess_AreLeftForNewOnes()
    {
        _host = await SignallingHost.StartAsync();
        Sfu.NextOffer = _ => "v=0 offer";
        var hash = Convert.ToBase64String(System.Security.Cryptography.SHA256.HashData("host:ann"u8));
        _host.LiveRooms.Open["r1"] = new OpenSession { SessionId = "before", Peers = { new ReportedPeer { PeerId = "A", Name = "Ann", Role = "host", TokenHash = hash } } };
        using var client = await SocketClient.OpenAsync(_host, "host:ann", "A");
        await client.UntilAsync("peer-list");
        var refused = await client.RequestAsync("offer", Offer(1, "{}"));
        Assert.Equal(421, (int)refused["error"]!["code"]!);
        var node = (string?)(await client.UntilAsync("node-info"))["sfu_node_id"];
        Assert.Empty(Sfu.Opened);

        // Said again, it is told again.
        Assert.Equal(421, (int)(await client.RequestAsync("offer", Offer(1, "{}")))["error"]!["code"]!);
        Assert.Equal(node, (string?)(await client.UntilAsync("node-info"))["sfu_node_id"]);
        Assert.Equal("answer", (string?)(await client.RequestAsync("offer", Offer(2, "{}")))["result"]!["type"]);
        Assert.Single(Sfu.Opened);
        Assert.Equal(node, (string?)(await client.UntilAsync("offer"))["sfu_node_id"]);
    }

    [Fact]
    public async Task TrackOfARoleThatIsNotSeen_CausesNoOffer()
    {
        using var client = await OpenAsync("viewer:vic", "V");
        await client.RequestAsync("join", Join(1));
        await client.UntilAsync("offer");
        await AnswerAsync(client);
        Publish("backstage", "x");
        Assert.Single(Sfu.Offers);
    }

    [Fact]
    public async Task SubscribeTransportFallsSilent_IsOfferedWithARestartOfIce()
    {
        using var client = await OpenAsync("viewer:vic", "V");
        await client.RequestAsync("join", Join(1));
        await client.UntilAsync("offer");
        await AnswerAsync(client);
        Assert.True(Sfu.Subscribers.TryPeek(out var subscriber));
        Report(subscriber.TransportId, TransportState.Disconnected);
        await client.UntilAsync("offer");
        Assert.True(Sfu.Offers.Last().RestartIce);
        Report(subscriber.TransportId, TransportState.Connected);
    }

    [Fact]
    public async Task TransportIsLost_StaleOfferIsAnswered421AndTheClientComesAnewUnderAnotherNode()
    {
        using var client = await OpenAsync("host:ann", "A");
        await client.RequestAsync("join", Join(1));
        await client.UntilAsync("offer");
        Assert.True(Sfu.Opened.TryPeek(out var opened));
        Report(opened.TransportId, TransportState.Closed);
        Assert.Equal("n1#1", (string?)(await client.UntilAsync("node-info"))["sfu_node_id"]);
        Assert.Equal(421, (int)(await client.RequestAsync("offer", Offer(1)))["error"]!["code"]!);
        Assert.Equal("n1#1", (string?)(await client.UntilAsync("node-info"))["sfu_node_id"]);

        Assert.Equal("answer", (string?)(await client.RequestAsync("offer", Offer(2)))["result"]!["type"]);
        Assert.Equal("n1#1", (string?)(await client.UntilAsync("offer"))["sfu_node_id"]);
        Assert.Equal(2, Sfu.Opened.Count);
    }

    [Fact]
    public async Task OfferOfANewConnection_ReplacesTheOldTransports()
    {
        using var client = await OpenAsync("host:ann", "A");
        await client.RequestAsync("join", Join(1));
        await client.RequestAsync("offer", Offer(2));
        Assert.Equal(2, Sfu.Opened.Count);
        Assert.Equal([Sfu.Opened.First().TransportId, Sfu.Subscribers.First().TransportId], Sfu.Closed.Select(closed => closed.TransportId));
    }

    [Fact]
    public async Task RoleChanges_PoliciesFollowLiveAndAViewerWithoutMediaGetsItWithItsFirstOffer()
    {
        using var host = await OpenAsync("host:ann", "A");
        await host.RequestAsync("join", Join(1));
        using var viewer = await SocketClient.JoinAsync(_host!, "hls:bob", "B");
        await host.RequestAsync("role-change-request", """{"requested_for":"B","role":"stage","force":true}""");
        await viewer.UntilAsync("on-policy-change");
        Assert.Equal("answer", (string?)(await viewer.RequestAsync("offer", Offer(5)))["result"]!["type"]);
        Assert.Equal("n1", (string?)(await viewer.UntilAsync("node-info"))["sfu_node_id"]);
        await viewer.UntilAsync("offer");
        Assert.Equal(("B", "stage"), (Sfu.Opened.Last().PeerId, Sfu.Opened.Last().Role));

        await host.RequestAsync("role-change-request", """{"requested_for":"B","role":"hls","force":true}""");
        await viewer.UntilAsync("on-policy-change");
        await AnswerAsync(viewer);
        await viewer.UntilAsync("offer");
        var policies = Sfu.Policies.ToArray();
        Assert.Equal((Sfu.Opened.Last().TransportId, false, false), (policies[0].TransportId, policies[0].Publish.Audio, policies[0].Publish.Video));
        Assert.Empty(policies[1].Subscribe.FromRoles);
    }

    [Fact]
    public async Task RoleChange_ThatTheMediaServerDoesNotTake_IsRepeatedAsTheRoleOfThen()
    {
        using var host = await OpenAsync("host:ann", "A");
        using var guest = await SocketClient.JoinAsync(_host!, "host:bob", "B");
        await guest.RequestAsync("offer", Offer(5));
        Sfu.Hiccups.Enqueue(new ControlException(ControlError.Unavailable, "away"));
        await host.RequestAsync("join", Join(1));
        await host.RequestAsync("role-change-request", """{"requested_for":"B","role":"hls","force":true}""");
        await guest.UntilAsync("on-policy-change");
        for (var i = 0; i < 2; i++) Assert.True(await Sfu.PolicyChanges.WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.Equal([("hls", false), ("hls", false)], Sfu.Policies.Select(policy => (policy.Role, policy.Publish?.Audio ?? false)));
        Assert.Empty(Sfu.Hiccups);
    }

    [Fact]
    public async Task PeerIsRemoved_WhileTheMediaServerIsAway_ItsTransportsAreClosedLater()
    {
        using var client = await OpenAsync("host:ann", "A");
        await client.RequestAsync("join", Join(1));
        Sfu.Hiccups.Enqueue(new ControlException(ControlError.Unavailable, "away"));
        await client.RequestAsync("leave");
        for (var i = 0; i < 2; i++) Assert.True(await Sfu.Closes.WaitAsync(TimeSpan.FromSeconds(60)));
        // The one that failed comes last.
        Assert.Equal([Sfu.Subscribers.Single().TransportId, Sfu.Opened.Single().TransportId], Sfu.Closed.Select(closed => closed.TransportId));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task TransportOfAProcessThatIsGone_IsClosedWhenItsPeerDoesNotComeBack(bool ofPeer)
    {
        var clock = new TestClock();
        using var client = await OpenAsync("host:ann", "A", clock);
        await client.RequestAsync("join", Join(1));
        var before = Sfu.Opened.Single();
        Sfu.Report(new RoomEvent
        {
            RoomId = "r1",
            TransportChanged = new TransportChanged { TransportId = "old", PeerId = "M", State = TransportState.Connected, OfPeer = ofPeer },
        });
        Report(before.TransportId, TransportState.Connected);
        clock.Advance(TimeSpan.FromSeconds(89));
        Assert.Empty(Sfu.Closed);
        clock.Advance(TimeSpan.FromSeconds(1));
        if (ofPeer)
        {
            Assert.True(await Sfu.Closes.WaitAsync(TimeSpan.FromSeconds(60)));
            Assert.Equal(("old", "r1", true), (Sfu.Closed.Single().TransportId, Sfu.Closed.Single().RoomId, Sfu.Closed.Single().UnlessWatched));
        }
        else Assert.Empty(Sfu.Closed);
    }

    [Fact]
    public async Task TransportThatClosesMeanwhile_IsNobodysConcern()
    {
        var clock = new TestClock();
        using var client = await OpenAsync("host:ann", "A", clock);
        await client.RequestAsync("join", Join(1));
        foreach (var state in new[] { TransportState.Connected, TransportState.Closed })
            Sfu.Report(new RoomEvent { RoomId = "r1", TransportChanged = new TransportChanged { TransportId = "old", PeerId = "M", State = state, OfPeer = true } });
        clock.Advance(TimeSpan.FromSeconds(120));
        Assert.Empty(Sfu.Closed);
    }

    [Fact]
    public async Task SocketIsReplaced_UnansweredOfferIsMadeAgain()
    {
        using var client = await OpenAsync("viewer:vic", "V");
        await client.RequestAsync("join", Join(1));
        await client.UntilAsync("offer");
        client.Abort();
        using var again = await SocketClient.OpenAsync(_host!, "viewer:vic", "V");
        Assert.Equal("v=0 offer 1", (string?)(await again.UntilAsync("offer"))["sdp"]);
    }

    [Fact]
    public async Task Speakers_PeersOfTheRoomAreTold()
    {
        using var client = await OpenAsync("host:ann", "A");
        await client.RequestAsync("join", Join(1));
        var speakers = new ActiveSpeakers { Speakers = { new Speaker { PeerId = "A", TrackId = "mic", Level = 60 }, new Speaker { PeerId = "whip", TrackId = "x", Level = 50 } } };
        Sfu.Report(new RoomEvent { RoomId = "r1", ActiveSpeakers = speakers });
        var told = Assert.Single((await client.UntilAsync("active-speakers"))["speaker-list"]!.AsArray())!;
        Assert.Equal(("A", "mic", 60), ((string?)told["peer_id"], (string?)told["track_id"], (int)told["level"]!));
    }

    [Fact]
    public async Task Leave_ClosesBothTransports()
    {
        using var client = await OpenAsync("host:ann", "A");
        await client.RequestAsync("join", Join(1));
        var unwatched = Sfu.Unwatched("r1");
        await client.RequestAsync("leave");
        await unwatched.WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Theory]
    [InlineData("answer", """{"desc":{"type":"answer","sdp":"v=0"}}""")]
    [InlineData("trickle", """{"target":0,"candidate":{"candidate":"candidate:1"}}""")]
    public async Task WithoutConnections_AnswerAndTrickle_AreWarnedOf(string method, string parameters)
    {
        _host = await SignallingHost.StartAsync();
        using var client = await SocketClient.JoinAsync(_host, "host:ann", "A");
        await client.SendAsync($$"""{"method":"{{method}}","params":{{parameters}}}""");
        Assert.Equal(409, (int)(await client.UntilAsync("on-warning"))["code"]!);
    }

    [Theory]
    [InlineData(ControlError.InvalidArgument, 400)]
    [InlineData(ControlError.AlreadyExists, 409)]
    [InlineData(ControlError.ResourceExhausted, 429)]
    [InlineData(ControlError.Unavailable, 503)]
    public async Task Join_MediaServerRefuses_IsToldWhyAndMayJoinWithout(ControlError failure, int code)
    {
        using var client = await OpenAsync("host:ann", "A");
        Sfu.Failure = new ControlException(failure, "no");
        Assert.Equal(code, (int)(await client.RequestAsync("join", Join(1)))["error"]!["code"]!);
        Sfu.Failure = null;
        Assert.NotNull((await client.RequestAsync("join", """{"name":"a"}"""))["result"]);
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is not null) await _host.DisposeAsync();
    }

    private static string Sdp(int session) => $"v=0\r\no=- {session} 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n";

    private static string Join(int session) => $$$"""{"name":"a","data":"","offer":{"type":"offer","sdp":{{{JsonSerializer.Serialize(Sdp(session))}}} }}""";

    private static string Offer(int session, string tracks = "{}") =>
        $$$"""{"desc":{"type":"offer","sdp":{{{JsonSerializer.Serialize(Sdp(session))}}} },"tracks":{{{tracks}}} }""";

    private async Task<SocketClient> OpenAsync(string token, string peer, TimeProvider? time = null)
    {
        _host = await SignallingHost.StartAsync(time: time, configureRooms: rooms => rooms.SilenceTimeout = time is null ? rooms.SilenceTimeout : TimeSpan.FromMinutes(10));
        Sfu.NextOffer = _ => $"v=0 offer {Interlocked.Increment(ref _offers)}";
        var client = await SocketClient.OpenAsync(_host, token, peer);
        await client.UntilAsync("on-policy-change");
        return client;
    }

    // An answer, and proof that it was taken.
    private async Task AnswerAsync(SocketClient client)
    {
        var before = Sfu.Answers.Count;
        await client.RequestAsync("answer", """{"desc":{"type":"answer","sdp":"v=0 answer"}}""");
        Assert.Equal(before + 1, Sfu.Answers.Count);
    }

    private void Publish(string role, string track) =>
        Sfu.Report(new RoomEvent { RoomId = "r1", TrackPublished = new Track { RoomId = "r1", PeerId = "P", Role = role, TrackId = track } });

    private void Report(string transportId, TransportState state) =>
        Sfu.Report(new RoomEvent { RoomId = "r1", TransportChanged = new TransportChanged { TransportId = transportId, State = state, Reason = "test" } });
}
