namespace LiveStream.HlsPackager.Playlist;

/// <summary>A playlist's present version and a task that ends when the next one is there. One writer, any number of readers.</summary>
internal sealed class VersionFeed
{
    private TaskCompletionSource next = NewSource();
    private PlaylistVersion? current;

    /// <summary>Null before the first part.</summary>
    public PlaylistVersion? Current => Volatile.Read(ref current);

    /// <summary>Ends at the next <see cref="Publish"/>. Take it before reading <see cref="Current"/>, or a version may be missed.</summary>
    public Task Next => Volatile.Read(ref next).Task;

    /// <summary>Shows a version to new requests and wakes the waiting ones.</summary>
    public void Publish(PlaylistVersion version)
    {
        Volatile.Write(ref current, version);
        Interlocked.Exchange(ref next, NewSource()).SetResult();
    }

    // Waiters go on by the thread pool, never on the writer's thread.
    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
