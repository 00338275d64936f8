using System.Net;
using LiveStream.Contracts.Sfu.V1;
using LiveStream.Signalling.Tests.Fakes;

namespace LiveStream.Signalling.Tests.Sessions;

public sealed class SessionLifetimeTests
{
    [Fact]
    public async Task TransportClosedBySfu_RemovesTheSession()
    {
        await using var host = await SignallingHost.StartAsync();
        var (path, _) = await host.OpenAsync();

        host.Sfu.Report(host.Sfu.Opened.Single(), TransportState.Closed);
        Assert.Equal(0, host.Sessions.Count);

        using var reply = await host.SendAsync(HttpMethod.Delete, path, "host:ann");
        Assert.Equal(HttpStatusCode.NotFound, reply.StatusCode);
        Assert.Empty(host.Sfu.Closed);
        await host.Sfu.Unwatched("r1");
    }

    [Fact]
    public async Task TransportClosedBeforeItsAnswer_IsNotHandedOut()
    {
        await using var host = await SignallingHost.StartAsync();
        host.Sfu.OnOpen = transport => host.Sfu.Report(transport, TransportState.Closed);

        using var reply = await host.PostAsync("/whip/r1", "host:ann");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, reply.StatusCode);
        Assert.Equal(0, host.Sessions.Count);
        Assert.Single(host.Sfu.Closed);
        await host.Sfu.Unwatched("r1");
    }

    [Fact]
    public async Task RoomEnds_WhileTheMediaServerHangs_AllSessionsAreClosedAtOnce()
    {
        await using var host = await SignallingHost.StartAsync();
        for (var i = 0; i < 20; i++) await host.OpenAsync("/whep/r1", "viewer:bob");
        var answers = new TaskCompletionSource();
        host.Sfu.UntilCloses = answers.Task;

        var closing = host.Sessions.CloseRoomAsync("r1", "over");
        for (var i = 0; i < 20; i++) Assert.True(await host.Sfu.CloseTries.WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.False(closing.IsCompleted);
        Assert.Equal(0, host.Sessions.Count);

        answers.SetResult();
        await closing.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(20, host.Sfu.Closed.Count);
    }

    [Fact]
    public async Task SessionsThatTheMediaServerDoesNotTellOfAgain_AreOver()
    {
        await using var host = await SignallingHost.StartAsync(o => o.MaxSessionsPerRoom = 2);
        await host.OpenAsync();
        await host.OpenAsync("/whep/r1", "viewer:bob");
        var kept = host.Sfu.Opened.First();
        await host.Sfu.BreakAsync("r1");
        // Nothing is over before everything is told.
        Assert.Equal(2, host.Sessions.Count);
        host.Sfu.Report(kept, TransportState.Connected);
        host.Sfu.Report(new RoomEvent { RoomId = "r1" });

        Assert.Equal(1, host.Sessions.Count);
        Assert.True(await host.Sfu.Closes.WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.NotEqual(kept.TransportId, host.Sfu.Closed.Single().TransportId);
        // Its place is free.
        await host.OpenAsync("/whep/r1", "viewer:cid");
    }

    [Fact]
    public async Task PeerAwayPastTheGrace_EndsTheSession()
    {
        var time = new ManualTime();
        await using var host = await SignallingHost.StartAsync(o => o.DisconnectedGrace = TimeSpan.FromSeconds(30), time);
        await host.OpenAsync();
        await host.OpenAsync("/whep/r1", "viewer:bob");
        var publisher = host.Sfu.Opened.First();

        host.Sfu.Report(publisher, TransportState.Disconnected);
        time.Now += TimeSpan.FromSeconds(29);
        await host.Sessions.CloseOverdueAsync();
        Assert.Equal(2, host.Sessions.Count);

        time.Now += TimeSpan.FromSeconds(1);
        await host.Sessions.CloseOverdueAsync();
        Assert.Equal(1, host.Sessions.Count);
        Assert.Equal(publisher.TransportId, Assert.Single(host.Sfu.Closed).TransportId);
    }

    [Fact]
    public async Task PeerBackWithinTheGrace_KeepsTheSession()
    {
        var time = new ManualTime();
        await using var host = await SignallingHost.StartAsync(time: time);
        await host.OpenAsync();
        var publisher = host.Sfu.Opened.Single();

        host.Sfu.Report(publisher, TransportState.Disconnected);
        host.Sfu.Report(publisher, TransportState.Connected);
        time.Now += TimeSpan.FromHours(1);
        await host.Sessions.CloseOverdueAsync();

        Assert.Equal(1, host.Sessions.Count);
    }

    [Fact]
    public async Task SessionsOfOneRoom_ShareOneWatch()
    {
        await using var host = await SignallingHost.StartAsync();
        var first = await host.OpenAsync();
        var second = await host.OpenAsync("/whep/r1", "viewer:bob");
        await host.OpenAsync("/whep/r2", "viewer:bob");
        Assert.Equal(["r1", "r2"], host.Sfu.WatchedRooms.Order());

        using var one = await host.SendAsync(HttpMethod.Delete, first.Path, "host:ann");
        Assert.Contains("r1", host.Sfu.WatchedRooms);
        using var two = await host.SendAsync(HttpMethod.Delete, second.Path, "viewer:bob");

        await host.Sfu.Unwatched("r1");
        Assert.Equal(["r2"], host.Sfu.WatchedRooms);
    }

    [Fact]
    public async Task Shutdown_ClosesEveryTransport()
    {
        await using var host = await SignallingHost.StartAsync();
        await host.OpenAsync();
        await host.OpenAsync("/whep/r2", "viewer:bob");

        await host.StopAsync();

        Assert.Equal(
            host.Sfu.Opened.Select(o => o.TransportId).Order(), host.Sfu.Closed.Select(c => c.TransportId).Order());
    }
}
