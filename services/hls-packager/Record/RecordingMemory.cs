namespace LiveStream.HlsPackager.Record;

/// <summary>Bytes that all streams together may have waiting for the store. Safe for many threads.</summary>
internal sealed class RecordingMemory(long limit)
{
    private long _used;

    /// <summary>Bytes that wait now.</summary>
    public long Used => Volatile.Read(ref _used);

    public bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref _used, bytes) <= limit) return true;
        Interlocked.Add(ref _used, -bytes);
        return false;
    }

    /// <summary>Takes bytes beyond the limit, too.</summary>
    public void Take(long bytes) => Interlocked.Add(ref _used, bytes);

    public void Return(long bytes) => Interlocked.Add(ref _used, -bytes);
}
