using System.Net.WebSockets;
using System.Text.Json.Nodes;

using LiveStream.Contracts.Rooms.V1;
using LiveStream.Signalling.Tests.Fakes;
using LiveStream.Signalling.Tests.Room;

namespace LiveStream.Signalling.Tests.Endpoints;

/// <summary>The WebSocket over loopback, HLS viewers' whole stay included.</summary>
public sealed class SocketTests
{
    [Fact]
    public async Task HlsViewer_JoinsChatsAndWatches()
    {
        await using var host = await SignallingHost.StartAsync();
        using var broadcaster = await SocketClient.JoinAsync(host, "host:ann", "A");
        using var viewer = await SocketClient.JoinAsync(host, "hls:bob", "B");
        Assert.Equal("B", (string?)(await broadcaster.UntilAsync("on-peer-join"))["peer_id"]);

        Assert.Equal("{}", (await broadcaster.RequestAsync("hls-start"))["result"]!.ToJsonString());
        Assert.Equal("r1", Assert.Single(host.LiveRooms.Started).RoomId);
        host.LiveRooms.Report(Streams.Of("s1", RoomStreamState.Starting));
        Assert.Equal("initialised", (string?)(await viewer.UntilAsync("on-hls-update"))["variants"]![0]!["state"]);
        host.LiveRooms.Report(Streams.Of("s1", RoomStreamState.Running));
        Assert.EndsWith("m3u8", (string?)(await viewer.UntilAsync("on-hls-update"))["variants"]![0]!["url"], StringComparison.Ordinal);

        Assert.NotNull((await viewer.RequestAsync("broadcast", """{"info":{"message":"hello","type":"chat"}}"""))["result"]!["message_id"]);
        Assert.Equal("hello", (string?)(await broadcaster.UntilAsync("on-broadcast"))["info"]!["message"]);
        await viewer.RequestAsync("group-join", """{"name":"_handraise"}""");
        Assert.Equal("_handraise", (string?)(await viewer.UntilAsync("on-peer-update"))["groups"]![0]);

        await broadcaster.RequestAsync("role-change-request", """{"requested_for":"B","role":"viewer","force":true}""");
        Assert.Equal("viewer", (string?)(await viewer.UntilAsync("on-policy-change"))["name"]);
        await broadcaster.RequestAsync("end-room", """{"lock":true,"reason":"over"}""");
        Assert.True((bool)(await viewer.UntilAsync("on-peer-leave-request"))["room_end"]!);
    }

    [Fact]
    public async Task Ping_IsAnsweredBeforeJoining()
    {
        await using var host = await SignallingHost.StartAsync();
        using var client = await SocketClient.OpenAsync(host, "hls:ann", "A");
        Assert.Equal(7, (int)(await client.RequestAsync("ping", """{"timestamp":7}"""))["result"]!["timestamp"]!);
    }

    [Theory]
    [InlineData("broken", 401)]
    [InlineData("hls:ann:r9", 404)]
    public async Task BadToken_IsToldOverTheSocketAndClosed(string token, int code)
    {
        await using var host = await SignallingHost.StartAsync();
        using var client = await SocketClient.OpenAsync(host, token, "A");
        Assert.Equal(code, (int)(await client.UntilAsync("on-error"))["code"]!);
        await client.UntilClosedAsync();
        Assert.Equal(WebSocketCloseStatus.PolicyViolation, client.CloseStatus);
    }

    [Fact]
    public async Task TokenOfAnotherRoom_LeadsToThatRoomOnly()
    {
        await using var host = await SignallingHost.StartAsync();
        using var here = await SocketClient.JoinAsync(host, "hls:ann:r1", "A");
        using var there = await SocketClient.JoinAsync(host, "host:bob:r2", "B");
        Assert.Equal(404, (int)(await there.RequestAsync("peer-leave-request", """{"requested_for":"A","reason":""}"""))["error"]!["code"]!);
        Assert.Equal(404, (int)(await there.RequestAsync("get-peer", """{"peer_id":"A"}"""))["error"]!["code"]!);
        Assert.NotNull((await here.RequestAsync("ping", """{"timestamp":1}"""))["result"]);
    }

    [Fact]
    public async Task ExpiredToken_IsGoodForComingBack_AndForNothingElse()
    {
        await using var host = await SignallingHost.StartAsync();
        using var first = await SocketClient.JoinAsync(host, "hls:ann", "A");
        host.Rooms.Expired.Add("hls:ann");
        first.Abort();
        using var second = await SocketClient.OpenAsync(host, "hls:ann", "A");
        await second.UntilAsync("peer-list");
        using var other = await SocketClient.OpenAsync(host, "hls:ann", "B");
        Assert.Equal(401, (int)(await other.UntilAsync("on-error"))["code"]!);
    }

