using System.Net;
using System.Text.Json.Nodes;

using LiveStream.Contracts.Packager.V1;
using LiveStream.Rooms.OpenApi;
using LiveStream.Rooms.Tests.Databases;
using LiveStream.Rooms.Tests.Templates;

namespace LiveStream.Rooms.Tests.History;

public sealed class SampleRoundTripTestsOnSqlite() : SampleRoundTripTests(new SqliteDatabase());

public sealed class SampleRoundTripTestsOnPostgres() : SampleRoundTripTests(new PostgresDatabase());

/// <summary>What the API's document shows is what the server takes and gives: its bodies are sent as they are, but for ids.</summary>
public abstract class SampleRoundTripTests(TestDatabase database) : IAsyncLifetime
{
    private const string Room = "65f0a1b2c3d4e5f60718293a", Template = "65bb00000000000000000003", Code = "abc-defg-hij";

    private readonly HistoryHost _host = new(database);
    private readonly Dictionary<string, string> _ids = new(StringComparer.Ordinal);
    private readonly HashSet<string> _called = new(StringComparer.Ordinal);

    public Task InitializeAsync() => _host.InitializeAsync();

    public Task DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task RoomsCodesTemplatesAndTokens_TakeAndGiveWhatTheirSamplesShow()
    {
        _ids[Template] = (string)(await EchoAsync("POST /v2/templates"))["id"]!;
        foreach (var call in new[] { "", "/roles/{role_name}", "/settings", "/destinations", "/recordings" })
        {
            // What is off is left out of recordings.
            await (call == "/recordings" ? GiveAsync($"POST /v2/templates/{{template_id}}{call}") : EchoAsync($"POST /v2/templates/{{template_id}}{call}"));
            await GiveAsync($"GET /v2/templates/{{template_id}}{call}");
        }

        await GiveAsync("GET /v2/templates", "?limit=1");

        _ids[Room] = (string)(await EchoAsync("POST /v2/rooms"))["id"]!;
        await GiveAsync("GET /v2/rooms/{room_id}");
        await GiveAsync("GET /v2/rooms", "?name=friday-show");
        _ids[Code] = (string)(await GiveAsync("POST /v2/room-codes/room/{room_id}"))["data"]![0]!["code"]!;
        await GiveAsync("POST /v2/room-codes/room/{room_id}/role/{role}");
        await GiveAsync("GET /v2/room-codes/room/{room_id}");
        await GiveAsync("POST /v2/token");
        await EchoAsync("POST /v2/room-codes/code");
        await EchoAsync("POST /v2/rooms/{room_id}");
        var layout = await _host.SendAsync(HttpMethod.Get, PathOf("GET /v2/layouts/ui"), _host.AuthToken("broadcaster", _ids[Room]));
        Assert.Equal(HttpStatusCode.OK, layout.Status);

        using var delete = new HttpRequestMessage(HttpMethod.Delete, PathOf("DELETE /v2/templates/{template_id}/roles/{role_name}"));
        delete.Headers.Authorization = new("Bearer", _host.ManagementToken);
        using var deleted = await _host.Client.SendAsync(delete);
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);

        var all = ApiSamples.All.Where(pair => pair.Value.Tag is "Rooms" or "Room codes" or "Templates" or "Tokens").Select(pair => pair.Key);
        Assert.Equal(all.Order(StringComparer.Ordinal), _called.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task ActiveRoom_TakesAndGivesWhatItsSamplesShow()
    {
        _ids[Room] = await _host.AddRoomAsync();
        _host.Control.Open(_ids[Room]);

        foreach (var call in ApiSamples.All.Keys.Where(call => call.Contains("/active-rooms/", StringComparison.Ordinal))) await GiveAsync(call);
    }

    [Fact]
    public async Task LiveStream_TakesAndGivesWhatItsSamplesShow()
    {
        _ids[Room] = await _host.AddRoomAsync();
        var started = await GiveAsync("POST /v2/live-streams/room/{room_id}/start");
        await _host.Packager.ReportAsync((string)started["id"]!, StreamState.Running);

        await GiveAsync("POST /v2/live-streams/{stream_id}/timed-metadata", id: (string)started["id"]!);
    }

    /// <summary>Sends the sample's body; the reply says what the body said, in the shape of the sample.</summary>
    private async Task<JsonNode> EchoAsync(string call)
    {
        var reply = await GiveAsync(call);
        TemplateSamples.AssertContains(JsonNode.Parse(BodyOf(call)!)!, reply);
        return reply;
    }

    /// <summary>Sends the sample's body, if it has one; the reply has the shape of the sample.</summary>
    private async Task<JsonNode> GiveAsync(string call, string query = "", string? id = null)
    {
        var path = PathOf(call);
        if (id is not null) path = path.Replace("{stream_id}", id, StringComparison.Ordinal);
        var (status, reply) = await _host.SendAsync(new HttpMethod(call[..call.IndexOf(' ', StringComparison.Ordinal)]), path + query, _host.ManagementToken, BodyOf(call));
        Assert.True(status == HttpStatusCode.OK, $"{call}: {status} {reply?.ToJsonString()}");
        Samples.AssertShape(call, reply!);
        return reply!;
    }

    private string PathOf(string call)
    {
        _called.Add(call);
        return call[(call.IndexOf(' ', StringComparison.Ordinal) + 1)..]
            .Replace("{room_id}", _ids.GetValueOrDefault(Room), StringComparison.Ordinal)
            .Replace("{template_id}", _ids.GetValueOrDefault(Template), StringComparison.Ordinal)
            .Replace("{peer_id}", FakeRoomControl.Host, StringComparison.Ordinal)
            .Replace("{role}", "broadcaster", StringComparison.Ordinal)
            .Replace("{role_name}", "broadcaster", StringComparison.Ordinal);
    }

    private string? BodyOf(string call) =>
        ApiSamples.All[call].Body is { } body ? _ids.Aggregate(body.ToJsonString(), (text, pair) => text.Replace(pair.Key, pair.Value, StringComparison.Ordinal)) : null;
}
