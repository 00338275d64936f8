using System.Net;
using System.Text.Json.Nodes;

using LiveStream.Contracts;
using LiveStream.Rooms.Sessions;
using LiveStream.Rooms.Tests.Http;

namespace LiveStream.Rooms.Tests.History;

public sealed class SessionTestsOnSqlite(HistoryHost host) : SessionTests(host), IClassFixture<HistoryHost>;

public sealed class SessionTestsOnPostgres(PostgresHistoryHost host) : SessionTests(host), IClassFixture<PostgresHistoryHost>;

public abstract class SessionTests(HistoryHost host)
{
    private static readonly DateTimeOffset s_at = new(2026, 1, 1, 10, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task OpenToClose_IsTheRecordOfWhoWasThere()
    {
        var room = await host.AddRoomAsync();
        var session = await OpenAsync(room, s_at);
        Assert.True(await JoinAsync(session, "0b1c7f0e-51d6-4f0a-9f0e-3c2b1a098765", "broadcaster", s_at.AddSeconds(1)));
        Assert.True(await JoinAsync(session, "1b1c7f0e-51d6-4f0a-9f0e-3c2b1a098765", "viewer-realtime", s_at.AddSeconds(2)));
        Assert.True(await host.Sessions.PeerChangedAsync(session, "1b1c7f0e-51d6-4f0a-9f0e-3c2b1a098765", "Ben", "viewer-on-stage", default));
        Assert.True(await host.Sessions.PeerLeftAsync(session, "0b1c7f0e-51d6-4f0a-9f0e-3c2b1a098765", s_at.AddSeconds(60), default));

        var open = await GetAsync(session);
        Assert.True((bool)open["active"]!);
        var peers = open["peers"]!.AsObject();
        Assert.Equal("2026-01-01T10:01:00.000Z", (string?)peers["0b1c7f0e-51d6-4f0a-9f0e-3c2b1a098765"]!["left_at"]);
        Assert.Null(peers["1b1c7f0e-51d6-4f0a-9f0e-3c2b1a098765"]!["left_at"]);
        Assert.Equal("viewer-on-stage", (string?)peers["1b1c7f0e-51d6-4f0a-9f0e-3c2b1a098765"]!["role"]);

        Assert.True(await host.Sessions.CloseAsync(session, s_at.AddSeconds(90), default));
        var closed = await GetAsync(session);
        Samples.AssertShape("GET /v2/sessions/{session_id}", closed);
        Assert.False((bool)closed["active"]!);
        Assert.Equal("2026-01-01T10:00:00.000Z", (string?)closed["created_at"]);
        Assert.Equal("2026-01-01T10:01:30.000Z", (string?)closed["updated_at"]);
        Assert.Equal("2026-01-01T10:01:30.000Z", (string?)closed["peers"]!["1b1c7f0e-51d6-4f0a-9f0e-3c2b1a098765"]!["left_at"]);
        Assert.Equal("u-7", (string?)closed["peers"]!["1b1c7f0e-51d6-4f0a-9f0e-3c2b1a098765"]!["user_id"]);
    }

    [Fact]
    public async Task SessionThatNobodyIsIn_IsClosedWhenMissedTwice()
    {
        var (left, running) = (await host.AddRoomAsync(), await host.AddRoomAsync());
        host.Control.Open(running);
        var goesOn = (await host.Sessions.BeginAsync(host.Workspace.CustomerId, running, "65cc0000000000000000000a", s_at, default)).Id;
        var orphan = await OpenAsync(left, s_at);
        Assert.True(await JoinAsync(orphan, "p", "r", s_at.AddSeconds(1)));

        await host.Sweeper.SweepAsync(default);
        Assert.True((bool)(await GetAsync(orphan))["active"]!);
        await host.Sweeper.SweepAsync(default);
        var closed = await GetAsync(orphan);
        Assert.False((bool)closed["active"]!);
        Assert.NotNull(closed["peers"]!["p"]!["left_at"]);
        await host.Sweeper.SweepAsync(default);
        Assert.True((bool)(await GetAsync(goesOn))["active"]!);
        Assert.True(await host.Sessions.CloseAsync(goesOn, s_at.AddMinutes(1), default));
    }

    [Fact]
    public async Task EveryCall_Twice_ChangesNothingMore()
    {
        var room = await host.AddRoomAsync();
        var session = await OpenAsync(room, s_at);
        Assert.Equal(session, await OpenAsync(room, s_at.AddHours(1)));
        Assert.True(await JoinAsync(session, "p", "r", s_at));
        Assert.False(await JoinAsync(session, "p", "other", s_at));
        Assert.True(await host.Sessions.PeerLeftAsync(session, "p", s_at, default));
        Assert.False(await host.Sessions.PeerLeftAsync(session, "p", s_at.AddHours(1), default));
        Assert.False(await host.Sessions.PeerLeftAsync(session, "nobody", s_at, default));
        Assert.False(await host.Sessions.PeerChangedAsync(session, "p", "gone", "r", default));
        Assert.True(await host.Sessions.CloseAsync(session, s_at, default));
        Assert.False(await host.Sessions.CloseAsync(session, s_at, default));
        Assert.False(await JoinAsync(session, "late", "r", s_at));
        Assert.NotEqual(session, await OpenAsync(room, s_at.AddHours(1)));
    }

    [Fact]
    public async Task Open_ManyAtOnce_IsOneSession()
    {
        var room = await host.AddRoomAsync();
        var ids = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => OpenAsync(room, s_at)));
        Assert.Single(ids.Distinct());
    }

    [Fact]
    public async Task Open_UnknownRoom_IsNotFound() => Assert.Equal(
        ControlError.NotFound,
        (await Assert.ThrowsAsync<ControlException>(() => OpenAsync("65f0a1b2c3d4e5f60718293a", s_at))).Error);

    [Fact]
    public async Task List_FiltersAndPages_NewestFirst()
    {
        var room = await host.AddRoomAsync();
        var made = new List<string>();
        for (var i = 0; i < 25; i++)
        {
            made.Add(await OpenAsync(room, s_at.AddHours(i)));
            if (i < 24) await host.Sessions.CloseAsync(made[^1], s_at.AddHours(i).AddMinutes(30), default);
        }

        made.Reverse();
        foreach (var limit in new[] { 1, 10, 25, 100 }) Assert.Equal(made, await host.WalkAsync($"/v2/sessions?room_id={room}", limit));
        Assert.Equal(made[..1], await host.WalkAsync($"/v2/sessions?room_id={room}&active=true", 10));
        Assert.Equal(made[1..], await host.WalkAsync($"/v2/sessions?room_id={room}&active=false", 10));
        Assert.Equal(made[..5], await host.WalkAsync($"/v2/sessions?room_id={room}&after={s_at.AddHours(20):yyyy-MM-ddTHH:mm:ss.fffZ}", 10));
        Assert.Equal(made[20..], await host.WalkAsync($"/v2/sessions?room_id={room}&before={s_at.AddHours(4):yyyy-MM-ddTHH:mm:ss.fffZ}", 10));
        var (_, page) = await host.GetAsync($"/v2/sessions?room_id={room}");
        Samples.AssertShape("GET /v2/sessions", page);
    }

    [Theory]
    [InlineData("active=maybe")]
    [InlineData("room_id=7")]
    [InlineData("after=yesterday")]
    [InlineData("limit=101")]
    [InlineData("limit=0")]
    [InlineData("start=' OR 1=1")]
    public async Task List_BadQuery_IsRefused(string query) =>
        RoomsHost.AssertError(await host.GetAsync($"/v2/sessions?{query}"), HttpStatusCode.BadRequest, "Invalid query param");

    [Fact]
    public async Task OtherWorkspace_SeesNoSession()
    {
        var room = await host.AddRoomAsync();
        var session = await OpenAsync(room, s_at);
        var other = await host.OtherTokenAsync();

        RoomsHost.AssertError(await host.SendAsync(HttpMethod.Get, $"/v2/sessions/{session}", other), HttpStatusCode.NotFound, "session not found");
        Assert.Empty((await host.SendAsync(HttpMethod.Get, "/v2/sessions", other)).Body["data"]!.AsArray());
        RoomsHost.AssertError(await host.GetAsync("/v2/sessions/nothing"), HttpStatusCode.NotFound, "session not found");
    }

    private async Task<string> OpenAsync(string room, DateTimeOffset at) => (await host.Sessions.OpenAsync(host.Workspace.CustomerId, room, at, default)).Id;

    private Task<bool> JoinAsync(string session, string peer, string role, DateTimeOffset at) =>
        host.Sessions.PeerJoinedAsync(new JoinedPeer(session, peer, "Asha", role, "u-7", at), default);

    private async Task<JsonNode> GetAsync(string session)
    {
        var (status, body) = await host.GetAsync($"/v2/sessions/{session}");
        Assert.Equal(HttpStatusCode.OK, status);
        return body;
    }
}
