using System.Net;
using System.Net.Http.Headers;
using System.Text;
using LiveStream.Contracts.Rooms;
using LiveStream.Contracts.Sfu;
using LiveStream.Contracts.Signalling;
using LiveStream.Signalling.Room;
using LiveStream.Signalling.Sessions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LiveStream.Signalling.Tests.Fakes;

/// <summary>The service on an ephemeral loopback port over fakes of what it calls.</summary>
internal sealed class SignallingHost : IAsyncDisposable
{
    public const string Offer =
        "v=0\r\no=- 42 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1\r\n"
        + "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\na=ice-ufrag:EsAw\r\na=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1\r\na=sendonly\r\n"
        + "a=candidate:1 1 udp 2122260223 192.0.2.1 61764 typ host\r\n"
        + "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:1\r\na=ice-ufrag:EsAw\r\na=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1\r\na=sendonly\r\n";

    private readonly WebApplication _app;

    private SignallingHost(WebApplication app, FakeSfu sfu, FakeRooms rooms, FakeLiveRooms liveRooms)
    {
        _app = app;
        Sfu = sfu;
        Rooms = rooms;
        LiveRooms = liveRooms;
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
    }

    public FakeSfu Sfu { get; }

    public FakeRooms Rooms { get; }

    public HttpClient Client { get; }

    public MediaSessions Sessions => _app.Services.GetRequiredService<MediaSessions>();

    /// <summary>Rooms and their peers, as the gauges tell them.</summary>
    public (int Rooms, int Peers) Counts => (_app.Services.GetRequiredService<RoomTable>().RoomCount, _app.Services.GetRequiredService<RoomTable>().PeerCount);

    /// <summary>Asked of rooms about what goes on in a room.</summary>
    public FakeLiveRooms LiveRooms { get; }

    public static async Task<SignallingHost> StartAsync(
        Action<SignallingOptions>? configure = null, TimeProvider? time = null, Action<RoomOptions>? configureRooms = null, ISignallingNodes? nodes = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var (sfu, rooms, liveRooms) = (new FakeSfu(), new FakeRooms(), new FakeLiveRooms());
        builder.Services.AddSingleton<ISfuControl>(sfu).AddSingleton<IRoomsDirectory>(rooms).AddSingleton<ILiveRooms>(liveRooms);
        if (time is not null) builder.Services.AddSingleton(time);
        if (nodes is not null)
        {
            builder.Services.AddSingleton(nodes);
            builder.AddSignallingAnnouncements();
        }

        builder.AddSignalling();
        builder.Services.Configure<SignallingOptions>(options => configure?.Invoke(options));
        builder.Services.Configure<RoomOptions>(options => configureRooms?.Invoke(options));
        var app = builder.Build();
        app.MapSignalling();
        await app.StartAsync();
        return new SignallingHost(app, sfu, rooms, liveRooms);
    }

    public async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, string? token = null, string? body = null, string? type = "application/sdp", string? ifMatch = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (token is not null) request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        if (ifMatch is not null) request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            if (type is not null) request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        }
        return await Client.SendAsync(request);
    }

    public Task<HttpResponseMessage> PostAsync(string path, string? token, string body = Offer, string? type = "application/sdp") =>
        SendAsync(HttpMethod.Post, path, token, body, type);

    public Task<HttpResponseMessage> PatchAsync(string path, string token, string body, string? ifMatch) =>
        SendAsync(HttpMethod.Patch, path, token, body, "application/trickle-ice-sdpfrag", ifMatch);

    /// <summary>Opens a session and returns its path and entity tag.</summary>
    public async Task<(string Path, string EntityTag)> OpenAsync(string path = "/whip/r1", string token = "host:ann")
    {
        using var reply = await PostAsync(path, token);
        Assert.Equal(HttpStatusCode.Created, reply.StatusCode);
        return (reply.Headers.Location!.OriginalString, reply.Headers.ETag!.Tag);
    }

    /// <summary>What servers ask.</summary>
    public LiveStream.Contracts.RoomControl.IRoomControl Control => _app.Services.GetRequiredService<LiveStream.Contracts.RoomControl.IRoomControl>();

    /// <summary>Rooms that somebody is in, or was a moment ago.</summary>
    public int RoomCount => _app.Services.GetRequiredService<LiveStream.Signalling.Room.RoomTable>().RoomCount;

    /// <summary>Waits until the room of that id is forgotten.</summary>
    public async Task UntilForgottenAsync(string roomId)
    {
        var rooms = _app.Services.GetRequiredService<LiveStream.Signalling.Room.RoomTable>();
        if (rooms.TryEnter(roomId) is not { } room) return;
        rooms.Leave(room);
        await room.Ended.WaitAsync(TimeSpan.FromSeconds(60));
    }

    /// <summary>Ends the host as SIGTERM does.</summary>
    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }
}
