using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

using LiveStream.Contracts.Packager;
using LiveStream.Contracts.Rooms;
using LiveStream.Hosting;
using LiveStream.Rooms.Domain;
using LiveStream.Rooms.Setup;
using LiveStream.Rooms.Storage;
using LiveStream.Rooms.Tests.Databases;
using LiveStream.Rooms.Tests.Tokens;
using LiveStream.Storage.Sealing;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LiveStream.Rooms.Tests.Http;

/// <summary>The real module on a free loopback port, with a folder and a database of its own and a fake packager.</summary>
public class RoomsHost : IAsyncLifetime
{
    private readonly TestDatabase _database;
    private readonly bool _ownsFolder;
    private WebApplication? _app;

    /// <summary>On SQLite.</summary>
    public RoomsHost()
        : this(new SqliteDatabase())
    {
    }

    internal RoomsHost(TestDatabase database, string? folder = null)
    {
        _database = database;
        _ownsFolder = folder is null;
        Folder = folder ?? System.IO.Directory.CreateTempSubdirectory("livestream-rooms-").FullName;
    }

    /// <summary>Adds services before the host is built.</summary>
    internal Action<WebApplicationBuilder> Configure { get; init; } = _ => { };

    /// <summary>Further settings, as on the command line.</summary>
    internal IReadOnlyList<string> Settings { get; init; } = [];

    public string Folder { get; }

    internal FakePackager Packager { get; } = new();

    internal HttpClient Client { get; private set; } = null!;

    internal WorkspaceFile Workspace => Services.GetRequiredService<EmbeddedWorkspace>().Current;

    internal IRoomsDirectory Rooms => Services.GetRequiredService<IRoomsDirectory>();

    internal string ManagementToken => Jwt.Sign(Workspace.Secret, Jwt.Management(Workspace.AccessKey, DateTimeOffset.UtcNow));

    internal IServiceProvider Services => _app!.Services;

    internal SecretSeal Seal => Services.GetRequiredService<SecretSeal<RoomsOptions>>();

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            ContentRootPath = AppContext.BaseDirectory,
            Args =
            [
                "--Http:Port=0", $"--Rooms:DataDirectory={Folder}", "--Rooms:PublicUrl=http://live.example.test", "--Rooms:OrphanGrace=00:00:00",
                $"--Objects:Folder={System.IO.Path.Combine(Folder, "recordings")}",
                .. await _database.SettingsAsync(), .. Settings,
            ],
        });
        builder.AddServiceDefaults();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<IPackagerControl>(Packager);
        builder.AddRooms();
        Configure(builder);
        _app = builder.Build();
        _app.MapDefaultEndpoints();
        _app.MapRooms();
        await _app.StartAsync();
        var address = Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        Client = new HttpClient { BaseAddress = new Uri(address) };
    }

    public async Task DisposeAsync()
    {
        Client.Dispose();
        await _app!.StopAsync();
        await _app.DisposeAsync();
        if (_ownsFolder) System.IO.Directory.Delete(Folder, recursive: true);
    }

    internal string AuthToken(string role, string? roomId = null) =>
        Jwt.Sign(Workspace.Secret, Jwt.Auth(Workspace.AccessKey, roomId ?? Workspace.RoomId, role, DateTimeOffset.UtcNow));

    internal async Task<(HttpStatusCode Status, JsonNode Body)> SendAsync(HttpMethod method, string path, string? token, string? body = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await Client.SendAsync(request);
        return (response.StatusCode, (await response.Content.ReadFromJsonAsync<JsonNode>(JsonSerializerOptions.Web))!);
    }

    internal Task<(HttpStatusCode Status, JsonNode Body)> StartAsync(string? token = null, string? body = null) =>
        SendAsync(HttpMethod.Post, $"/v2/live-streams/room/{Workspace.RoomId}/start", token ?? ManagementToken, body);

    internal Task<(HttpStatusCode Status, JsonNode Body)> StopAsync(string? token = null) =>
        SendAsync(HttpMethod.Post, $"/v2/live-streams/room/{Workspace.RoomId}/stop", token ?? ManagementToken);

    internal async Task<JsonNode> GetStreamAsync(string id) =>
        (await SendAsync(HttpMethod.Get, $"/v2/live-streams/{id}", ManagementToken)).Body;

    /// <summary>Changes rows directly, as an endpoint of a later version would.</summary>
    internal async Task ChangeAsync(Func<RoomsDbContext, Task> change)
    {
        await using var db = await Services.GetRequiredService<IDbContextFactory<RoomsDbContext>>().CreateDbContextAsync();
        await change(db);
        await db.SaveChangesAsync();
    }

    internal Task SetRoomEnabledAsync(bool enabled) => ChangeAsync(async db => (await db.Rooms.SingleAsync()).Enabled = enabled);

    internal static void AssertError((HttpStatusCode Status, JsonNode Body) reply, HttpStatusCode status, string message)
    {
        Assert.Equal(status, reply.Status);
        Assert.Equal((int)status, (int)reply.Body["code"]!);
        Assert.Equal(message, (string?)reply.Body["message"]);
        Assert.IsType<JsonArray>(reply.Body["details"]);
    }

    /// <summary>Another workspace; its key.</summary>
    internal async Task<WorkspaceKey> AddWorkspaceAsync()
    {
        var other = LiveStream.Rooms.Domain.Workspace.Create("other", DateTimeOffset.UtcNow);
        var key = WorkspaceKey.Create(other.CustomerId, DateTimeOffset.UtcNow).Seal(Seal);
        await ChangeAsync(db =>
        {
            db.AddRange(other, key);
            return Task.CompletedTask;
        });
        return key;
    }
}

/// <summary>The same on PostgreSQL.</summary>
public sealed class PostgresRoomsHost : RoomsHost
{
    public PostgresRoomsHost()
        : base(new PostgresDatabase())
    {
    }
}
