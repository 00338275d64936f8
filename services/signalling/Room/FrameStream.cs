using System.Buffers;

using Microsoft.AspNetCore.Http.Features;

namespace LiveStream.Signalling.Room;

/// <summary>What became of frames that were to be sent.</summary>
internal enum Queued
{
    /// <summary>They wait, and whoever sends takes them along.</summary>
    Waiting,
    /// <summary>They wait, and nobody sends: the caller sees to <see cref="FrameStream.SendAsync"/>.</summary>
    Idle,
    /// <summary>Nothing is sent any more.</summary>
    Closed,
    /// <summary>Too much waits.</summary>
    Full,
}

/// <summary>
/// Lies between a WebSocket and its connection. Frames for many come here ready made and are shared until they are copied into
/// the connection; what the WebSocket itself writes (pongs, the close frame) takes its place among them. A socket that has
/// nothing to send holds no memory for it. Safe for concurrent use.
/// </summary>
internal sealed class FrameStream(Stream connection, RoomOptions options, TimeProvider time) : Stream
{
    // Small frames that wait make one write; more would be copied for no gain.
    private const int GatheredBytes = 16 * 1024;

    private readonly Lock _gate = new();
    private Queue<ReadOnlyMemory<byte>>? _waiting;
    private TaskCompletionSource? _finished;
    private CancellationTokenSource? _limit;
    private long _waitingBytes;
    private bool _sending;
    private bool _complete;
    private bool _aborted;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Bytes that wait.</summary>
    public long WaitingBytes => Interlocked.Read(ref _waitingBytes);

    /// <summary>Queues whole frames, one or more, which must not change any more.</summary>
    public Queued Add(ReadOnlyMemory<byte> frames)
    {
        lock (_gate)
        {
            if (_complete || _aborted) return Queued.Closed;
            // One frame of any size is let in: the list of a room's people is no fault of who is told it.
            if (_waiting?.Count >= options.MaxQueuedMessages || _waitingBytes > options.MaxQueuedBytes) return Queued.Full;
            (_waiting ??= new Queue<ReadOnlyMemory<byte>>(1)).Enqueue(frames);
            _waitingBytes += frames.Length;
            if (_sending) return Queued.Waiting;
            _sending = true;
            return Queued.Idle;
        }
    }

    /// <summary>Sends until nothing waits; called once for each <see cref="Queued.Idle"/>. Fails, for good, when the client takes nothing within the limit.</summary>
    public async ValueTask SendAsync()
    {
        byte[]? gathered = null;
        try
        {
            while (Take(ref gathered) is { IsEmpty: false } bytes) await WriteOutAsync(bytes);
        }
        catch
        {
            Abort();
            throw;
        }
        finally
        {
            if (gathered is not null) ArrayPool<byte>.Shared.Return(gathered);
        }
    }

    /// <summary>Nothing more is queued. Done when everything is sent, or nothing can be.</summary>
    public Task CompleteAsync()
    {
        lock (_gate)
        {
            _complete = true;
            if (!_sending || _aborted) return Task.CompletedTask;
            return (_finished ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>Nothing is sent any more, not even what is under way.</summary>
    public void Abort()
    {
        CancellationTokenSource? limit;
        lock (_gate)
        {
            if (_aborted) return;
            _aborted = true;
            (limit, _waiting, _waitingBytes) = (_limit, null, 0);
            _finished?.TrySetResult();
        }

        limit?.Cancel();
    }

    // What the WebSocket itself has to say: a whole frame, in a buffer that it uses again.
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => Add(buffer.ToArray()) switch
    {
        Queued.Idle => SendAsync(),
        Queued.Waiting => ValueTask.CompletedTask,
        _ => ValueTask.FromException(new IOException("The connection takes nothing any more.")),
    };

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => connection.ReadAsync(buffer, cancellationToken);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        // A WebSocket disposes as soon as both sides have said goodbye, and its own goodbye may still wait here behind others. The
        // connection ends with its request in any case.
        if (disposing && CompleteAsync().IsCompleted) connection.Dispose();

        base.Dispose(disposing);
    }

    private async ValueTask WriteOutAsync(ReadOnlyMemory<byte> bytes)
    {
        var limit = new CancellationTokenSource();
        lock (_gate)
        {
            if (_aborted) return;
            _limit = limit;
        }

        var write = connection.WriteAsync(bytes, limit.Token);
        if (write.IsCompletedSuccessfully)
        {
            // Nearly always: the connection has room.
            await write;
            return;
        }

        using var timer = time.CreateTimer(static limit => ((CancellationTokenSource)limit!).Cancel(), limit, options.SendTimeout, Timeout.InfiniteTimeSpan);
        await write;
    }

    // What is to be sent next: one piece as it is, or several small ones copied together. Nothing: nobody sends any more.
    private ReadOnlyMemory<byte> Take(ref byte[]? gathered)
    {
        lock (_gate)
        {
            if (_aborted || _waiting is null || !_waiting.TryDequeue(out var first))
            {
                (_sending, _waiting) = (false, null);
                _finished?.TrySetResult();
                return default;
            }

            _waitingBytes -= first.Length;
            if (!_waiting.TryPeek(out var next) || first.Length + next.Length > GatheredBytes) return first;
            gathered ??= ArrayPool<byte>.Shared.Rent(GatheredBytes);
            first.CopyTo(gathered);
            var length = first.Length;
            while (_waiting.TryPeek(out next) && length + next.Length <= GatheredBytes)
            {
                next.CopyTo(gathered.AsMemory(length));
                length += next.Length;
                _waitingBytes -= next.Length;
                _waiting.Dequeue();
            }

            return gathered.AsMemory(0, length);
        }
    }
}

/// <summary>Puts a <see cref="FrameStream"/> under the WebSocket of a request.</summary>
internal sealed class FrameUpgrade(IHttpUpgradeFeature server, RoomOptions options, TimeProvider time) : IHttpUpgradeFeature
{
    /// <summary>Null until the connection was upgraded.</summary>
    public FrameStream? Stream { get; private set; }

    /// <inheritdoc/>
    public bool IsUpgradableRequest => server.IsUpgradableRequest;

    /// <inheritdoc/>
    public async Task<Stream> UpgradeAsync() => Stream = new FrameStream(await server.UpgradeAsync(), options, time);
}
