namespace LiveStream.Objects;

/// <summary>
/// Reads an object of known length by requests that begin where the reader is; seeking alone asks for nothing. Not safe for
/// several readers.
/// </summary>
/// <param name="length">Bytes of the object.</param>
/// <param name="open">Opens the bytes from an offset to the end.</param>
internal sealed class RangeStream(long length, Func<long, CancellationToken, Task<Stream>> open) : Stream
{
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
        _source ??= await open(_position, cancellationToken).ConfigureAwait(false);
        int read;
        try
        {
            read = await _source.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or HttpRequestException && e is not ObjectStoreException)
        {
            throw new ObjectStoreException(e.Message, e);
        }

        if (read == 0) throw new ObjectStoreException("the object ended early");
        _position += read;
        return read;
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

    private static void Close(ref Stream? source)
    {
        source?.Dispose();
        source = null;
    }
}
