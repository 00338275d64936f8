namespace LiveStream.Objects;

/// <summary>
/// Reads an object of known length by requests that begin where the reader is; seeking alone asks for nothing. A connection
/// that breaks or says nothing in the middle of it is made anew at the same place. Not safe for several readers.
/// </summary>
/// <param name="length">Bytes of the object.</param>
/// <param name="open">Opens the bytes from an offset to the end. It tries again by itself: what it fails by is final.</param>
/// <param name="patience">Longest wait for the next bytes of an open connection.</param>
internal sealed class RangeStream(long length, Func<long, CancellationToken, Task<Stream>> open, TimeSpan patience) : Stream
{
    // Connections made anew without a byte between them.
    private const int MaxReopened = 3;

    private Stream? _source;
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position
    {
        get => _position;
        set => Seek(value, SeekOrigin.Begin);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_position >= length || buffer.Length == 0) return 0;
        for (var reopened = 0; ; reopened++)
        {
            _source ??= await open(_position, cancellationToken).ConfigureAwait(false);
            ObjectStoreException failure;
            try
            {
                var read = await ReadOnceAsync(_source, buffer, cancellationToken).ConfigureAwait(false);
                _position += read;
                if (read > 0) return read;
                failure = new ObjectStoreException("the object ended early");
            }
            catch (Exception e) when (e is IOException or HttpRequestException)
            {
                failure = e as ObjectStoreException ?? new ObjectStoreException(e.Message, e);
            }

            Close(ref _source);
            if (reopened >= MaxReopened) throw failure;
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override long Seek(long offset, SeekOrigin origin)
    {
        var to = offset + origin switch { SeekOrigin.Begin => 0, SeekOrigin.Current => _position, _ => length };
        ArgumentOutOfRangeException.ThrowIfNegative(to, nameof(offset));
        if (to != _position) Close(ref _source);
        return _position = to;
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("objects are read asynchronously");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) Close(ref _source);
        base.Dispose(disposing);
    }

    private async Task<int> ReadOnceAsync(Stream source, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(patience);
        try
        {
            return await source.ReadAsync(buffer, limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ObjectStoreException($"the store sent nothing for {patience.TotalSeconds:0} seconds", e);
        }
    }

    private static void Close(ref Stream? source)
    {
        source?.Dispose();
        source = null;
    }
}
