using System.Buffers;

using Microsoft.AspNetCore.Http.Features;

namespace LiveStream.Signalling.Room;

/// <summary>
/// Lies between a WebSocket and its connection, so that many frames make one write: a WebSocket flushes each frame by itself, and
/// in a large room a peer is given a hundred at once. While held, what is written waits here; a release sends it. Writes come
/// from one caller at a time, which the WebSocket sees to; holding and releasing from one other.
/// </summary>
internal sealed class GatheringStream(Stream connection) : Stream
{
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _sending = new(1, 1);
    private byte[]? _gathered;
    private int _length;
    private volatile bool _held;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>From now on flushes wait. The caller bounds what it writes until it releases.</summary>
    public void Hold() => _held = true;

    /// <summary>Sends what waits, and holds no longer.</summary>
    public ValueTask ReleaseAsync(CancellationToken cancellationToken)
    {
        _held = false;
        return SendAsync(cancellationToken);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            var needed = _length + buffer.Length;
            if (_gathered is null || needed > _gathered.Length) Grow(needed);
            buffer.Span.CopyTo(_gathered.AsSpan(_length));
            _length = needed;
        }

        return ValueTask.CompletedTask;
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => _held ? Task.CompletedTask : SendAsync(cancellationToken).AsTask();

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => connection.ReadAsync(buffer, cancellationToken);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) connection.Dispose();
        base.Dispose(disposing);
    }

    private async ValueTask SendAsync(CancellationToken cancellationToken)
    {
        await _sending.WaitAsync(cancellationToken);
        try
        {
            while (TryTake(out var bytes, out var length))
            {
                try
                {
                    await connection.WriteAsync(bytes.AsMemory(0, length), cancellationToken);
                }
                finally
                {
                    ArrayPool<byte>.Shared.Return(bytes);
                }
            }
        }
        finally
        {
            _sending.Release();
        }
    }

    private bool TryTake(out byte[] bytes, out int length)
    {
        lock (_gate)
        {
            (bytes, length) = (_gathered!, _length);
            (_gathered, _length) = (null, 0);
            return bytes is not null;
        }
    }

    private void Grow(int needed)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, 2 * _length));
        if (_gathered is { } before)
        {
            before.AsSpan(0, _length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(before);
        }

        _gathered = larger;
    }
}

/// <summary>Puts a <see cref="GatheringStream"/> under the WebSocket of a request.</summary>
internal sealed class GatheringUpgrade(IHttpUpgradeFeature server) : IHttpUpgradeFeature
{
    /// <summary>Null until the connection was upgraded.</summary>
    public GatheringStream? Stream { get; private set; }

    /// <inheritdoc/>
    public bool IsUpgradableRequest => server.IsUpgradableRequest;

    /// <inheritdoc/>
    public async Task<Stream> UpgradeAsync() => Stream = new GatheringStream(await server.UpgradeAsync());
}
