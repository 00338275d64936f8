using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

using LiveStream.Benchmarks.Load;
using LiveStream.Benchmarks.Server;
using LiveStream.Testing;

namespace LiveStream.Benchmarks.Rooms;

/// <summary>Peers of one room without media: joins them by plan, and counts what they are told.</summary>
internal sealed class RoomCrowd : IDisposable
{
    private const string Role = "viewer-near-realtime";

    private static readonly byte[] s_join = Encoding.UTF8.GetBytes(
        """{"method":"join","params":{"name":"Bench","disableVidAutoSub":true,"data":"","server_sub_degrade":false,"simulcast":false,"onDemandTracks":false},"id":"j","jsonrpc":"2.0"}""");

    private readonly ServerProcess _server;
    private readonly IPEndPoint _endPoint;
    private readonly string _roomId;
    private readonly string _run = Guid.NewGuid().ToString("N")[..8];
    private TimeSpan[] _due = [];
    private int _said;

    /// <summary>The room.</summary>
    public string RoomId => _roomId;

    private RoomCrowd(ServerProcess server, string roomId)
    {
        (_server, _roomId) = (server, roomId);
        _endPoint = new IPEndPoint(IPAddress.Loopback, server.Http.BaseAddress!.Port);
    }

    public SocketCrowd Sockets { get; } = new();

    /// <summary>From when a peer was due, by connection, upgrade and policy, to the reply to its join.</summary>
    public DelayHistogram Joins { get; } = new();

    /// <summary>Joins that the server refused.</summary>
    public int Refused { get; private set; }

    /// <summary>Notifications of others that joined.</summary>
    public long PeersSeen { get; private set; }

    /// <summary>Called for each chat message that a peer is given.</summary>
    public Action? OnMessage { get; set; }

    /// <summary>An empty room for many, made by REST.</summary>
    public static async Task<RoomCrowd> CreateAsync(ServerProcess server, string name, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/v2/rooms", UriKind.Relative));
        request.Headers.Authorization = new AuthenticationHeaderValue(
            "Bearer", AuthToken.ForManagement(server.Workspace.AccessKey, server.Workspace.Secret, DateTimeOffset.UtcNow));
        request.Content = new StringContent($$"""{"name":"{{name}}","large_room":true}""", Encoding.UTF8, "application/json");
        using var reply = await server.Http.SendAsync(request, cancellationToken);
        reply.EnsureSuccessStatusCode();
        using var room = JsonDocument.Parse(await reply.Content.ReadAsByteArrayAsync(cancellationToken));
        return new RoomCrowd(server, room.RootElement.GetProperty("id").GetString()!);
    }

    /// <summary>Joins peers at even times within the span, and waits for the reply to each. Returns how many had theirs in time.</summary>
    public async Task<long> JoinAsync(int count, TimeSpan over, TimeSpan patience, CancellationToken cancellationToken)
    {
        var tokens = Enumerable.Range(0, count).Select(i => AuthToken.ForRole(
            _server.Workspace.AccessKey, _server.Workspace.Secret, _roomId, Role, $"bench-{i}", DateTimeOffset.UtcNow)).ToArray();
        Sockets.Post(() =>
        {
            var first = _due.Length;
            Array.Resize(ref _due, first + count);
            var begin = SocketCrowd.Now + TimeSpan.FromMilliseconds(50);
            for (var i = 0; i < count; i++)
            {
                var (index, token) = (first + i, tokens[i]);
                _due[index] = begin + over * i / count;
                Sockets.Plan(_due[index], () => Open(index, token));
            }
        });
        await Sockets.WaitAsync(() => Joins.Count + Refused + Sockets.Dropped >= _due.Length, over + patience, cancellationToken);
        return await Sockets.AskAsync(() => Joins.Count);
    }

    /// <summary>Waits until each peer was told of everyone who came after it.</summary>
    public Task<bool> WaitAllSeenAsync(TimeSpan patience, CancellationToken cancellationToken) =>
        Sockets.WaitAsync(() => PeersSeen >= (long)_due.Length * (_due.Length - 1) / 2, patience, cancellationToken);

    /// <summary>One peer writes to everybody; on the sockets' thread only. Each time with another id: the same one again is answered, and sent to nobody.</summary>
    public void Say()
    {
        var number = ++_said;
        Sockets.Clients[0].Send(Encoding.UTF8.GetBytes(
            $$$"""{"method":"broadcast","params":{"info":{"message":"Message {{{number}}} of a bench that says about as much as people do.","type":"chat"}},"id":"b{{{number}}}","jsonrpc":"2.0"}"""));
    }

    public void Dispose() => Sockets.Dispose();

    private void Open(int index, string token)
    {
        var client = new SocketClient(_endPoint, $"/ws?peer={_run}-{index}&token={token}&user_agent_v2=bench&protocol_version=2.5", OnText) { Index = index };
        Sockets.Add(client);
    }

    // Replies begin with the version, notifications with their method.
    private void OnText(SocketClient client, ReadOnlySpan<byte> text)
    {
        if (text.StartsWith("""{"method":"on-peer-join","""u8)) PeersSeen++;
        else if (text.StartsWith("""{"method":"on-broadcast","""u8)) OnMessage?.Invoke();
        else if (text.StartsWith("""{"method":"on-policy-change","""u8)) client.Send(s_join);
        else if (text.StartsWith("{\"jsonrpc\":\"2.0\",\"id\":\"j\",\"result\""u8)) Joins.Add(SocketCrowd.Now - _due[client.Index]);
        else if (text.StartsWith("{\"jsonrpc\":\"2.0\",\"id\":\"j\",\"error\""u8) || text.StartsWith("""{"method":"on-error","""u8)) Refused++;
    }
}
