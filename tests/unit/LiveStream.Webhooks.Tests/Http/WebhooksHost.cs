using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

using LiveStream.Hosting;
using LiveStream.Rooms;
using LiveStream.Rooms.Sessions;
using LiveStream.Rooms.Setup;
using LiveStream.Testing;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LiveStream.Webhooks.Tests.Http;

/// <summary>Webhooks and rooms, whose events they tell, on a free loopback port, with a folder and databases of their own.</summary>
internal sealed class WebhooksHost : IAsyncDisposable
{
    private static int s_rooms;

    private readonly WebApplication _app;
    private readonly string _folder;
    private readonly bool _ownsFolder;

    private WebhooksHost(WebApplication app, string folder, bool ownsFolder) => (_app, _folder, _ownsFolder) = (app, folder, ownsFolder);

    public HttpClient Client { get; private set; } = null!;

    public string Address { get; private set; } = "";

    public WorkspaceFile Workspace => _app.Services.GetRequiredService<EmbeddedWorkspace>().Current;

    public ISessionWriter Sessions => _app.Services.GetRequiredService<ISessionWriter>();

    public IServiceProvider Services => _app.Services;

    public string Folder => _folder;

    /// <summary>Pauses of 20 ms, so that retries are seen.</summary>
    public static string[] QuickRetries { get; } = [.. Enumerable.Range(0, 60).Select(i => $"--Webhooks:RetryDelays:{i}=00:00:00.020")];

    public static Task<WebhooksHost> StartAsync(string? folder = null, params string[] settings) => StartAsync(folder, _ => { }, settings);

    /// <summary>The same, with some services changed.</summary>
    public static async Task<WebhooksHost> StartAsync(string? folder, Action<IServiceCollection> change, params string[] settings)
    {
        var own = folder is null;
        folder ??= Directory.CreateTempSubdirectory("livestream-webhooks-").FullName;
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            ContentRootPath = AppContext.BaseDirectory,
            Args =
            [
                "--Http:Port=0", $"--Rooms:DataDirectory={folder}", $"--Webhooks:DataDirectory={folder}", "--Rooms:OrphanGrace=00:00:00",
                "--Webhooks:AllowedNetworks:0=127.0.0.0/8", .. settings,
            ],
        });
        builder.AddServiceDefaults();
        builder.Logging.ClearProviders();
        builder.AddRooms();
        builder.AddWebhooks();
        change(builder.Services);
        var app = builder.Build();
        app.MapDefaultEndpoints();
        app.MapRooms();
        app.MapWebhooks();
        await app.StartAsync();
        var host = new WebhooksHost(app, folder, own);
        host.Address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        host.Client = new HttpClient { BaseAddress = new Uri(host.Address), Timeout = TimeSpan.FromSeconds(60) };
        host.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer", AuthToken.ForManagement(host.Workspace.AccessKey, host.Workspace.Secret, DateTimeOffset.UtcNow));
        return host;
    }

    /// <summary>A call; its reply.</summary>
    public async Task<(HttpStatusCode Status, JsonNode? Body)> CallAsync(HttpMethod method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await Client.SendAsync(request);
        return (response.StatusCode, response.StatusCode == HttpStatusCode.NoContent ? null : await response.Content.ReadFromJsonAsync<JsonNode>(JsonSerializerOptions.Web));
    }

    /// <summary>The same, which must succeed.</summary>
    public async Task<JsonNode> OkAsync(HttpMethod method, string path, string? body = null)
    {
        var (status, reply) = await CallAsync(method, path, body);
        Assert.True(status == HttpStatusCode.OK, $"{method} {path}: {status} {reply}");
        return reply!;
    }

    /// <summary>A new endpoint.</summary>
    public Task<JsonNode> AddEndpointAsync(string url, string more = "") => OkAsync(HttpMethod.Post, "/v2/webhooks", $$"""{"url":"{{url}}"{{more}}}""");

    /// <summary>A new room; its id.</summary>
    public async Task<string> AddRoomAsync(string more = "") =>
        (string)(await OkAsync(HttpMethod.Post, "/v2/rooms", $$"""{"name":"room-{{Interlocked.Increment(ref s_rooms)}}"{{more}}}"""))["id"]!;

    /// <summary>An open session in a room; its id. One event.</summary>
    public async Task<string> OpenAsync(string roomId) => (await Sessions.OpenAsync(Workspace.CustomerId, roomId, DateTimeOffset.UtcNow, default)).Id;

    /// <summary>Somebody comes. One event.</summary>
    public Task JoinAsync(string sessionId, string peerId) =>
        Sessions.PeerJoinedAsync(new JoinedPeer(sessionId, peerId, "Asha", "broadcaster", "u-7", DateTimeOffset.UtcNow, "{}"), default);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        if (_ownsFolder) Directory.Delete(_folder, recursive: true);
    }
}
