using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

using LiveStream.Benchmarks.Server;
using LiveStream.Testing.Rtc;

namespace LiveStream.Benchmarks.Rooms;

/// <summary>What a peer with media had to wait for, each from when it was due.</summary>
/// <param name="Joined">The reply to its join, with the answer to its offer.</param>
/// <param name="Connected">ICE and DTLS of both connections.</param>
internal sealed record MediaJoin(TimeSpan Joined, TimeSpan Connected);

/// <summary>One peer with both connections of the client protocol: it offers the one, and answers the server's offer of the other.</summary>
internal sealed class MediaPeer(ServerProcess server, string roomId, string role, int number) : IAsyncDisposable
{
    private const int MaximumFrame = 1 << 20;

    private readonly ClientWebSocket _socket = new();
    private readonly RtcPeer _publish = New(sending: true), _subscribe = New(sending: false);
    private readonly CancellationTokenSource _end = new();
    private readonly SemaphoreSlim _sending = new(1);
    private readonly TaskCompletionSource _joined = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _offered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _reading = Task.CompletedTask, _pinging = Task.CompletedTask;

    /// <summary>Why it is no longer in the room; null while it is.</summary>
    public string? Fault { get; private set; }

    /// <summary>Joins now; the time counts from when it was due.</summary>
    public async Task<MediaJoin> JoinAsync(string token, Func<TimeSpan> sinceDue, CancellationToken cancellationToken)
    {
        var address = server.Http.BaseAddress!;
        await _socket.ConnectAsync(new Uri($"ws://{address.Authority}/ws?peer=media-{roomId}-{number}&token={token}&user_agent_v2=bench"), cancellationToken);
        _reading = ReadAsync(cancellationToken);
        _pinging = PingAsync();
        await SendAsync("join", new { name = role, disableVidAutoSub = true, data = "", offer = new { type = "offer", sdp = ClientSide.Offer(_publish, $"m{number}") } }, "j", cancellationToken);
        await _joined.Task.WaitAsync(cancellationToken);
        var joined = sinceDue();
        await _publish.WaitConnectedAsync(cancellationToken);
        await _offered.Task.WaitAsync(cancellationToken);
        await _subscribe.WaitConnectedAsync(cancellationToken);
        return new MediaJoin(joined, sinceDue());
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _reading;
        await _pinging;
        _socket.Dispose();
        await _publish.DisposeAsync();
        await _subscribe.DisposeAsync();
        _end.Dispose();
        _sending.Dispose();
    }

    private static RtcPeer New(bool sending) => new(new RtcSessionOptions { Offer = new RtcOfferOptions { Sending = sending } });

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _end.Token);
        var buffer = new byte[MaximumFrame];
        try
        {
            while (true)
            {
                var length = 0;
                ValueWebSocketReceiveResult part;
                do
                {
                    part = await _socket.ReceiveAsync(buffer.AsMemory(length), both.Token);
                    length += part.Count;
                }
                while (!part.EndOfMessage && length < buffer.Length);
                if (part.MessageType == WebSocketMessageType.Close)
                {
                    Fault = $"closed: {_socket.CloseStatusDescription}";
                    break;
                }

                await TakeAsync(buffer.AsMemory(0, length), both.Token);
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or FormatException)
        {
            if (!_end.IsCancellationRequested) Fault = e.Message;
        }

        var fault = new InvalidOperationException($"Peer {number}: {Fault ?? "ended"}");
        _joined.TrySetException(fault);
        _offered.TrySetException(fault);
    }

    // The server drops who is silent for twelve seconds.
    private async Task PingAsync()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(3));
        try
        {
            while (await timer.WaitForNextTickAsync(_end.Token)) await SendAsync("ping", new { timestamp = 1 }, "p", _end.Token);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or InvalidOperationException)
        {
            // The reading half tells why.
        }
    }

    private async Task TakeAsync(ReadOnlyMemory<byte> text, CancellationToken cancellationToken)
    {
        using var document = JsonDocument.Parse(text);
        var root = document.RootElement;
        if (root.TryGetProperty("id", out var id) && id.GetString() == "j")
        {
            if (!root.TryGetProperty("result", out var result)) throw new FormatException("join: " + root);
            _publish.Start(result.GetProperty("sdp").GetString()!);
            _joined.TrySetResult();
        }
        else if (root.TryGetProperty("method", out var method) && method.GetString() == "offer")
        {
            var offer = root.GetProperty("params").GetProperty("sdp").GetString()!;
            await SendAsync("answer", new { desc = new { type = "answer", sdp = ClientSide.AnswerTo(offer, _subscribe) } }, null, cancellationToken);
            if (_offered.Task.IsCompleted) return;
            _subscribe.Start(ClientSide.AsAnswer(offer));
            _offered.TrySetResult();
        }
    }

    private async Task SendAsync(string method, object parameters, string? id, CancellationToken cancellationToken)
    {
        var text = id is null
            ? JsonSerializer.Serialize(new { method, @params = parameters })
            : JsonSerializer.Serialize(new { method, @params = parameters, id, jsonrpc = "2.0" });
        await _sending.WaitAsync(cancellationToken);
        try
        {
            await _socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
        }
        finally
        {
            _sending.Release();
        }
    }
}
