using LiveStream.Contracts;
using LiveStream.Contracts.RoomControl.V1;
using LiveStream.Contracts.Signalling.V1;
using LiveStream.Rooms.Domain;
using LiveStream.Rooms.Placement;
using LiveStream.Rooms.Storage;
using LiveStream.Rooms.Tests.History;
using LiveStream.Rooms.Tests.Http;

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace LiveStream.Rooms.Tests.Placement;

public sealed class SignallingNodesTestsOnSqlite(RoomsHost host) : SignallingNodesTests(host), IClassFixture<RoomsHost>;

public sealed class SignallingNodesTestsOnPostgres(PostgresRoomsHost host) : SignallingNodesTests(host), IClassFixture<PostgresRoomsHost>;

/// <summary>Rooms belong to one signalling node each, by the database. Tests share one: each has nodes and rooms of its own.</summary>
public abstract class SignallingNodesTests(RoomsHost host) : IAsyncLifetime, IDisposable
{
    private readonly SteppedTime _time = new();
    private SignallingNodes _nodes = null!;

    private RoomHosts Hosts => host.Services.GetRequiredService<RoomHosts>();

    public async Task InitializeAsync()
    {
        _nodes = new SignallingNodes(Hosts, _time, NullLogger<SignallingNodes>.Instance);
        foreach (var left in await Hosts.ListAsync(default)) await AnnounceAsync(left.NodeId, left.LeaseId, leaving: true);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose()
    {
        _nodes.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Room_GoesToTheLeastLoaded_AndStays()
    {
        await AnnounceAsync("a", peers: 500);
        await AnnounceAsync("b", peers: 100);
        var room = NewRoom();
        Assert.Equal("b", await PlaceAsync(room));
        await AnnounceAsync("b", peers: 900);
        Assert.Equal("b", await PlaceAsync(room));
        Assert.Equal("b", await FindAsync(room));
        Assert.Equal("a", await PlaceAsync(NewRoom()));
    }

    [Fact]
    public async Task RoomsThatComeAtOnce_AreSpread()
    {
        await AnnounceAsync("a");
        await AnnounceAsync("b");
        var placed = new List<string>();
        for (var i = 0; i < 10; i++) placed.Add(await PlaceAsync(NewRoom()));
        Assert.Equal(5, placed.Count(node => node == "a"));
    }

    [Fact]
    public async Task ManyAskAtOnce_OneNodeGetsTheRoom()
    {
        await AnnounceAsync("a");
        await AnnounceAsync("b");
        for (var round = 0; round < 5; round++)
        {
            var room = NewRoom();
            var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => PlaceAsync(room)));
            Assert.Single(answers.Distinct());
        }
    }

    [Fact]
    public async Task NodesWithoutRoom_OrNone_AreUnavailable()
    {
        Assert.Equal(ControlError.Unavailable, (await Assert.ThrowsAsync<ControlException>(() => PlaceAsync(NewRoom()))).Error);
        await AnnounceAsync("full", peers: 1000);
        Assert.Equal(ControlError.Unavailable, (await Assert.ThrowsAsync<ControlException>(() => PlaceAsync(NewRoom()))).Error);
        Assert.Equal(ControlError.NotFound, (await Assert.ThrowsAsync<ControlException>(() => FindAsync(NewRoom()))).Error);
    }

    [Fact]
    public async Task SilentNode_LosesItsRooms_AndIsToldWhenItIsBack()
    {
        await AnnounceAsync("a");
        var (taken, free) = (NewRoom(), NewRoom());
        foreach (var room in new[] { taken, free }) Assert.Equal("a", await PlaceAsync(room));
        await LookForAWhileAsync(heard: "b");
        Assert.Equal(["b"], (await Hosts.ListAsync(default)).Select(node => node.NodeId));
        Assert.Equal("b", await PlaceAsync(taken));

        var back = await AnnounceAsync("a");
        Assert.True(back.TellRooms);
        var told = await AnnounceAsync("a", inUse: [taken, free]);
        Assert.False(told.TellRooms);
        Assert.Equal([taken], told.Elsewhere);
        Assert.Equal("b", await FindAsync(taken));
        // Nobody had asked for this one meanwhile.
        Assert.Equal("a", await FindAsync(free));
    }

    [Fact]
    public async Task NothingWasHeardForAWhile_NobodyIsLostForThat()
    {
        await AnnounceAsync("a");
        // The first look after a start, and one after a database was away.
        await _nodes.SweepAsync(default);
        await LookForAWhileAsync(SignallingNodes.Silence - TimeSpan.FromSeconds(1));
        Assert.Single(await Hosts.ListAsync(default));
        _time.Step(TimeSpan.FromMinutes(10));
        await _nodes.SweepAsync(default);
        Assert.Single(await Hosts.ListAsync(default));
        await LookForAWhileAsync();
        Assert.Empty(await Hosts.ListAsync(default));
    }

    [Fact]
    public async Task NodeThatLeaves_OrStartsAgain_HasNoRoomAnyMore()
    {
        await AnnounceAsync("a");
        var room = NewRoom();
        await PlaceAsync(room);
        await AnnounceAsync("a", leaving: true);
        Assert.Equal(ControlError.NotFound, (await Assert.ThrowsAsync<ControlException>(() => FindAsync(room))).Error);

        await AnnounceAsync("a");
        await PlaceAsync(room);
        Assert.True((await AnnounceAsync("a", "another life")).TellRooms);
        Assert.Equal(ControlError.NotFound, (await Assert.ThrowsAsync<ControlException>(() => FindAsync(room))).Error);
        Assert.Single(await Hosts.ListAsync(default));
    }

