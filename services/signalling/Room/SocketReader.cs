using System.Buffers;
using System.Net.WebSockets;
using System.Text.Json;

using LiveStream.Signalling.Protocol;
using LiveStream.Signalling.Protocol.Notifications;
using LiveStream.Signalling.Room.Methods;

namespace LiveStream.Signalling.Room;

/// <summary>How a socket ended.</summary>
internal enum SocketEnd
{
    /// <summary>The connection broke, was silent, or the server ended it.</summary>
    Lost,
    /// <summary>The client closed it with code 1000.</summary>
    Deliberate,
}

/// <summary>
/// The reading half of one WebSocket: frames become messages for the room; whatever is none is answered here, so that the
/// room does not notice.
/// </summary>
internal sealed class SocketReader(
    PeerSocket peer, MessageBudget budget, RoomOptions options, TimeProvider time, SignallingMetrics metrics, Func<ClientMessage, ValueTask> onMessage)
{
    private const int FirstBufferSize = 4096;

    // How long a client may take to answer the server's close frame.
    private static readonly TimeSpan s_closeTimeout = TimeSpan.FromSeconds(2);

    private readonly RecentIds _recentIds = new();
    private bool _refused;

    /// <summary>Reads until the socket ends. Does not throw for anything that a client does.</summary>
    public async Task<SocketEnd> ReadAsync()
    {
        using var silence = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        await using var closing = peer.Closing.Register(() => silence.CancelAfter(s_closeTimeout));
        byte[] buffer = [];
        try
        {
            while (true)
            {
                if (!_refused && !peer.Closing.IsCancellationRequested) silence.CancelAfter(options.SilenceTimeout);
                var length = 0;
                // Nobody needs memory to wait: most sockets of a large room say nothing for minutes.
                var part = await peer.Socket.ReceiveAsync(Memory<byte>.Empty, silence.Token);
                if (!part.EndOfMessage) buffer = ArrayPool<byte>.Shared.Rent(FirstBufferSize);
                while (!part.EndOfMessage)
                {
                    part = await peer.Socket.ReceiveAsync(buffer.AsMemory(length), silence.Token);
                    length += part.Count;
                    if (length > options.MaxFrameBytes) Refuse(WebSocketCloseStatus.MessageTooBig, $"a frame is larger than {options.MaxFrameBytes} bytes");
                    // What a refused client still sends is read and dropped: unread, it would reset the connection, and the
                    // client would never see why.
                    if (_refused) length = 0;
                    else if (length == buffer.Length && !part.EndOfMessage) Grow(ref buffer, length);
                }

                if (part.MessageType == WebSocketMessageType.Close)
                {
                    var deliberate = !_refused && !peer.Closing.IsCancellationRequested
                        && peer.Socket.CloseStatus == WebSocketCloseStatus.NormalClosure;
                    peer.Close(WebSocketCloseStatus.NormalClosure, "");
                    return deliberate ? SocketEnd.Deliberate : SocketEnd.Lost;
                }

                if (!_refused && !peer.Closing.IsCancellationRequested)
                {
                    if (part.MessageType == WebSocketMessageType.Binary) Refuse(WebSocketCloseStatus.InvalidMessageType, "frames are text");
                    else await TakeAsync(buffer.AsMemory(0, length));
                }

                Return(ref buffer);
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            return SocketEnd.Lost;
        }
        finally
        {
            Return(ref buffer);
        }
    }

    private static void Return(ref byte[] buffer)
    {
        if (buffer.Length > 0) ArrayPool<byte>.Shared.Return(buffer);
        buffer = [];
    }

    private static void Grow(ref byte[] buffer, int length)
    {
        var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
        buffer.AsSpan(0, length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = larger;
    }

    private async ValueTask TakeAsync(ReadOnlyMemory<byte> text)
    {
        var verdict = budget.Take(MessageBudgets.Now(time));
        if (verdict == BudgetVerdict.Exhausted)
        {
            Refuse(WebSocketCloseStatus.PolicyViolation, "too many messages");
            return;
        }

        var error = FrameReader.TryRead(text, out var frame);
        if (error == FrameError.NotJson)
        {
            Refuse(WebSocketCloseStatus.InvalidPayloadData, "a frame is not JSON");
            return;
        }

        if (frame is null) peer.Send(new OnWarning(ErrorCode.BadRequest, TextOf(error)));
        else if (verdict == BudgetVerdict.Refused) Answer(frame.Id, new(ErrorCode.TooManyRequests, "too many messages"));
        else await TakeAsync(frame);
    }

    private async ValueTask TakeAsync(ClientFrame frame)
    {
        if (frame.Method == "ping")
        {
            if (frame.Id is { } id) peer.Send(new ReplyMessage(id, new PongResult(TimestampOf(frame))));
            return;
        }

        // A warning, not an error: the id belongs to a request that was, or will be, answered for itself.
        if (frame.Id is { } used && !_recentIds.TryAdd(used))
        {
            peer.Send(new OnWarning(ErrorCode.Conflict, $"an id is used twice; {frame.Method} is not done"));
            return;
        }

        var (message, refusal) = ClientMessage.Read(frame);
        if (message is null) Answer(frame.Id, refusal!);
        else
        {
            metrics.Received(message.Method.Name);
            if (message.Method.Price > 1) budget.Charge(message.Method.Price - 1);
            await onMessage(message);
        }
    }

    private static long TimestampOf(ClientFrame ping) =>
        ping.Params.TryGetProperty("timestamp"u8, out var given) && given.ValueKind == JsonValueKind.Number && given.TryGetInt64(out var timestamp)
            ? timestamp
            : 0;

    private void Answer(RequestId? id, ProtocolError error)
    {
        metrics.Refused(error.Code);
        if (id is { } request) peer.Send(new ErrorMessage(request, error));
        else peer.Send(new OnWarning(error.Code, error.Message));
    }

    private void Refuse(WebSocketCloseStatus code, string reason)
    {
        if (_refused) return;
        _refused = true;
        peer.Close(code, reason);
    }

    private static string TextOf(FrameError error) => error switch
    {
        FrameError.NotAnObject => "a frame is no JSON object",
        FrameError.BadMethod => "a frame has no method",
        FrameError.BadId => "an id is a text or an integer",
        _ => "params are an object",
    };
}
