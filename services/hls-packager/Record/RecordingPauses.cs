namespace LiveStream.HlsPackager.Record;

/// <summary>
/// Which segments a pause leaves out. A pause begins and ends between segments, at the same number in all renditions: the
/// first rendition that begins a segment decides for the others. Used by the stream's one loop.
/// </summary>
internal sealed class RecordingPauses
{
    // A rendition that stays behind is filled with gaps long before this many segments have passed.
    private const int Kept = 64;

    private readonly Queue<long> _leftOut = new();
    private long _next;

    /// <summary>A segment begins in one of the renditions.</summary>
    public void Begin(long number, bool paused)
    {
        if (number < _next) return;
        _next = number + 1;
        if (!paused) return;
        _leftOut.Enqueue(number);
        if (_leftOut.Count > Kept) _leftOut.Dequeue();
    }

    /// <summary>Whether a segment that has begun is left out.</summary>
    public bool LeavesOut(long number) => _leftOut.Contains(number);
}
