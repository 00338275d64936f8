using System.Net;

using Google.Protobuf.WellKnownTypes;

using LiveStream.Contracts;
using LiveStream.Contracts.Packager.V1;
using LiveStream.Contracts.Rooms;
using LiveStream.Contracts.Rooms.V1;
using LiveStream.Contracts.Signalling.V1;
using LiveStream.Rooms.Domain;
using LiveStream.Rooms.Placement;
using LiveStream.Rooms.Sessions;
using LiveStream.Rooms.Storage;
using LiveStream.Rooms.Tests.Http;

using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace LiveStream.Rooms.Tests.Joining;

public sealed class LiveRoomsTestsOnSqlite(RoomsHost host) : LiveRoomsTests(host), IClassFixture<RoomsHost>;

public sealed class LiveRoomsTestsOnPostgres(PostgresRoomsHost host) : LiveRoomsTests(host), IClassFixture<PostgresRoomsHost>;

/// <summary>What signalling asks of rooms while people are in a room.</summary>
public abstract class LiveRoomsTests(RoomsHost host)
{
    private static readonly DateTimeOffset s_at = DateTimeOffset.UnixEpoch.AddDays(20_000);

    private ILiveRooms Live => host.Services.GetRequiredService<ILiveRooms>();

    private string Customer => host.Workspace.CustomerId;

    [Fact]
    public async Task Policy_HasEveryRoleOfTheTemplate()
    {
        var policy = await Live.GetPolicyAsync(new GetPolicyRequest { CustomerId = Customer, RoomId = host.Workspace.RoomId }, default);

        Assert.Equal(5, policy.Roles.Count);
        var broadcaster = policy.Roles["broadcaster"];
        Assert.Equal(["audio", "video", "screen"], broadcaster.Publish);
        Assert.True(broadcaster.Permissions.HlsStreaming && broadcaster.Permissions.EndRoom);
        Assert.Equal(["f", "h", "q"], broadcaster.VideoLayers.Select(layer => layer.Rid));
        var viewer = policy.Roles["viewer-near-realtime"];
        Assert.Empty(viewer.Publish);
        Assert.Empty(viewer.SubscribeToRoles);
        Assert.False(viewer.Permissions.HlsStreaming);
        Assert.True(policy.MaxPeers > 0 && policy.MaxDurationSeconds > 0);
    }

    [Fact]
    public async Task UnknownOrForeignRoom_IsNotFound()
    {
        var other = await host.AddWorkspaceAsync();
        foreach (var (customer, room) in new[] { (Customer, "65f0a1b2c3d4e5f60718293a"), (Customer, "../x"), (other.CustomerId, host.Workspace.RoomId) })
        {
            await NotFoundAsync(() => Live.GetPolicyAsync(new GetPolicyRequest { CustomerId = customer, RoomId = room }, default));
            await NotFoundAsync(() => Live.StartStreamAsync(new StartRoomStreamRequest { CustomerId = customer, RoomId = room }, default));
            await NotFoundAsync(() => Live.LockRoomAsync(new LockRoomRequest { CustomerId = customer, RoomId = room }, default));
        }
    }

    [Fact]
    public async Task Refusals_BecomeEvents()
    {
        var report = new SessionReport
        {
            CustomerId = Customer, RoomId = host.Workspace.RoomId, At = Timestamp.FromDateTimeOffset(s_at),
            JoinRefused = new JoinRefused { PeerId = "p-late", UserId = "u", Name = "Late", Role = "broadcaster", Reason = "role limit reached" },
        };
        await Live.ReportSessionAsync(report, default);
        report.LeaveRefused = new LeaveRefused { PeerId = "p-late", UserId = "u", Name = "Late", Role = "broadcaster", Reason = "peer not joined" };
        await Live.ReportSessionAsync(report, default);
        report.SessionId = "65cc0000000000000000000b";
        report.RoleChangeRefused = new RoleChangeRefused { PeerId = "p-late", Role = "viewer-realtime", WantedRole = "broadcaster", RequestedBy = "p-1", Reason = "role limit reached" };
        await Live.ReportSessionAsync(report, default);

        var events = await host.Services.GetRequiredService<RoomsDatabase>().ReadAsync(
            db => db.Set<EventRow>().Where(row => row.Key == host.Workspace.RoomId).ToListAsync(), default);
        Assert.Equal(
            ["peer.join_failed.v1", "peer.leave_failed.v1", "peer.role_change_failed.v1"],
            events.Where(row => row.Body.Contains("p-late", StringComparison.Ordinal)).Select(row => row.Type).Order());

        report.RoomId = "65f0a1b2c3d4e5f60718293a";
        await NotFoundAsync(() => Live.ReportSessionAsync(report, default));
    }

