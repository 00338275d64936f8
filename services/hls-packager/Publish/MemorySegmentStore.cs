namespace LiveStream.HlsPackager.Publish;

/// <summary>
/// Keeps objects in memory within a budget for the whole process: when it is passed, the oldest objects go first, whatever
/// their run. A part and its segment share their bytes; both count.
/// </summary>
internal sealed class MemorySegmentStore(long budget) : ISegmentStore
{
    private readonly Lock gate = new();
    private readonly Dictionary<(string Run, string Name), LinkedListNode<Entry>> entries = [];
    private readonly LinkedList<Entry> byAge = new();
    private long used;

    /// <summary>Bytes held.</summary>
    public long Used => Volatile.Read(ref used);

    public void Put(string run, string name, MemoryObject value)
    {
        lock (gate)
        {
            Drop((run, name));
            entries[(run, name)] = byAge.AddLast(new Entry((run, name), value));
            used += value.Length;
            while (used > budget && byAge.First is { } oldest && oldest.Value.Value != value) Drop(oldest.Value.Key);
        }
    }

    public MediaObject? Find(string run, string name)
    {
        lock (gate) return entries.TryGetValue((run, name), out var node) ? node.Value.Value : null;
    }

    public void Remove(string run, string name)
    {
        lock (gate) Drop((run, name));
    }

    public void RemoveRun(string run)
    {
        lock (gate)
        {
            foreach (var key in entries.Keys.Where(key => key.Run == run).ToList()) Drop(key);
        }
    }

    private void Drop((string Run, string Name) key)
    {
        if (!entries.Remove(key, out var node)) return;
        byAge.Remove(node);
        used -= node.Value.Value.Length;
    }

    private readonly record struct Entry((string Run, string Name) Key, MemoryObject Value);
}
