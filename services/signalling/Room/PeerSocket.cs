using System.Net.WebSockets;
using System.Text;

using LiveStream.Signalling.Protocol;

using Microsoft.Extensions.Logging;

namespace LiveStream.Signalling.Room;

/// <summary>
/// The writing half of one WebSocket. Who queues never waits; a client that does not keep up loses its socket. As a work item it
/// sends what is queued.
/// </summary>
internal sealed class PeerSocket(long id, WebSocket socket, FrameStream connection, ILogger logger) : IThreadPoolWorkItem, IDisposable
{
    // RFC 6455 §5.5: the payload of a control frame, without the two bytes of the code.
    private const int MaxReasonBytes = 123;

    private readonly CancellationTokenSource _closing = new();
    private Task _goodbye = Task.CompletedTask;
    private int _closed;

    /// <summary>Never used twice in this process.</summary>
    public long Id => id;

    public WebSocket Socket => socket;

    /// <summary>Cancelled once the server has said goodbye.</summary>
    public CancellationToken Closing => _closing.Token;

    /// <summary>Queues frames, whose memory is shared and must not change any more. True: the caller sees to it that <see cref="Execute"/> runs.</summary>
    public bool Queue(ReadOnlyMemory<byte> frames)
    {
        switch (connection.Add(frames))
        {
            case Queued.Idle:
                return true;
            case Queued.Full:
                logger.SlowClientDropped(id, connection.WaitingBytes);
                Abort();
                return false;
            // Closed: nobody counts on the frame.
            default:
                return false;
        }
    }

    /// <summary>Sends one message to this socket alone.</summary>
    public void Send(ServerMessage message)
    {
        if (Queue(FrameWriter.Write(message).Bytes)) Execute();
    }

    /// <summary>Sends what is queued; returns when the connection has it, or has no room.</summary>
    public void Execute() => _ = SendAsync();

    /// <summary>Ends the socket after what is queued.</summary>
    public void Close(WebSocketCloseStatus code, string reason)
    {
        if (Interlocked.Exchange(ref _closed, 1) == 0) _goodbye = SayGoodbyeAsync(code, Shorten(reason));
    }

    /// <summary>Ends the socket at once.</summary>
    public void Abort()
    {
        connection.Abort();
        socket.Abort();
    }

    /// <summary>Nothing more will be queued; done when what is queued was sent, or cannot be.</summary>
    public async Task FinishAsync()
    {
        await connection.CompleteAsync();
        await _goodbye;
    }

    public void Dispose() => _closing.Dispose();

    // The client is gone, or takes nothing any more.
    private static bool IsLoss(Exception e) =>
        e is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException or InvalidOperationException;

    private async Task SendAsync()
    {
        try
        {
            await connection.SendAsync();
        }
        catch (Exception e) when (IsLoss(e))
        {
            Abort();
        }
    }

    private async Task SayGoodbyeAsync(WebSocketCloseStatus code, string reason)
    {
        try
        {
            await socket.CloseOutputAsync(code, reason, CancellationToken.None);
            await connection.CompleteAsync();
            await _closing.CancelAsync();
        }
        catch (Exception e) when (IsLoss(e))
        {
            Abort();
        }
    }

    private static string Shorten(string reason)
    {
        while (Encoding.UTF8.GetByteCount(reason) > MaxReasonBytes) reason = reason[..(reason.Length * 3 / 4)];
        return reason;
    }
}
