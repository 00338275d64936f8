using System.Net.WebSockets;
using System.Text;
using System.Threading.Channels;

using LiveStream.Signalling.Protocol;

using Microsoft.Extensions.Logging;

namespace LiveStream.Signalling.Room;

/// <summary>
/// The writing half of one WebSocket: a bounded queue of frames and one loop that sends them. Who queues never waits; a
/// client that does not keep up loses its socket.
/// </summary>
internal sealed class PeerSocket : IDisposable
{
    // RFC 6455 §5.5: the payload of a control frame, without the two bytes of the code.
    private const int MaxReasonBytes = 123;

    // Frames that make one write; more would be held back for no gain.
    private const int GatheredBytes = 16 * 1024;

    private readonly RoomOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Channel<Outgoing> _queue;
    private readonly CancellationTokenSource _closing = new();
    private readonly GatheringStream _connection;
    private long _queuedBytes;

    /// <summary>Takes over a WebSocket, and the stream that it writes to.</summary>
    public PeerSocket(long id, WebSocket socket, GatheringStream connection, RoomOptions options, TimeProvider time, ILogger logger)
    {
        (Id, Socket, _connection, _options, _time, _logger) = (id, socket, connection, options, time, logger);
        Closing = _closing.Token;
        _queue = Channel.CreateBounded<Outgoing>(
            new BoundedChannelOptions(options.MaxQueuedMessages) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
    }

    /// <summary>Never used twice in this process.</summary>
    public long Id { get; }

    public WebSocket Socket { get; }

    /// <summary>Cancelled once the server has said goodbye.</summary>
    public CancellationToken Closing { get; }

    /// <summary>Queues a frame. The memory is shared and must not change any more.</summary>
    public void Send(ReadOnlyMemory<byte> frame)
    {
        var queued = Interlocked.Add(ref _queuedBytes, frame.Length);
        if (queued <= _options.MaxQueuedBytes && _queue.Writer.TryWrite(new Outgoing(frame, null))) return;
        // Also when the socket is closing already: then nobody counts on the frame.
        if (_queue.Reader.Completion.IsCompleted || Closing.IsCancellationRequested) return;
        _logger.SlowClientDropped(Id, queued);
        Abort();
    }

    /// <summary>Queues one message for this socket alone.</summary>
    public void Send(ServerMessage message) => Send(FrameWriter.Write(message));

    /// <summary>Ends the socket after what is queued.</summary>
    public void Close(WebSocketCloseStatus code, string reason)
    {
        if (!_queue.Writer.TryWrite(new Outgoing(default, new Goodbye(code, Shorten(reason))))) Abort();
        _queue.Writer.TryComplete();
    }

    /// <summary>Ends the socket at once.</summary>
    public void Abort()
    {
        _queue.Writer.TryComplete();
        Socket.Abort();
    }

    public void Dispose() => _closing.Dispose();

    /// <summary>Nothing more will be queued; lets <see cref="WriteAsync"/> end.</summary>
    public void Complete() => _queue.Writer.TryComplete();

    /// <summary>Sends what is queued, until the socket ends. Does not throw.</summary>
    public async Task WriteAsync()
    {
        using var limit = new CancellationTokenSource(Timeout.InfiniteTimeSpan, _time);
        try
        {
            while (await _queue.Reader.WaitToReadAsync(CancellationToken.None))
            {
                var goodbye = await GatherAsync();
                limit.CancelAfter(_options.SendTimeout);
                await _connection.ReleaseAsync(limit.Token);
                limit.CancelAfter(Timeout.InfiniteTimeSpan);
                if (!goodbye) continue;
                await _closing.CancelAsync();
                return;
            }
        }
        // The client is gone, or takes nothing any more.
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            Abort();
        }
    }

    // Writes what is queued to where it waits for the release, which alone may take time. Whether the last was a goodbye.
    private async ValueTask<bool> GatherAsync()
    {
        _connection.Hold();
        for (var gathered = 0; gathered < GatheredBytes && _queue.Reader.TryRead(out var next);)
        {
            if (next.Goodbye is { } last)
            {
                await Socket.CloseOutputAsync(last.Code, last.Reason, CancellationToken.None);
                return true;
            }

            await Socket.SendAsync(next.Frame, WebSocketMessageType.Text, WebSocketMessageFlags.EndOfMessage, CancellationToken.None);
            Interlocked.Add(ref _queuedBytes, -next.Frame.Length);
            gathered += next.Frame.Length;
        }

        return false;
    }

    private static string Shorten(string reason)
    {
        while (Encoding.UTF8.GetByteCount(reason) > MaxReasonBytes) reason = reason[..(reason.Length * 3 / 4)];
        return reason;
    }

    private readonly record struct Outgoing(ReadOnlyMemory<byte> Frame, Goodbye? Goodbye);

    private sealed record Goodbye(WebSocketCloseStatus Code, string Reason);
}