    [Fact]
    public async Task SamePeerIdWithAnotherToken_IsTurnedAway()
    {
        await using var host = await SignallingHost.StartAsync();
        using var ann = await SocketClient.JoinAsync(host, "hls:ann", "A");
        using var thief = await SocketClient.OpenAsync(host, "hls:eve", "A");
        Assert.Equal(409, (int)(await thief.UntilAsync("on-error"))["code"]!);
        Assert.NotNull((await ann.RequestAsync("ping", """{"timestamp":1}"""))["result"]);
    }

    [Fact]
    public async Task NotJson_ClosesTheSocketWithAReason_AndTheRoomDoesNotNotice()
    {
        await using var host = await SignallingHost.StartAsync();
        using var good = await SocketClient.JoinAsync(host, "host:ann", "A");
        using var bad = await SocketClient.JoinAsync(host, "hls:eve", "B");
        await bad.SendAsync("hello?");
        await bad.UntilClosedAsync();

        Assert.Equal((WebSocketCloseStatus.InvalidPayloadData, "a frame is not JSON"), (bad.CloseStatus, bad.CloseReason));
        Assert.NotNull((await good.RequestAsync("peer-update", """{"name":"Ann"}"""))["result"]);
    }

    [Fact]
    public async Task MegabyteFrame_IsRefusedWithAReason()
    {
        await using var host = await SignallingHost.StartAsync();
        using var bad = await SocketClient.JoinAsync(host, "hls:eve", "B");
        await bad.SendAsync("{\"method\":\"analytics\",\"params\":{\"x\":\"" + new string('x', 1_000_000) + "\"}}");
        await bad.UntilClosedAsync();
        Assert.Equal(WebSocketCloseStatus.MessageTooBig, bad.CloseStatus);
        Assert.Contains("larger", bad.CloseReason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LargeFrameWithinTheLimit_IsTaken()
    {
        await using var host = await SignallingHost.StartAsync();
        using var client = await SocketClient.JoinAsync(host, "hls:ann", "A");
        var reply = await client.RequestAsync("set-metadata", "{\"key\":\"k\",\"data\":\"" + new string('x', 60_000) + "\"}");
        Assert.Equal(60_000, ((string)reply["result"]!["data"]!).Length);
    }

    [Fact]
    public async Task BinaryFrame_IsRefused()
    {
        await using var host = await SignallingHost.StartAsync();
        using var client = await SocketClient.JoinAsync(host, "hls:ann", "A");
        await client.SendAsync("""{"method":"ping"}""", WebSocketMessageType.Binary);
        await client.UntilClosedAsync();
        Assert.Equal(WebSocketCloseStatus.InvalidMessageType, client.CloseStatus);
    }

    [Theory]
    [InlineData("""{"method":"peer-update","params":{"name":"x"}}""", "needs an id")]
    [InlineData("""{"params":{}}""", "no method")]
    [InlineData("""{"method":"ping","id":{}}""", "an id is")]
    [InlineData("""{"method":"nothing"}""", "unknown method")]
    [InlineData("[1]", "no JSON object")]
    public async Task BrokenFrames_AreWarnedOf_AndTheSocketGoesOn(string frame, string text)
    {
        await using var host = await SignallingHost.StartAsync();
        using var client = await SocketClient.JoinAsync(host, "hls:ann", "A");
        await client.SendAsync(frame);
        Assert.Contains(text, (string?)(await client.UntilAsync("on-warning"))["message"], StringComparison.Ordinal);
        Assert.NotNull((await client.RequestAsync("ping"))["result"]);
    }

    [Theory]
    [InlineData("nothing", "{}", 404)]
    [InlineData("poll-start", "{}", 405)]
    [InlineData("broadcast", """{"info":7}""", 400)]
    public async Task RefusedRequests_AreAnsweredWithTheirId(string method, string parameters, int code)
    {
        await using var host = await SignallingHost.StartAsync();
        using var client = await SocketClient.JoinAsync(host, "hls:ann", "A");
        Assert.Equal(code, (int)(await client.RequestAsync(method, parameters))["error"]!["code"]!);
    }

    [Fact]
    public async Task RepeatedId_IsRefusedTheSecondTime_AndNotDoneTwice()
    {
        await using var host = await SignallingHost.StartAsync();
        using var ann = await SocketClient.JoinAsync(host, "hls:ann", "A");
        using var bob = await SocketClient.JoinAsync(host, "hls:bob", "B");
        for (var i = 0; i < 2; i++) await bob.SendAsync("""{"method":"broadcast","params":{"info":{"message":"once"}},"id":"same"}""");
        await bob.UntilAsync("on-warning");
        await bob.RequestAsync("broadcast", """{"info":{"message":"last"}}""");

        Assert.Equal("once", (string?)(await ann.UntilAsync("on-broadcast"))["info"]!["message"]);
        Assert.Equal("last", (string?)(await ann.UntilAsync("on-broadcast"))["info"]!["message"]);
    }

    [Fact]
    public async Task Flood_IsAnswered429_ThenClosed_AndTheRoomDoesNotNotice()
    {
        await using var host = await SignallingHost.StartAsync(configureRooms: rooms => (rooms.MessageBurst, rooms.MessagesPerSecond, rooms.MaxRefusedMessages) = (20, 1, 50));
        using var good = await SocketClient.JoinAsync(host, "host:ann", "A");
        using var bad = await SocketClient.JoinAsync(host, "hls:eve", "B");
        for (var i = 0; i < 19; i++) await bad.RequestAsync("get-metadata");
        Assert.Equal(429, (int)(await bad.RequestAsync("get-metadata"))["error"]!["code"]!);
        for (var i = 0; i < 60; i++) await bad.SendAsync("""{"method":"get-metadata","id":"x"}""");
        await bad.UntilClosedAsync();

        Assert.Equal((WebSocketCloseStatus.PolicyViolation, "too many messages"), (bad.CloseStatus, bad.CloseReason));
        Assert.NotNull((await good.RequestAsync("peer-update", """{"name":"Ann"}"""))["result"]);
    }

    [Fact]
    public async Task SilentSocket_IsLost_AndThePeerStaysForItsGrace()
    {
        await using var host = await SignallingHost.StartAsync(configureRooms: rooms =>
            (rooms.SilenceTimeout, rooms.ReconnectGrace) = (TimeSpan.FromSeconds(2), TimeSpan.Zero));
        using var ann = await SocketClient.JoinAsync(host, "host:ann", "A");
        using var silent = await SocketClient.JoinAsync(host, "hls:bob", "B");
        using var pings = new PeriodicTimer(TimeSpan.FromMilliseconds(500));
        var left = ann.UntilAsync("on-peer-leave");
        while (!left.IsCompleted && await pings.WaitForNextTickAsync()) await ann.SendAsync("""{"method":"ping","params":{},"id":"p"}""");
        Assert.Equal("B", (string?)(await left)["peer_id"]);
    }

    [Fact]
    public async Task ProperClose_IsToldAtOnce()
    {
        await using var host = await SignallingHost.StartAsync();
        using var ann = await SocketClient.JoinAsync(host, "host:ann", "A");
        using var bob = await SocketClient.JoinAsync(host, "hls:bob", "B");
        Assert.Equal((1, 2), host.Counts);
        await bob.CloseAsync();
        Assert.Equal("B", (string?)(await ann.UntilAsync("on-peer-leave"))["peer_id"]);
    }

    [Fact]
    public async Task SlowClient_IsDropped_AndTheOthersGoOn()
    {
        await using var host = await SignallingHost.StartAsync(configureRooms: rooms =>
            (rooms.MaxQueuedMessages, rooms.MaxQueuedBytes, rooms.ReconnectGrace, rooms.MessageBurst) = (16, 1_000_000, TimeSpan.Zero, 100_000));
        using var ann = await SocketClient.JoinAsync(host, "host:ann", "A");
        using var bob = await SocketClient.JoinAsync(host, "hls:bob", "B");
        using var slow = await SocketClient.JoinAsync(host, "hls:eve", "C");
        // Nobody reads what is sent to C; the sockets' own buffers take the first megabytes. B reads each message before the next
        // is sent: it is never the slow one.
        var text = new string('x', 15_000);
        JsonObject? left = null;
        for (var i = 0; left is null && i < 20_000; i++)
        {
            Assert.NotNull((await ann.RequestAsync("broadcast", "{\"info\":{\"message\":\"" + text + "\"}}"))["result"]);
            while (await bob.NextAsync() is var next && (string?)next["method"] != "on-broadcast" && left is null)
            {
                if ((string?)next["method"] == "on-peer-leave") left = next["params"]!.AsObject();
            }
        }

        Assert.Equal("C", (string?)left?["peer_id"]);
    }

    [Fact]
    public async Task TooManySockets_AreRefused()
    {
        await using var host = await SignallingHost.StartAsync(configureRooms: rooms => rooms.MaxSockets = 1);
        using var ann = await SocketClient.JoinAsync(host, "host:ann", "A");
        await Assert.ThrowsAsync<WebSocketException>(() => SocketClient.OpenAsync(host, "hls:bob", "B"));
        using var init = await host.SendAsync(HttpMethod.Get, "/init?peer_id=B", "hls:bob");
        Assert.Equal(503, (int)init.StatusCode);
    }

    [Fact]
    public async Task EmptyRoom_IsForgotten()
    {
        await using var host = await SignallingHost.StartAsync();
        using var ann = await SocketClient.JoinAsync(host, "host:ann", "A");
        Assert.Equal(1, host.RoomCount);
        await ann.SendAsync("""{"method":"leave","params":{}}""");
        await ann.UntilClosedAsync();
        await host.UntilForgottenAsync("r1");
        Assert.Equal(0, host.RoomCount);
    }

    [Fact]
    public async Task Sessions_AreReportedInOrder_AlsoWhenRoomsWasAway()
    {
        await using var host = await SignallingHost.StartAsync();
        host.LiveRooms.FailingReports = 1;
        using var ann = await SocketClient.JoinAsync(host, "host:ann", "A");
        using var bob = await SocketClient.JoinAsync(host, "hls:bob", "B");
        await ann.RequestAsync("role-change-request", """{"requested_for":"B","role":"viewer","force":true}""");
        await bob.SendAsync("""{"method":"leave","params":{}}""");
        await bob.UntilClosedAsync();
        await ann.SendAsync("""{"method":"leave","params":{}}""");

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var reports = new List<SessionReport>();
        while (reports.Count < 7) reports.Add(await host.LiveRooms.Reports.Reader.ReadAsync(limit.Token));
        Assert.Equal(
            "Began PeerJoined PeerJoined PeerChanged PeerLeft PeerLeft Ended", string.Join(' ', reports.Select(report => report.WhatCase)));
        Assert.Equal(("B", "viewer", "bob"), (reports[4].PeerLeft.PeerId, reports[4].PeerLeft.Role, reports[4].PeerLeft.UserId));
        Assert.Matches("^[0-9a-f]{24}$", Assert.Single(reports.Select(report => report.SessionId).Distinct()));
    }

    [Fact]
    public async Task NamesAndRefusals_AreReported()
    {
        await using var host = await SignallingHost.StartAsync();
        using var ann = await SocketClient.JoinAsync(host, "host:ann", "A");
        using var bob = await SocketClient.JoinAsync(host, "hls:bob", "B");
        await bob.RequestAsync("peer-update", """{"name":"Robert","data":"x"}""");
        await ann.RequestAsync("role-change-request", """{"requested_for":"B","role":"nobody","force":true}""");
        using var carl = await SocketClient.OpenAsync(host, "nobody:carl", "C");
        await carl.RequestAsync("join", """{"name":"Carl","data":"y"}""");
        using var twin = await SocketClient.OpenAsync(host, "hls:dan", "B");
        await twin.UntilClosedAsync();
        await carl.SendAsync("""{"method":"leave","params":{}}""");
        await carl.UntilClosedAsync();

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var reports = new List<SessionReport>();
        while (reports.Count < 8) reports.Add(await host.LiveRooms.Reports.Reader.ReadAsync(limit.Token));
        Assert.Equal(("B", "Robert", "hls"), (reports[3].PeerChanged.PeerId, reports[3].PeerChanged.Name, reports[3].PeerChanged.Role));
        var role = reports[4].RoleChangeRefused;
        Assert.Equal(
            ("B", "Robert", "x", "hls", "bob", "nobody", "A", "role limit reached"),
            (role.PeerId, role.Name, role.Metadata, role.Role, role.UserId, role.WantedRole, role.RequestedBy, role.Reason));
        Assert.True(role.JoinedAt is not null && role.SessionBeganAt is not null);
        var join = reports[5].JoinRefused;
        Assert.Equal(("C", "Carl", "y", "nobody", "carl", "role limit reached"), (join.PeerId, join.Name, join.Metadata, join.Role, join.UserId, join.Reason));
        Assert.Equal(("B", "dan", "duplicate peer id"), (reports[6].JoinRefused.PeerId, reports[6].JoinRefused.UserId, reports[6].JoinRefused.Reason));
        var leave = reports[7].LeaveRefused;
        Assert.Equal(("C", "Carl", "y", "nobody", "carl", "peer not joined"), (leave.PeerId, leave.Name, leave.Metadata, leave.Role, leave.UserId, leave.Reason));
    }

    [Fact]
    public async Task Shutdown_ClosesSocketsWithAReason()
    {
        await using var host = await SignallingHost.StartAsync();
        using var ann = await SocketClient.JoinAsync(host, "host:ann", "A");
        var closed = ann.UntilClosedAsync();
        await host.StopAsync();
        await closed;
        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, ann.CloseStatus);
    }
}
