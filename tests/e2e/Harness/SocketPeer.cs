using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;

namespace LiveStream.E2E.Tests.Harness;

/// <summary>Speaks the client protocol by hand, for what no SDK would say.</summary>
public sealed class SocketPeer : IDisposable
{
    private readonly ClientWebSocket _socket = new();
    private int _ids;

    /// <summary>Opens a socket and joins without media.</summary>
    public static async Task<SocketPeer> JoinAsync(Product product, string role, string name, string? roomId = null)
    {
        var peer = new SocketPeer();
        var token = product.Tokens.For(role, roomId);
        var query = $"peer={Guid.NewGuid()}&token={Uri.EscapeDataString(token)}&protocol_version=2.5&protocol_spec=20250115";
        var address = new UriBuilder(await EndpointAsync(product, token)) { Query = query };
        using var limit = new CancellationTokenSource(Limits.Patience);
        await peer._socket.ConnectAsync(address.Uri, limit.Token);
        var joined = await peer.RequestAsync("join", new JsonObject { ["name"] = name, ["data"] = "" });
        Assert.True(joined["result"] is not null, joined.ToJsonString());
        return peer;
    }

    /// <summary>Where <c>/init</c> sends whoever has that token.</summary>
    public static async Task<Uri> EndpointAsync(Product product, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(product.Address, $"/init?peer_id={Guid.NewGuid()}"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var reply = await product.Http.SendAsync(request);
        var text = await reply.Content.ReadAsStringAsync();
        Assert.True(reply.IsSuccessStatusCode, $"/init answered {(int)reply.StatusCode} {text}");
        return new Uri((string)JsonNode.Parse(text)!["endpoint"]!);
    }

    /// <summary>Waits for a notification; its params.</summary>
    public async Task<JsonObject> ToldAsync(string method) => (await UntilAsync(frame => (string?)frame["method"] == method))["params"]!.AsObject();

    /// <summary>Sends a request; the whole reply.</summary>
    public async Task<JsonObject> RequestAsync(string method, JsonObject parameters)
    {
        var id = $"s{++_ids}";
        await SendAsync(new JsonObject { ["method"] = method, ["params"] = parameters, ["id"] = id, ["jsonrpc"] = "2.0" });
        return await UntilAsync(frame => (string?)frame["id"] == id);
    }

    /// <summary>Sends a notification that must be refused; the server's warning.</summary>
    public async Task<JsonObject> WarnedAsync(string method, JsonObject parameters)
    {
        await SendAsync(new JsonObject { ["method"] = method, ["params"] = parameters, ["jsonrpc"] = "2.0" });
        return (await UntilAsync(frame => (string?)frame["method"] == "on-warning"))["params"]!.AsObject();
    }

    public void Dispose() => _socket.Dispose();

    private async Task SendAsync(JsonObject frame)
    {
        using var limit = new CancellationTokenSource(Limits.Patience);
        await _socket.SendAsync(Encoding.UTF8.GetBytes(frame.ToJsonString()), WebSocketMessageType.Text, endOfMessage: true, limit.Token);
    }

    private async Task<JsonObject> UntilAsync(Func<JsonObject, bool> wanted)
    {
        using var limit = new CancellationTokenSource(Limits.Patience);
        var buffer = new byte[16 * 1024];
        while (true)
        {
            using var text = new MemoryStream();
            WebSocketReceiveResult part;
            do
            {
                part = await _socket.ReceiveAsync(buffer, limit.Token);
                Assert.False(part.MessageType == WebSocketMessageType.Close, $"closed: {part.CloseStatusDescription}");
                text.Write(buffer, 0, part.Count);
            }
            while (!part.EndOfMessage);
            if (JsonNode.Parse(text.ToArray()) is JsonObject frame && wanted(frame)) return frame;
        }
    }
}
