using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;

namespace LiveStream.Signalling.Tests.Fakes;

/// <summary>A client of the protocol over a real WebSocket. Every wait ends after a while.</summary>
internal sealed class SocketClient : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly ClientWebSocket _socket = new();
    private readonly Queue<JsonObject> _seen = new();
    private int _ids;

    public WebSocketCloseStatus? CloseStatus => _socket.CloseStatus;

    public string? CloseReason => _socket.CloseStatusDescription;

    public static async Task<SocketClient> OpenAsync(SignallingHost host, string token, string peer)
    {
        var client = new SocketClient();
        var address = new UriBuilder(host.Client.BaseAddress!)
        {
            Scheme = "ws",
            Path = "/ws",
            Query = $"peer={peer}&token={Uri.EscapeDataString(token)}&user_agent_v2=sdk:web&protocol_version=2.5&protocol_spec=20250115",
        };
        using var limit = new CancellationTokenSource(s_patience);
        await client._socket.ConnectAsync(address.Uri, limit.Token);
        return client;
    }

    /// <summary>Opens and joins without media.</summary>
    public static async Task<SocketClient> JoinAsync(SignallingHost host, string token, string peer)
    {
        var client = await OpenAsync(host, token, peer);
        await client.UntilAsync("on-policy-change");
        Assert.Equal("{}", (await client.RequestAsync("join", $$"""{"name":"{{peer}}","data":""}"""))["result"]!.ToJsonString());
        await client.UntilAsync("session-info");
        return client;
    }

    public async Task SendAsync(string text, WebSocketMessageType type = WebSocketMessageType.Text)
    {
        using var limit = new CancellationTokenSource(s_patience);
        await _socket.SendAsync(Encoding.UTF8.GetBytes(text), type, endOfMessage: true, limit.Token);
    }

    /// <summary>A request; the reply.</summary>
    public async Task<JsonObject> RequestAsync(string method, string parameters = "{}")
    {
        var id = $"c{++_ids}";
        await SendAsync($$"""{"method":"{{method}}","params":{{parameters}},"id":"{{id}}","jsonrpc":"2.0"}""");
        return await FindAsync(frame => (string?)frame["id"] == id);
    }

    /// <summary>The params of the next notification of that method; what comes before is kept.</summary>
    public async Task<JsonObject> UntilAsync(string method) => (await FindAsync(frame => (string?)frame["method"] == method))["params"]!.AsObject();

    /// <summary>The next frame, whatever it is.</summary>
    public Task<JsonObject> NextAsync() => FindAsync(_ => true);

    /// <summary>Reads until the server closes.</summary>
    public async Task UntilClosedAsync()
    {
        while (await ReceiveAsync() is not null)
        {
        }
    }

    public async Task CloseAsync()
    {
        using var limit = new CancellationTokenSource(s_patience);
        await _socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, limit.Token);
    }

    /// <summary>Vanishes without a word.</summary>
    public void Abort() => _socket.Abort();

    public void Dispose() => _socket.Dispose();

    private async Task<JsonObject> FindAsync(Func<JsonObject, bool> isIt)
    {
        for (var kept = _seen.Count; kept > 0; kept--)
        {
            var frame = _seen.Dequeue();
            if (isIt(frame)) return frame;
            _seen.Enqueue(frame);
        }

        while (true)
        {
            var frame = await ReceiveAsync() ?? throw new InvalidOperationException($"closed: {CloseStatus} {CloseReason}");
            if (isIt(frame)) return frame;
            _seen.Enqueue(frame);
        }
    }

    private async Task<JsonObject?> ReceiveAsync()
    {
        using var limit = new CancellationTokenSource(s_patience);
        using var text = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (true)
        {
            var part = await _socket.ReceiveAsync(buffer, limit.Token);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                if (_socket.State == WebSocketState.CloseReceived) await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, limit.Token);
                return null;
            }

            text.Write(buffer, 0, part.Count);
            if (part.EndOfMessage) return JsonNode.Parse(text.ToArray())!.AsObject();
        }
    }
}
