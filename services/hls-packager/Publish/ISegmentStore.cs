namespace LiveStream.HlsPackager.Publish;

/// <summary>Where a run's objects are kept. Safe for many readers and writers at once.</summary>
internal interface ISegmentStore
{
    /// <summary>Keeps an object.</summary>
    /// <param name="run">The run's folder, as in its URL.</param>
    /// <param name="name">Rendition and file, for example <c>stream_0/segment_7.m4s</c>.</param>
    /// <param name="value">Its content.</param>
    void Put(string run, string name, MemoryObject value);

    /// <summary>The object, or null.</summary>
    MediaObject? Find(string run, string name);

    /// <summary>Forgets one object; unknown ones too.</summary>
    void Remove(string run, string name);

    /// <summary>Forgets a whole run.</summary>
    void RemoveRun(string run);
}
