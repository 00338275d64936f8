namespace LiveStream.Objects;

/// <summary>
/// Where recordings are kept: a folder on disk, or a bucket of an S3 API. An object is there as a whole or not at all, and
/// reads never hold one in memory. Safe from several threads. Keys obey <see cref="ObjectKey"/>; another one is an
/// <see cref="ArgumentException"/>. Everything else that goes wrong is an <see cref="ObjectStoreException"/>.
/// </summary>
public interface IObjectStore
{
    /// <summary>Writes a small object from memory, in place of one of that key.</summary>
    /// <param name="key">Its name.</param>
    /// <param name="contentType">As readers are told it.</param>
    /// <param name="content">The bytes, one block after the other; not kept after the call.</param>
    /// <param name="cancellationToken">Gives up; the object is then there or not.</param>
    Task PutAsync(string key, string contentType, IReadOnlyList<byte[]> content, CancellationToken cancellationToken);

    /// <summary>
    /// Writes an object of any length from a stream that <paramref name="write"/> fills, with no copy but one block of it.
    /// When that fails, so does this, and no object appears; what an earlier process left unfinished is removed.
    /// </summary>
    /// <returns>Bytes written.</returns>
    Task<long> UploadAsync(string key, string contentType, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken);

    /// <summary>Opens an object; null where there is none. Its stream can seek, and reads from the store only what is read from it.</summary>
    Task<StoredObject?> OpenAsync(string key, CancellationToken cancellationToken);

    /// <summary>Keys below a folder (a prefix without its slash at the end), in no particular order.</summary>
    IAsyncEnumerable<string> ListAsync(string folder, CancellationToken cancellationToken);

    /// <summary>A link that opens one object for whoever has it, served by the store itself; null where the store serves none.</summary>
    Task<string?> PresignAsync(string key, TimeSpan lifetime, CancellationToken cancellationToken);

    /// <summary>
    /// Fails with an <see cref="ObjectStoreException"/> that says <see cref="ObjectStoreException.IsFull"/> where the store knows that it
    /// has no room for so many bytes more. One that cannot know says nothing.
    /// </summary>
    void RequireRoom(long bytes)
    {
    }

    /// <summary>Where an object is, for people and bills: <c>s3://bucket/key</c> or <c>folder://recordings/key</c>.</summary>
    string PathOf(string key);
}

/// <summary>An open object. Disposing it closes the stream.</summary>
/// <param name="Content">Its bytes; can seek.</param>
/// <param name="Length">Bytes.</param>
/// <param name="ContentType">As it was written, or by its name.</param>
/// <param name="ETag">With quotes.</param>
/// <param name="ModifiedAt">Written at.</param>
public sealed record StoredObject(Stream Content, long Length, string ContentType, string ETag, DateTimeOffset ModifiedAt) : IAsyncDisposable
{
    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Content.DisposeAsync();
}

/// <summary>The store is away, full, or refuses. The same may succeed later.</summary>
public sealed class ObjectStoreException(string message, Exception? inner = null) : IOException(message, inner)
{
    // ENOSPC and EDQUOT: what the system answers to a write is the code of the exception.
    private const int NoSpaceLeft = 28, QuotaExceeded = 122;

    /// <summary>It has no room, and the same fails until somebody makes some. False where that cannot be told.</summary>
    public bool IsFull { get; init; } = inner is IOException { HResult: NoSpaceLeft or QuotaExceeded };
}
