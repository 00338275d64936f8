using LiveStream.Contracts.Recording;

namespace LiveStream.HlsPackager.Record;

/// <summary>
/// The journal of one run, cut into pages, so that keeping it up to date costs the same after hours as after seconds. Pure;
/// used by one task.
/// </summary>
internal sealed class JournalPages(string streamId, DateTimeOffset epoch, int targetDuration, int firstPage = 0, int linesPerPage = 128)
{
    private readonly List<JournalInit> _inits = [];
    private readonly List<JournalSegment> _segments = [];
    private readonly List<JournalDateRange> _ranges = [];
    private int _number = firstPage;
    private bool _closed;

    /// <summary>Adds a line; the pages that it fills are complete and go to <paramref name="full"/>.</summary>
    public void Add(RecordedItem item, List<(int Number, RecordingJournalPage Page)> full)
    {
        switch (item)
        {
            case RecordedInit init:
                _inits.Add(init.Line);
                break;
            case RecordedSegment segment:
                _segments.Add(segment.Line);
                break;
            case RecordedDateRange range:
                _ranges.Add(range.Line);
                break;
        }

        if (_inits.Count + _segments.Count + _ranges.Count < linesPerPage) return;
        full.Add(Current());
        _number++;
        _inits.Clear();
        _segments.Clear();
        _ranges.Clear();
    }

    /// <summary>The page that is being filled, as it is now.</summary>
    public (int Number, RecordingJournalPage Page) Current() =>
        (_number, new RecordingJournalPage(streamId, epoch, targetDuration, [.. _inits], [.. _segments], [.. _ranges], _closed));

    /// <summary>Nothing follows.</summary>
    public void Close() => _closed = true;
}
