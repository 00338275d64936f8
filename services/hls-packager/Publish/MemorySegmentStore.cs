namespace LiveStream.HlsPackager.Publish;

/// <summary>
/// Keeps objects in memory within a budget for the whole process: when it is passed, the oldest objects go first, those of
/// ended runs before all others. Pinned objects stay until they are removed: without its init segments, which are made once and
/// are small, nothing of a run can be played. A part and its segment share their bytes; both count.
/// </summary>
internal sealed class MemorySegmentStore(long budget) : ISegmentStore
{
    private readonly Lock gate = new();
    private readonly Dictionary<(string Run, string Name), LinkedListNode<Entry>> entries = [];
    // What may go, the next one first; a pinned entry's node is in no list. Runs that have ended are in the order of their ends.
    private readonly LinkedList<Entry> byAge = new(), ofEnded = new();
    private long used;

    /// <summary>Bytes held.</summary>
    public long Used => Volatile.Read(ref used);

    public void Put(string run, string name, MemoryObject value) => Put(run, name, value, pinned: false);

    /// <summary>Keeps an object whatever the budget says.</summary>
    public void Pin(string run, string name, MemoryObject value) => Put(run, name, value, pinned: true);

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

    /// <summary>The run has ended: what is watched live is worth more than what is left of it.</summary>
    public void EndRun(string run)
    {
        lock (gate)
        {
            for (var node = byAge.First; node is not null;)
            {
                var next = node.Next;
                if (node.Value.Key.Run == run)
                {
                    byAge.Remove(node);
                    ofEnded.AddLast(node);
                }

                node = next;
            }
        }
    }

    private void Put(string run, string name, MemoryObject value, bool pinned)
    {
        lock (gate)
        {
            Drop((run, name));
            var node = new LinkedListNode<Entry>(new Entry((run, name), value));
            entries[(run, name)] = node;
            if (!pinned) byAge.AddLast(node);
            used += value.Length;
            while (used > budget && (ofEnded.First ?? byAge.First) is { } oldest && oldest.Value.Value != value) Drop(oldest.Value.Key);
        }
    }

    private void Drop((string Run, string Name) key)
    {
        if (!entries.Remove(key, out var node)) return;
        node.List?.Remove(node);
        used -= node.Value.Value.Length;
    }

    private readonly record struct Entry((string Run, string Name) Key, MemoryObject Value);
}
