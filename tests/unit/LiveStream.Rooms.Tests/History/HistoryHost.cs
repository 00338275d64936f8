using System.Net;
using System.Text.Json.Nodes;

using LiveStream.Contracts.RoomControl;
using LiveStream.Rooms.Domain;
using LiveStream.Rooms.Recordings;
using LiveStream.Rooms.Sessions;
using LiveStream.Rooms.Tests.Databases;
using LiveStream.Rooms.Tests.Http;
using LiveStream.Rooms.Tests.Tokens;

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace LiveStream.Rooms.Tests.History;

/// <summary>The real module with somebody who admits people, a recorder, and a clock, all of which the test plays.</summary>
public class HistoryHost : RoomsHost
{
    public HistoryHost()
        : this(new SqliteDatabase())
    {
    }

    internal HistoryHost(TestDatabase database)
        : base(database)
    {
        Configure = builder =>
        {
            builder.Services.Replace(ServiceDescriptor.Singleton<IRoomControl>(Control));
            builder.Services.Replace(ServiceDescriptor.Singleton<IRecorder>(Recorder));
            // Tests look by themselves.
            builder.Services.Configure<RoomsOptions>(options => options.SessionSweep = TimeSpan.FromDays(1));
        };
    }

    internal FakeRoomControl Control { get; } = new();

    internal FakeRecorder Recorder { get; } = new();

    internal ISessionWriter Sessions => Services.GetRequiredService<ISessionWriter>();

    internal SessionSweeper Sweeper => Services.GetRequiredService<SessionSweeper>();

    internal AssetStore Assets => Services.GetRequiredService<AssetStore>();

    internal async Task<string> AddRoomAsync()
    {
        var (status, room) = await SendAsync(HttpMethod.Post, "/v2/rooms", ManagementToken, "{}");
        Assert.Equal(HttpStatusCode.OK, status);
        return (string)room["id"]!;
    }

    internal Task<(HttpStatusCode Status, JsonNode Body)> GetAsync(string path) => SendAsync(HttpMethod.Get, path, ManagementToken);

    internal Task<(HttpStatusCode Status, JsonNode Body)> PostAsync(string path, string? body = null) => SendAsync(HttpMethod.Post, path, ManagementToken, body);

    /// <summary>Follows a list to its end; the ids in order.</summary>
    internal async Task<List<string>> WalkAsync(string path, int limit)
    {
        var ids = new List<string>();
        for (var start = ""; ;)
        {
            var (status, page) = await GetAsync($"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}limit={limit}&start={start}");
            Assert.Equal(HttpStatusCode.OK, status);
            Assert.Equal(limit, (int)page["limit"]!);
            var rows = page["data"]!.AsArray().Select(row => (string)row!["id"]!).ToList();
            Assert.Equal(rows.Count > 0 ? rows[^1] : "", (string?)page["last"]);
            ids.AddRange(rows);
            if (rows.Count < limit) return ids;
            start = rows[^1];
        }
    }

    /// <summary>A management token of another workspace.</summary>
    internal async Task<string> OtherTokenAsync()
    {
        var key = await AddWorkspaceAsync();
        return Jwt.Sign(key.Secret, Jwt.Management(key.AccessKey, DateTimeOffset.UtcNow));
    }

    internal RecordingAsset Asset(string roomId, string key, string type = AssetTypes.RoomComposite, string jobId = "", string sessionId = "") => new()
    {
        Id = Services.GetRequiredService<IdSequence>().Next().Id,
        CustomerId = Workspace.CustomerId,
        JobId = jobId,
        RoomId = roomId,
        SessionId = sessionId,
        Type = type,
        Status = AssetStatuses.Completed,
        ObjectKey = key,
        Size = 10,
        Duration = 3,
        Metadata = new JsonObjectText("""{"resolution":{"width":1280,"height":720}}"""),
        CreatedAt = DateTimeOffset.UtcNow,
    };
}

/// <summary>The same on PostgreSQL.</summary>
public sealed class PostgresHistoryHost : HistoryHost
{
    public PostgresHistoryHost()
        : base(new PostgresDatabase())
    {
    }
}
