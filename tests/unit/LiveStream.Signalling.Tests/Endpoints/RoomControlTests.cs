using LiveStream.Contracts;
using LiveStream.Contracts.RoomControl.V1;
using LiveStream.Signalling.Tests.Fakes;

namespace LiveStream.Signalling.Tests.Endpoints;

/// <summary>What servers do in a room that people are in.</summary>
public sealed class RoomControlTests
{
    [Fact]
    public async Task RoomThatNobodyIsIn_IsNotActive()
    {
        await using var host = await SignallingHost.StartAsync();
        await RefusedAsync(ControlError.NotFound, () => host.Control.GetActiveRoomAsync(new GetActiveRoomRequest { RoomId = "r1" }, default));
        // A preview is not in the room yet.
        using var preview = await SocketClient.OpenAsync(host, "hls:ann", "A");
        await preview.UntilAsync("room-state");
        await RefusedAsync(ControlError.NotFound, () => host.Control.EndRoomAsync(new EndRoomRequest { RoomId = "r1" }, default));
    }

    [Fact]
    public async Task Peers_AreListedAndFiltered()
    {
        await using var host = await SignallingHost.StartAsync();
        using var ann = await SocketClient.JoinAsync(host, "host:ann", "A");
        using var bob = await SocketClient.JoinAsync(host, "hls:bob", "B");

        var active = await host.Control.GetActiveRoomAsync(new GetActiveRoomRequest { RoomId = "r1" }, default);
        Assert.Equal(["A", "B"], active.PeerIds);
        Assert.Equal(24, active.SessionId.Length);
        var list = await host.Control.ListPeersAsync(new ListPeersRequest { RoomId = "r1", UserId = "bob" }, default);
        Assert.Equal("hls", Assert.Single(list.Peers).Role);
        Assert.Equal("ann", (await host.Control.GetPeerAsync(new GetPeerRequest { RoomId = "r1", PeerId = "A" }, default)).UserId);
        await RefusedAsync(ControlError.NotFound, () => host.Control.GetPeerAsync(new GetPeerRequest { RoomId = "r1", PeerId = "X" }, default));
    }

    [Fact]
    public async Task Update_MovesThePeerAtOnce()
    {
        await using var host = await SignallingHost.StartAsync();
        using var ann = await SocketClient.JoinAsync(host, "host:ann", "A");
        using var bob = await SocketClient.JoinAsync(host, "hls:bob", "B");
        var request = new UpdatePeerRequest { RoomId = "r1", PeerId = "B", Name = "Bob", Role = "viewer", Metadata = "{}" };
        Assert.Equal("viewer", (await host.Control.UpdatePeerAsync(request, default)).Role);

        Assert.Equal("viewer", (string?)(await bob.UntilAsync("on-policy-change"))["name"]);
        Assert.Equal("Bob", (string?)(await ann.UntilAsync("on-peer-update"))["info"]!["name"]);
        Assert.Equal("viewer", (string?)(await ann.UntilAsync("on-peer-update"))["role"]);
        request.Role = "nobody";
        await RefusedAsync(ControlError.FailedPrecondition, () => host.Control.UpdatePeerAsync(request, default));
        request.Role = "king";
        await RefusedAsync(ControlError.InvalidArgument, () => host.Control.UpdatePeerAsync(request, default));
    }

    [Fact]
    public async Task Message_ComesWithoutASender()
    {
        await using var host = await SignallingHost.StartAsync();
        using var ann = await SocketClient.JoinAsync(host, "host:ann", "A");
        using var bob = await SocketClient.JoinAsync(host, "hls:bob", "B");
        await host.Control.SendMessageAsync(new SendMessageRequest { RoomId = "r1", Message = "for roles", Type = "chat", Role = "hls" }, default);
        await host.Control.SendMessageAsync(new SendMessageRequest { RoomId = "r1", Message = "for all", Type = "chat" }, default);

        Assert.Equal("for roles", (string?)(await bob.UntilAsync("on-broadcast"))["info"]!["message"]);
        var message = await ann.UntilAsync("on-broadcast");
        Assert.Equal("for all", (string?)message["info"]!["message"]);
        Assert.False(message.ContainsKey("peer"));
    }

