using System.Buffers.Text;
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

    // Counts come once a second: after several without one nothing more comes.
    private static readonly TimeSpan s_silence = TimeSpan.FromSeconds(10);

    private static readonly byte[] s_join = Encoding.UTF8.GetBytes(
        """{"method":"join","params":{"name":"Bench","disableVidAutoSub":true,"data":"","server_sub_degrade":false,"simulcast":false,"onDemandTracks":false},"id":"j","jsonrpc":"2.0"}""");

    private readonly ServerProcess _server;
    private readonly IPEndPoint _endPoint;
    private readonly string _roomId;
    private readonly bool _large;
    private readonly string _run = Guid.NewGuid().ToString("N")[..8];
    private TimeSpan[] _due = [];
    private int[] _counts = [];
    private bool[] _answered = [];
    private TimeSpan _lastNotice;
    private int _said;

    /// <summary>The room.</summary>
    public string RoomId => _roomId;

    private RoomCrowd(ServerProcess server, string roomId, bool large)
    {
        (_server, _roomId, _large) = (server, roomId, large);
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

    /// <summary>An empty room, made by REST.</summary>
    /// <param name="server">Where.</param>
    /// <param name="name">Another one for each room.</param>
    /// <param name="large">Made for many: peers without media are counted, and not told of one by one.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<RoomCrowd> CreateAsync(ServerProcess server, string name, bool large, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/v2/rooms", UriKind.Relative));
        request.Headers.Authorization = new AuthenticationHeaderValue(
            "Bearer", AuthToken.ForManagement(server.Workspace.AccessKey, server.Workspace.Secret, DateTimeOffset.UtcNow));
        request.Content = new StringContent($$"""{"name":"{{name}}","large_room":{{(large ? "true" : "false")}}}""", Encoding.UTF8, "application/json");
        using var reply = await server.Http.SendAsync(request, cancellationToken);
        reply.EnsureSuccessStatusCode();
        using var room = JsonDocument.Parse(await reply.Content.ReadAsByteArrayAsync(cancellationToken));
        return new RoomCrowd(server, room.RootElement.GetProperty("id").GetString()!, large);
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
            Array.Resize(ref _counts, first + count);
            Array.Resize(ref _answered, first + count);
            var begin = SocketCrowd.Now + TimeSpan.FromMilliseconds(50);
            for (var i = 0; i < count; i++)
            {
                var (index, token) = (first + i, tokens[i]);
                _due[index] = begin + over * i / count;
                Sockets.Plan(_due[index], () => Open(index, token));
            }
        });
        await Sockets.WaitAsync(
            () => Sockets.Clients.Count == _due.Length && Sockets.Clients.All(client => client.IsClosed || _answered[client.Index]), over + patience, cancellationToken);
        return await Sockets.AskAsync(() => Joins.Count);
    }

    /// <summary>
    /// Waits until each peer knows how many are here and, in a room that is not large, was told of everyone who came after it. False at
    /// the time limit, or when nothing has come for a while: who was dropped is told nothing.
    /// </summary>
    public async Task<bool> WaitAllToldAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        var (all, begin) = (false, SocketCrowd.Now);
        await Sockets.WaitAsync(
            () =>
            {
                var told = _large || PeersSeen >= (long)_due.Length * (_due.Length - 1) / 2;
                all = told && Joins.Count == _due.Length && _counts.All(count => count == _due.Length);
                return all || SocketCrowd.Now - s_silence > begin && SocketCrowd.Now - s_silence > _lastNotice;
            },
            patience, cancellationToken);
        return all;
    }

    /// <summary>The first peer that is still there writes to everybody; on the sockets' thread only. False when nobody is.</summary>
    public bool Say()
    {
        if (Sockets.Clients.FirstOrDefault(client => !client.IsClosed) is not { } sender) return false;
        // Each time with another id: the same one again is answered, and sent to nobody.
        var number = ++_said;
        sender.Send(Encoding.UTF8.GetBytes(
            $$$"""{"method":"broadcast","params":{"info":{"message":"Message {{{number}}} of a bench that says about as much as people do.","type":"chat"}},"id":"b{{{number}}}","jsonrpc":"2.0"}"""));
        return true;
    }

    public void Dispose() => Sockets.Dispose();

    private void Open(int index, string token)
    {
        var client = new SocketClient(_endPoint, $"/ws?peer={_run}-{index}&token={token}&user_agent_v2=bench&protocol_version=2.5", OnText) { Index = index };
        Sockets.Add(client);
    }

    private void Count(int index, ReadOnlySpan<byte> sessionInfo)
    {
        var at = sessionInfo.IndexOf("\"peer_count\":"u8);
        if (at < 0 || !Utf8Parser.TryParse(sessionInfo[(at + "\"peer_count\":"u8.Length)..], out int count, out _) || _counts[index] == count) return;
        _counts[index] = count;
        _lastNotice = SocketCrowd.Now;
    }

    // Replies begin with the version, notifications with their method.
    private void OnText(SocketClient client, ReadOnlySpan<byte> text)
    {
        if (text.StartsWith("""{"method":"on-peer-join","""u8))
        {
            PeersSeen++;
            _lastNotice = SocketCrowd.Now;
        }
        else if (text.StartsWith("""{"method":"session-info","""u8)) Count(client.Index, text);
        else if (text.StartsWith("""{"method":"on-broadcast","""u8)) OnMessage?.Invoke();
        else if (text.StartsWith("""{"method":"on-policy-change","""u8)) client.Send(s_join);
        else if (text.StartsWith("{\"jsonrpc\":\"2.0\",\"id\":\"j\",\"result\""u8))
        {
            _answered[client.Index] = true;
            Joins.Add(SocketCrowd.Now - _due[client.Index]);
        }
        else if (text.StartsWith("{\"jsonrpc\":\"2.0\",\"id\":\"j\",\"error\""u8) || text.StartsWith("""{"method":"on-error","""u8))
        {
            _answered[client.Index] = true;
            Refused++;
        }
    }
}