    [Fact]
    public async Task RoomThatIsNotUsed_IsNobodysAfterAWhile_OneThatIsStays()
    {
        await AnnounceAsync("a");
        var (used, unused, young) = (NewRoom(), NewRoom(), NewRoom());
        foreach (var room in new[] { used, unused }) await PlaceAsync(room);
        await GrowOldAsync(claims: true);
        await PlaceAsync(young);
        Assert.Empty((await AnnounceAsync("a", inUse: [used])).Elsewhere);
        Assert.Equal("a", await FindAsync(used));
        Assert.Equal("a", await FindAsync(young));
        Assert.Equal(ControlError.NotFound, (await Assert.ThrowsAsync<ControlException>(() => FindAsync(unused))).Error);
    }

    [Fact]
    public async Task ServersCalls_GoToTheRoomsNode()
    {
        var (a, b) = (new FakeRoomControl(), new FakeRoomControl());
        var control = new PlacedRoomControl(Hosts, address => address == AddressOf("a") ? a : b);
        await AnnounceAsync("a");
        await AnnounceAsync("b", peers: 10);
        var room = NewRoom();
        await PlaceAsync(room);
        a.Open(room);

        Assert.Equal(room, (await control.GetActiveRoomAsync(new GetActiveRoomRequest { RoomId = room }, default)).RoomId);
        await control.SendMessageAsync(new SendMessageRequest { RoomId = room, Message = "hello" }, default);
        await control.EndRoomAsync(new EndRoomRequest { RoomId = room }, default);
        Assert.Equal(3, a.RequestsOf(room).Count());
        Assert.Empty(b.RequestsOf(room));
        var nobody = await Assert.ThrowsAsync<ControlException>(() => control.ListPeersAsync(new ListPeersRequest { RoomId = NewRoom() }, default));
        Assert.Equal((ControlError.NotFound, "room not active"), (nobody.Error, nobody.Message));
    }

    [Fact]
    public async Task BadAnnouncements_AreInvalid()
    {
        foreach (var spoil in new Action<SignallingAnnouncement>[]
        {
            bad => bad.Node = null,
            bad => bad.Node.NodeId = "",
            bad => bad.Node.NodeId = "a/../b",
            bad => bad.Node.NodeId = new string('n', 64),
            bad => bad.LeaseId = "",
            bad => bad.Node.ControlAddress = "signalling:8081",
            bad => bad.Node.HttpAddress = "https://signalling:8080",
            bad => bad.Node.PublicUrl = "ftp://live.example.org",
        })
        {
            var announcement = Announcement("a", null);
            spoil(announcement);
            Assert.Equal(ControlError.InvalidArgument, (await Assert.ThrowsAsync<ControlException>(() => _nodes.AnnounceAsync(announcement, default))).Error);
        }

        foreach (var room in new[] { "", "x", "../../../etc/passwd" })
            Assert.Equal(ControlError.InvalidArgument, (await Assert.ThrowsAsync<ControlException>(() => PlaceAsync(room))).Error);
        Assert.Empty(await Hosts.ListAsync(default));
    }

    private static string NewRoom() => ObjectId.New(DateTimeOffset.UnixEpoch.AddDays(20_000));

    private static string AddressOf(string node) => $"http://{node}:8081";

    private static SignallingAnnouncement Announcement(string node, string? lease) => new()
    {
        Node = new SignallingNode { NodeId = node, ControlAddress = AddressOf(node), HttpAddress = $"http://{node}:8080" },
        LeaseId = lease ?? $"life of {node}",
        Capacity = 1000,
    };

    private Task<SignallingAnnounced> AnnounceAsync(string node, string? lease = null, uint peers = 0, bool leaving = false, string[]? inUse = null)
    {
        var announcement = Announcement(node, lease);
        (announcement.Peers, announcement.Leaving) = (peers, leaving);
        if (inUse is not null) announcement.InUse = new RoomsInUse { RoomIds = { inUse } };
        return _nodes.AnnounceAsync(announcement, default);
    }

    private async Task<string> PlaceAsync(string room) => (await _nodes.LocateAsync(new LocateRoomRequest { RoomId = room, Place = true }, default)).NodeId;

    private async Task<string> FindAsync(string room) => (await _nodes.LocateAsync(new LocateRoomRequest { RoomId = room }, default)).NodeId;

    // Looks twice a second, as the service does.
    private async Task LookForAWhileAsync(TimeSpan? time = null, string? heard = null)
    {
        for (var passed = TimeSpan.Zero; passed <= (time ?? SignallingNodes.Silence); passed += TimeSpan.FromSeconds(0.5))
        {
            if (heard is not null)
            {
                await AnnounceAsync(heard);
                // By one whose clock is hours behind.
                await GrowOldAsync(heard);
            }

            await _nodes.SweepAsync(default);
            _time.Step(TimeSpan.FromSeconds(0.5));
        }

        await _nodes.SweepAsync(default);
    }

    // As if it had happened two hours ago.
    private Task<int> GrowOldAsync(string node = "", bool claims = false) => host.Services.GetRequiredService<RoomsDatabase>().WriteAsync(
        write =>
        {
            var sql = claims ? "UPDATE room_hosts SET claimed_at = claimed_at - 7200000" : $"UPDATE signalling_nodes SET heard_at = heard_at - 7200000 WHERE node_id = '{node}'";
            return Microsoft.EntityFrameworkCore.RelationalDatabaseFacadeExtensions.ExecuteSqlRawAsync(write.Db.Database, sql);
        },
        default);

    /// <summary>Moves as the test says.</summary>
    private sealed class SteppedTime : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;

        public void Step(TimeSpan time) => _ticks += time.Ticks;
    }
}
