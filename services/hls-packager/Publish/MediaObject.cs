using System.IO.Pipelines;
using Microsoft.Win32.SafeHandles;

namespace LiveStream.HlsPackager.Publish;

/// <summary>An init segment, a segment or a part as it is served; its bytes never change.</summary>
internal abstract class MediaObject(string contentType, string etag, long length)
{
    public string ContentType => contentType;

    /// <summary>Strong entity tag with quotes.</summary>
    public string ETag => etag;

    public long Length => length;

    /// <summary>Writes <paramref name="count"/> bytes from <paramref name="offset"/> on.</summary>
    public abstract Task WriteAsync(PipeWriter writer, long offset, long count, CancellationToken cancellationToken);
}

/// <summary>Held in memory: the parts of a segment one after the other, shared with the parts served alone.</summary>
internal sealed class MemoryObject(string contentType, string etag, byte[][] chunks)
    : MediaObject(contentType, etag, chunks.Sum(chunk => (long)chunk.Length))
{
    public IReadOnlyList<byte[]> Chunks => chunks;

    public override async Task WriteAsync(PipeWriter writer, long offset, long count, CancellationToken cancellationToken)
    {
        foreach (var chunk in chunks)
        {
            if (count == 0) return;
            if (offset >= chunk.Length)
            {
                offset -= chunk.Length;
                continue;
            }

            var taken = (int)Math.Min(count, chunk.Length - offset);
            await writer.WriteAsync(chunk.AsMemory((int)offset, taken), cancellationToken).ConfigureAwait(false);
            (offset, count) = (0, count - taken);
        }
    }
}

/// <summary>Held in a file.</summary>
internal sealed class FileObject(string contentType, string etag, string path, long length) : MediaObject(contentType, etag, length)
{
    private const int BlockSize = 64 * 1024;

    public override async Task WriteAsync(PipeWriter writer, long offset, long count, CancellationToken cancellationToken)
    {
        using SafeFileHandle file = File.OpenHandle(path, options: FileOptions.Asynchronous);
        while (count > 0)
        {
            var memory = writer.GetMemory(BlockSize);
            var read = await RandomAccess.ReadAsync(file, memory[..(int)Math.Min(count, memory.Length)], offset, cancellationToken).ConfigureAwait(false);
            if (read == 0) throw new EndOfStreamException($"The stored segment {Path.GetFileName(path)} is shorter than it was.");
            writer.Advance(read);
            await writer.FlushAsync(cancellationToken).ConfigureAwait(false);
            offset += read;
            count -= read;
        }
    }
}