    [Fact]
    public async Task TimedMetadata_NeedsAStreamAndBounds()
    {
        var request = new InsertRoomTimedMetadataRequest { CustomerId = Customer, RoomId = host.Workspace.RoomId };
        request.Payloads.Add(new TimedPayload { Payload = "goal", DurationSeconds = 5 });
        await NotFoundAsync(() => Live.InsertTimedMetadataAsync(request, default));
        request.Payloads[0].DurationSeconds = 0;
        var error = await Assert.ThrowsAsync<ControlException>(() => Live.InsertTimedMetadataAsync(request, default));
        Assert.Equal(ControlError.InvalidArgument, error.Error);
    }

    [Fact]
    public async Task Stream_IsWatchedFromStartToEnd()
    {
        var room = await AddRoomAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await Live.StartStreamAsync(new StartRoomStreamRequest { CustomerId = Customer, RoomId = room }, limit.Token);
        await using var watch = Live.WatchStreamsAsync(new WatchRoomStreamsRequest { CustomerId = Customer, RoomId = room }, limit.Token)
            .GetAsyncEnumerator(limit.Token);

        var starting = await UntilAsync(watch, RoomStreamState.Starting);
        Assert.Null(starting.StartedAt);
        Assert.StartsWith("http://live.example.test/hls/", starting.Url, StringComparison.Ordinal);
        await host.Packager.ReportAsync(starting.StreamId, StreamState.Running);
        Assert.NotNull((await UntilAsync(watch, RoomStreamState.Running)).StartedAt);

        var again = await Assert.ThrowsAsync<ControlException>(
            () => Live.StartStreamAsync(new StartRoomStreamRequest { CustomerId = Customer, RoomId = room }, limit.Token));
        Assert.Equal(ControlError.AlreadyExists, again.Error);

        await Live.StopStreamsAsync(new StopRoomStreamsRequest { CustomerId = Customer, RoomId = room }, limit.Token);
        await UntilAsync(watch, RoomStreamState.Stopping);
        await host.Packager.ReportAsync(starting.StreamId, StreamState.Stopped);
        await UntilAsync(watch, RoomStreamState.Ended);
        await NotFoundAsync(() => Live.StopStreamsAsync(new StopRoomStreamsRequest { CustomerId = Customer, RoomId = room }, limit.Token));
    }

    [Fact]
    public async Task Stream_KnowsItsSessionAndWhoStartedAndStoppedIt()
    {
        var room = await AddRoomAsync();
        await Live.StartStreamAsync(new StartRoomStreamRequest { CustomerId = Customer, RoomId = room, PeerId = "ann" }, default);
        var id = host.Packager.Started[^1].StreamId;
        // People come after it was asked for.
        var session = ObjectId.New(s_at);
        await Live.ReportSessionAsync(Report(room, session, report => report.Began = new SessionBegun()), default);
        await host.Packager.ReportAsync(id, StreamState.Running);
        await Live.StopStreamsAsync(new StopRoomStreamsRequest { CustomerId = Customer, RoomId = room, PeerId = "bob", RoomEnded = true }, default);
        Assert.Equal((id, "room ended"), (host.Packager.Stopped[^1].StreamId, host.Packager.Stopped[^1].Reason));
        await host.ChangeAsync(async db =>
        {
            var run = await db.LiveStreams.SingleAsync(row => row.Id == id);
            Assert.Equal((session, "ann", "bob"), (run.SessionId, run.StartedBy, run.StoppedBy));
        });
    }

