namespace LiveStream.Objects;

/// <summary>
/// Cuts what is written into the parts of a multipart upload. It holds one part: the buffer is its own, and lent to
/// <paramref name="put"/> for the time of the call. Not safe for several writers.
/// </summary>
/// <param name="put">Stores a part (its number from 1, its bytes) and returns its entity tag.</param>
/// <param name="firstPart">Bytes of a part, 5 MiB at least where the server is not a test's; parts grow so that their number stays below 10 000.</param>
internal sealed class MultipartStream(Func<int, ReadOnlyMemory<byte>, CancellationToken, Task<string>> put, int firstPart = 8 << 20) : Stream
{
    // 1000 parts of each size: the ninth thousand ends beyond 4 TB with the usual first part.
    private const int PartsOfASize = 1000;
    private const int MaxDoublings = 4;

    private readonly List<string> _tags = [];
    private byte[] _part = new byte[firstPart];
    private int _filled;

    /// <summary>Bytes taken.</summary>
    public long Written { get; private set; }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>Stores the last part; the tags of all parts in order.</summary>
    public async Task<IReadOnlyList<string>> FinishAsync(CancellationToken cancellationToken)
    {
        // An upload has one part at least, also of nothing.
        if (_filled > 0 || _tags.Count == 0) await PutAsync(cancellationToken).ConfigureAwait(false);
        return _tags;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (buffer.Length > 0)
        {
            // Only when more comes, so that the last part is not empty.
            if (_filled >= _part.Length) await PutAsync(cancellationToken).ConfigureAwait(false);
            var taken = Math.Min(buffer.Length, _part.Length - _filled);
            buffer[..taken].CopyTo(_part.AsMemory(_filled));
            (_filled, Written, buffer) = (_filled + taken, Written + taken, buffer[taken..]);
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    // Archives write some of their small headers so; the next asynchronous write takes them along.
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (_filled + buffer.Length > _part.Length) Array.Resize(ref _part, _filled + buffer.Length);
        buffer.CopyTo(_part.AsSpan(_filled));
        _filled += buffer.Length;
        Written += buffer.Length;
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private async Task PutAsync(CancellationToken cancellationToken)
    {
        _tags.Add(await put(_tags.Count + 1, _part.AsMemory(0, _filled), cancellationToken).ConfigureAwait(false));
        _filled = 0;
        var size = firstPart << Math.Min(_tags.Count / PartsOfASize, MaxDoublings);
        if (_part.Length != size) _part = new byte[size];
    }
}
