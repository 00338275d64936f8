using System.Net;
using System.Text.Json.Nodes;

using LiveStream.Rooms.Domain;

using Microsoft.EntityFrameworkCore;

namespace LiveStream.Rooms.Tests.Http;

public sealed class RoomListTestsOnSqlite() : RoomListTests(new RoomsHost());

public sealed class RoomListTestsOnPostgres() : RoomListTests(new PostgresRoomsHost());

public abstract class RoomListTests(RoomsHost host) : IAsyncLifetime
{
    public Task InitializeAsync() => host.InitializeAsync();

    public Task DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task Pages_WhileRoomsAreAdded_LoseNoneAndRepeatNone()
    {
        await SeedAsync(250);
        foreach (var limit in new[] { 10, 20, 100 })
        {
            // 249 are seeded beside the demo room, and some came while the list before was read.
            var before = await CountAsync();
            var seen = new List<string>();
            var start = "";
            while (true)
            {
                var page = await ListAsync($"limit={limit}&start={start}");
                var ids = page["data"]!.AsArray().Select(room => (string)room!["id"]!).ToArray();
                seen.AddRange(ids);
                Assert.Equal(limit, (int)page["limit"]!);
                if (ids.Length < limit) break;
                Assert.Equal(ids[^1], (string?)page["last"]);
                start = ids[^1];
                await host.SendAsync(HttpMethod.Post, "/v2/rooms", host.ManagementToken);
            }

            Assert.Equal(before, seen.Count);
            Assert.Equal(seen.Distinct().OrderDescending(StringComparer.Ordinal), seen);
        }
    }

    [Fact]
    public async Task Filters_ShowWhatTheySay()
    {
        await SeedAsync(30);
        string[] created = [];
        var template = "";
        await host.ChangeAsync(async db =>
        {
            var rooms = await db.Rooms.OrderBy(r => r.Id).ToListAsync();
            template = rooms[0].TemplateId;
            foreach (var room in rooms.Take(7)) room.Enabled = false;
            created = [.. rooms.Where(r => r.Name != "demo").OrderBy(r => r.CreatedAt).Select(r => r.CreatedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'"))];
        });

        Assert.Equal(7, await NumberAsync("enabled=false"));
        Assert.Equal(23, await NumberAsync("enabled=true"));
        Assert.Equal(30, await NumberAsync(""));
        Assert.Equal(30, await NumberAsync($"template_id={template}"));
        Assert.Equal(0, await NumberAsync("template_id=65f0a1b2c3d4e5f60718293a"));
        Assert.Equal(1, await NumberAsync("name=DEMO"));
        Assert.Equal(0, await NumberAsync("name=nowhere"));
        Assert.Equal(0, await NumberAsync("name=no%20name%20at%20all'"));
        // The seeded rooms are one hour apart, the demo room is newer than all of them; both ends count.
        Assert.Equal(10, await NumberAsync($"after={created[19]}&before={created[28]}"));
        // As Go writes them.
        Assert.Equal(0, await NumberAsync("after=2999-01-01T00:00:00.123456789Z"));
        Assert.Equal(1, await NumberAsync($"after={created[3]}&before={created[3]}"));
        Assert.Equal(4, await NumberAsync($"before={created[3]}"));
        Assert.Equal(26 + 1, await NumberAsync($"after={created[3]}"));
        Assert.Equal(2, await NumberAsync($"enabled=true&after={created[27]}&before={created[28]}"));
        Assert.Equal(0, await NumberAsync("after=9999-12-31T23:59:59.999Z"));
        Assert.Equal(30, await NumberAsync("before=9999-12-31T23:59:59.999Z"));
        Assert.Equal(30, await NumberAsync("after=0001-01-01"));
        // A plus that was not encoded: the offset of a time.
        Assert.Equal(30, await NumberAsync("after=2020-01-01T00:00:00+05:30"));
    }

    [Fact]
    public async Task Rows_HaveTheirKey()
    {
        var page = await ListAsync("");
        var room = Assert.Single(page["data"]!.AsArray())!;
        Assert.Equal($"{host.Workspace.CustomerId}:demo", (string?)room["key"]);
        Assert.Equal((string?)room["id"], (string?)page["last"]);
        Assert.Equal(10, (int)page["limit"]!);
    }

    [Fact]
    public async Task Limit_FromOneToAHundred_IsKeptExactly()
    {
        await SeedAsync(100);
        foreach (var limit in new[] { 1, 9, 100 })
        {
            var page = await ListAsync($"limit={limit}");
            Assert.Equal(limit, page["data"]!.AsArray().Count);
            Assert.Equal(limit, (int)page["limit"]!);
        }
    }

    /// <summary>Adds rooms, one hour apart and in the past, so that there are <paramref name="total"/> with the demo room.</summary>
    private Task SeedAsync(int total) => host.ChangeAsync(async db =>
    {
        var demo = await db.Rooms.AsNoTracking().SingleAsync();
        var first = demo.CreatedAt.AddHours(-total);
        for (var i = 0; i < total - 1; i++)
        {
            var at = first.AddHours(i);
            db.Add(new Room { Id = ObjectId.New(at), CustomerId = demo.CustomerId, TemplateId = demo.TemplateId, Name = $"seed-{i}", CreatedAt = at });
        }
    });

    private async Task<int> CountAsync()
    {
        var count = 0;
        await host.ChangeAsync(async db => count = await db.Rooms.CountAsync());
        return count;
    }

    private async Task<int> NumberAsync(string query) => (await ListAsync($"limit=100&{query}"))["data"]!.AsArray().Count;

    private async Task<JsonNode> ListAsync(string query)
    {
        var (status, body) = await host.SendAsync(HttpMethod.Get, $"/v2/rooms?{query}", host.ManagementToken);
        Assert.True(status == HttpStatusCode.OK, $"{query}: {body.ToJsonString()}");
        return body;
    }
}