    [Fact]
    public async Task LockedRoom_AdmitsNobody()
    {
        var room = await AddRoomAsync();
        await Live.LockRoomAsync(new LockRoomRequest { CustomerId = Customer, RoomId = room }, default);
        await Live.LockRoomAsync(new LockRoomRequest { CustomerId = Customer, RoomId = room }, default);

        var request = new AuthorizeRequest { Token = host.AuthToken("broadcaster", room) };
        var refusal = await Assert.ThrowsAsync<ControlException>(() => host.Rooms.AuthorizeAsync(request, default));
        Assert.Equal(ControlError.PermissionDenied, refusal.Error);
    }

    [Fact]
    public async Task Session_IsWrittenAsReported_TwiceOrNot()
    {
        var room = await AddRoomAsync();
        var id = ObjectId.New(s_at);
        SessionReport[] reports =
        [
            Report(room, id, report => report.Began = new SessionBegun()),
            Report(room, id, report => report.PeerJoined = new ReportedPeer { PeerId = "A", Name = "Ann", Role = "broadcaster", UserId = "u1" }),
            Report(room, id, report => report.PeerChanged = new ReportedPeer { PeerId = "A", Name = "Ann", Role = "viewer-on-stage" }),
            Report(room, id, report => report.PeerLeft = new ReportedPeer { PeerId = "A" }),
            Report(room, id, report => report.Ended = new SessionEnded()),
        ];
        foreach (var report in reports.Concat(reports)) await Live.ReportSessionAsync(report, default);

        var found = await FindSessionAsync(id);
        Assert.False(found!.Session.Active);
        var peer = Assert.Single(found.Peers);
        Assert.Equal(("Ann", "viewer-on-stage", "u1", (DateTimeOffset?)s_at), (peer.Name, peer.Role, peer.UserId, peer.LeftAt));
    }

    [Fact]
    public async Task SessionThatNobodyEnded_IsClosedByTheNextOne()
    {
        var room = await AddRoomAsync();
        var (first, second) = (ObjectId.New(s_at), ObjectId.New(s_at.AddHours(1)));
        await Live.ReportSessionAsync(Report(room, first, report => report.Began = new SessionBegun()), default);
        await Live.ReportSessionAsync(Report(room, first, report => report.PeerJoined = new ReportedPeer { PeerId = "A", Role = "broadcaster" }), default);
        await Live.ReportSessionAsync(Report(room, second, report => report.Began = new SessionBegun()), default);

        Assert.False((await FindSessionAsync(first))!.Session.Active);
        Assert.NotNull(Assert.Single((await FindSessionAsync(first))!.Peers).LeftAt);
        Assert.True((await FindSessionAsync(second))!.Session.Active);
    }

    [Fact]
    public async Task OpenSession_TellsWhoIsInTheRoom_AndMayComeBackByAToken()
    {
        var room = await AddRoomAsync();
        var request = new GetOpenSessionRequest { CustomerId = Customer, RoomId = room };
        Assert.Equal(new OpenSession(), await Live.GetOpenSessionAsync(request, default));
        var id = ObjectId.New(s_at);
        await Live.ReportSessionAsync(Report(room, id, report => report.Began = new SessionBegun()), default);
        foreach (var (peer, hash) in new[] { ("A", "hash a"), ("B", "hash b"), ("C", "") })
            await Live.ReportSessionAsync(Report(room, id, report => report.PeerJoined = new ReportedPeer { PeerId = peer, Name = "Ann", Role = "broadcaster", UserId = "u1", TokenHash = hash }), default);
        await Live.ReportSessionAsync(Report(room, id, report => report.PeerLeft = new ReportedPeer { PeerId = "B" }), default);
        await Live.ReportSessionAsync(Report(room, id, report => report.PeerChanged = new ReportedPeer { PeerId = "A", Name = "Anna", Role = "viewer-on-stage" }), default);

        var open = await Live.GetOpenSessionAsync(request, default);
        Assert.Equal(id, open.SessionId);
        Assert.Equal(new ReportedPeer { PeerId = "A", Name = "Anna", Role = "viewer-on-stage", UserId = "u1", TokenHash = "hash a" }, Assert.Single(open.Peers));
        await Live.ReportSessionAsync(Report(room, id, report => report.Ended = new SessionEnded()), default);
        Assert.Empty((await Live.GetOpenSessionAsync(request, default)).Peers);
        request.RoomId = "65f0a1b2c3d4e5f60718293a";
        await NotFoundAsync(() => Live.GetOpenSessionAsync(request, default));
    }

