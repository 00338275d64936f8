using System.Globalization;
using System.Net.Http.Headers;
using System.Text;

using LiveStream.Benchmarks.Server;
using LiveStream.Testing;

namespace LiveStream.Benchmarks.Rest;

/// <summary>Requests about rooms, at places spread evenly over all of them.</summary>
internal sealed class RoomRequests
{
    // Of each ten rooms one begins a new second; a prime step visits every room before it comes back.
    private const long FirstSecond = 1_700_000_000;
    private const int RoomsPerSecond = 10, Step = 7919;

    private readonly HttpClient _http;
    private readonly AuthenticationHeaderValue _token;
    private readonly int _rooms;
    private readonly string _run = Guid.NewGuid().ToString("N")[..8];

    public RoomRequests(ServerProcess server, int rooms)
    {
        (_http, _rooms) = (server.Http, rooms);
        _token = new("Bearer", AuthToken.ForManagement(server.Workspace.AccessKey, server.Workspace.Secret, DateTimeOffset.UtcNow));
    }

    /// <summary>SQL that makes the rooms, with the ids that <see cref="Id"/> tells.</summary>
    public static string Seed(string customerId, int rooms) => string.Create(CultureInfo.InvariantCulture, $"""
        INSERT INTO rooms (id, customer_id, template_id, name, name_key, description, enabled, region, large_room, polls, created_at)
        SELECT lpad(to_hex({FirstSecond} + g / {RoomsPerSecond}), 8, '0') || lpad(to_hex(g), 16, '0'), '{customerId}', t.id, 'bench-' || g, 'bench-' || g,
               'a room of the benchmark', g % 10 <> 0, 'auto', false, '[]', ({FirstSecond} + g / {RoomsPerSecond}) * 1000::bigint
        FROM generate_series(0, {rooms - 1}) AS g, (SELECT id FROM templates WHERE customer_id = '{customerId}' LIMIT 1) AS t;
        ANALYZE;
        """);

    /// <summary>A page of ten from somewhere in the list.</summary>
    public Task<bool> ListAsync(int i) => SendAsync(HttpMethod.Get, $"/v2/rooms?limit=10&start={Id(Place(i))}", null);

    /// <summary>A page of enabled rooms from there.</summary>
    public Task<bool> FilterAsync(int i) => SendAsync(HttpMethod.Get, $"/v2/rooms?limit=10&enabled=false&start={Id(Place(i))}", null);

    /// <summary>One room.</summary>
    public Task<bool> GetAsync(int i) => SendAsync(HttpMethod.Get, $"/v2/rooms/{Id(Place(i))}", null);

    /// <summary>A room of a new name.</summary>
    public Task<bool> CreateAsync(int i) => SendAsync(HttpMethod.Post, "/v2/rooms", $$"""{"name":"new-{{_run}}-{{i}}","description":"made"}""");

    /// <summary>A room of a name that is there.</summary>
    public Task<bool> OverwriteAsync(int i) => SendAsync(HttpMethod.Post, "/v2/rooms", $$"""{"name":"bench-{{Place(i)}}","description":"overwritten"}""");

    private static string Id(long room) => string.Create(CultureInfo.InvariantCulture, $"{FirstSecond + room / RoomsPerSecond:x8}{room:x16}");

    private long Place(int i) => (long)i * Step % _rooms;

    private async Task<bool> SendAsync(HttpMethod method, string path, string? body)
    {
        try
        {
            using var request = new HttpRequestMessage(method, path);
            request.Headers.Authorization = _token;
            if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
            using var reply = await _http.SendAsync(request);
            return reply.IsSuccessStatusCode && (await reply.Content.ReadAsByteArrayAsync()).Length > 0;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