    [Fact]
    public async Task RemoveAndEnd_SendPeopleAway()
    {
        await using var host = await SignallingHost.StartAsync();
        using var ann = await SocketClient.JoinAsync(host, "host:ann", "A");
        using var bob = await SocketClient.JoinAsync(host, "hls:bob", "B");
        await host.Control.RemovePeersAsync(new RemovePeersRequest { RoomId = "r1", Role = "hls", Reason = "quiet" }, default);
        Assert.Equal("quiet", (string?)(await bob.UntilAsync("on-peer-leave-request"))["reason"]);
        Assert.Equal("B", (string?)(await ann.UntilAsync("on-peer-leave"))["peer_id"]);
        await RefusedAsync(ControlError.InvalidArgument, () => host.Control.RemovePeersAsync(new RemovePeersRequest { RoomId = "r1" }, default));

        await host.Control.EndRoomAsync(new EndRoomRequest { RoomId = "r1", Reason = "over" }, default);
        Assert.True((bool)(await ann.UntilAsync("on-peer-leave-request"))["room_end"]!);
        await RefusedAsync(ControlError.NotFound, () => host.Control.GetActiveRoomAsync(new GetActiveRoomRequest { RoomId = "r1" }, default));
    }

    [Fact]
    public async Task EndWithLock_TurnsThePreviewAway()
    {
        await using var host = await SignallingHost.StartAsync();
        using var ann = await SocketClient.JoinAsync(host, "host:ann", "A");
        using var preview = await SocketClient.OpenAsync(host, "hls:bob", "B");
        await preview.UntilAsync("room-state");
        await host.Control.EndRoomAsync(new EndRoomRequest { RoomId = "r1", Lock = true }, default);
        Assert.Equal(410, (int)(await preview.UntilAsync("on-error"))["code"]!);
    }

    [Fact]
    public async Task EndWithLock_WhereOnlyAnEncoderPublishes_TurnsThePreviewAwayToo()
    {
        await using var host = await SignallingHost.StartAsync();
        await host.OpenAsync();
        using var preview = await SocketClient.OpenAsync(host, "hls:bob", "B");
        await preview.UntilAsync("room-state");
        await host.Control.EndRoomAsync(new EndRoomRequest { RoomId = "r1", Lock = true }, default);
        Assert.Equal(410, (int)(await preview.UntilAsync("on-error"))["code"]!);
        Assert.True(await host.Sfu.Closes.WaitAsync(TimeSpan.FromSeconds(60)));
    }

    [Fact]
    public async Task End_EndsWhipAndWhepSessions_WhetherSomebodyHasJoinedOrNot()
    {
        await using var host = await SignallingHost.StartAsync();
        await host.OpenAsync();
        await host.Control.EndRoomAsync(new EndRoomRequest { RoomId = "r1" }, default);
        Assert.Equal(0, host.Sessions.Count);
        await RefusedAsync(ControlError.NotFound, () => host.Control.EndRoomAsync(new EndRoomRequest { RoomId = "r1" }, default));

        var (path, _) = await host.OpenAsync();
        using var ann = await SocketClient.JoinAsync(host, "host:ann", "A");
        await host.Control.EndRoomAsync(new EndRoomRequest { RoomId = "r1" }, default);
        await ann.UntilAsync("on-peer-leave-request");
        // That of the first session was waited for by the call itself.
        for (var i = 0; i < 2; i++) Assert.True(await host.Sfu.Closes.WaitAsync(TimeSpan.FromSeconds(60)));
        using var gone = await host.SendAsync(HttpMethod.Delete, path, "host:ann");
        Assert.Equal(System.Net.HttpStatusCode.NotFound, gone.StatusCode);
    }

    private static async Task RefusedAsync(ControlError error, Func<Task> call) => Assert.Equal(error, (await Assert.ThrowsAsync<ControlException>(call)).Error);
}