    [Fact]
    public async Task SessionOfASignallingNodeThatLostTheRoom_DoesNotBegin_NorEndTheOneThatRuns()
    {
        var room = await AddRoomAsync();
        var hosts = host.Services.GetRequiredService<RoomHosts>();
        await hosts.HearAsync(new SignallingAnnouncement { LeaseId = "lease 1", Capacity = 10, Node = new SignallingNode { NodeId = "n1", ControlAddress = "http://n1", HttpAddress = "http://n1" } }, default);
        Assert.NotNull(await hosts.PlaceAsync(room, default));
        var (first, second) = (ObjectId.New(s_at), ObjectId.New(s_at.AddHours(1)));
        var began = Report(room, first, report => report.Began = new SessionBegun());
        began.LeaseId = "lease 1";
        await Live.ReportSessionAsync(began, default);

        var late = Report(room, second, report => report.Began = new SessionBegun());
        late.LeaseId = "lease 0";
        var refused = await Assert.ThrowsAsync<ControlException>(() => Live.ReportSessionAsync(late, default));
        Assert.Equal(ControlError.FailedPrecondition, refused.Error);
        Assert.True((await FindSessionAsync(first))!.Session.Active);
        Assert.Null(await FindSessionAsync(second));
        // Where nobody has the room, nobody is in the way.
        await hosts.HearAsync(new SignallingAnnouncement { LeaseId = "lease 1", Leaving = true, Node = new SignallingNode() }, default);
        await Live.ReportSessionAsync(late, default);
        Assert.False((await FindSessionAsync(first))!.Session.Active);
        Assert.True((await FindSessionAsync(second))!.Session.Active);
    }

    [Fact]
    public async Task BrokenReports_AreInvalid()
    {
        foreach (var report in new[] { new SessionReport(), Report(host.Workspace.RoomId, "x", _ => { }), Report(host.Workspace.RoomId, ObjectId.New(s_at), _ => { }) })
        {
            var refusal = await Assert.ThrowsAsync<ControlException>(() => Live.ReportSessionAsync(report, default));
            Assert.Equal(ControlError.InvalidArgument, refusal.Error);
        }
    }

    private static async Task<RoomStream> UntilAsync(IAsyncEnumerator<RoomStream> watch, RoomStreamState state)
    {
        // The state of now, and the change that led to it, may both be told.
        while (await watch.MoveNextAsync())
        {
            if (watch.Current.State == state) return watch.Current;
        }

        throw new InvalidOperationException($"The watch ended before {state}.");
    }

    private static async Task NotFoundAsync(Func<Task> call) => Assert.Equal(ControlError.NotFound, (await Assert.ThrowsAsync<ControlException>(call)).Error);

    private Task<SessionView?> FindSessionAsync(string id) => host.Services.GetRequiredService<SessionStore>().FindAsync(Customer, id, default);

    private SessionReport Report(string room, string id, Action<SessionReport> say)
    {
        var report = new SessionReport { CustomerId = Customer, RoomId = room, SessionId = id, At = Timestamp.FromDateTimeOffset(s_at) };
        say(report);
        return report;
    }

    private async Task<string> AddRoomAsync()
    {
        var (status, body) = await host.SendAsync(HttpMethod.Post, "/v2/rooms", host.ManagementToken, "{}");
        Assert.Equal(HttpStatusCode.OK, status);
        return (string)body["id"]!;
    }
}
