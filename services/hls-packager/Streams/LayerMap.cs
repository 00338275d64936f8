namespace LiveStream.HlsPackager.Streams;

/// <summary>
/// Which rendition a simulcast layer goes into: <c>stream_0</c> is the best layer announced at first. A layer keeps its
/// rendition as long as the track is shown; a layer that comes later gets the next free one.
/// </summary>
internal sealed class LayerMap
{
    private readonly Dictionary<string, int> indexes = new(StringComparer.Ordinal);

    /// <summary>The track whose layers these are.</summary>
    public string? TrackId { get; private set; }

    /// <summary>Layers known.</summary>
    public int Count => indexes.Count;

    /// <summary>Takes an announcement; <paramref name="rids"/> are lowest first.</summary>
    public void Update(string trackId, IReadOnlyList<string> rids)
    {
        if (trackId != TrackId) indexes.Clear();
        TrackId = trackId;
        for (var i = rids.Count - 1; i >= 0; i--) indexes.TryAdd(rids[i], indexes.Count);
    }

    /// <summary>The rendition's index; false for a layer or track that is not shown.</summary>
    public bool TryFind(string trackId, string rid, out int index)
    {
        index = 0;
        return trackId == TrackId && indexes.TryGetValue(rid, out index);
    }
}
