using LiveStream.Contracts.Recording;

namespace LiveStream.HlsPackager.Record;

/// <summary>A fact of a run on its way into the journal, with the object that has to be stored before.</summary>
internal abstract record RecordedItem
{
    /// <summary>The object's bytes; null where there is none, or no more.</summary>
    public byte[][]? Content { get; init; }

    /// <summary>Bytes of <see cref="Content"/>.</summary>
    public long Length => Content?.Sum(block => (long)block.Length) ?? 0;

    /// <summary>The same without its object.</summary>
    public abstract RecordedItem Lose();
}

/// <summary>An init segment.</summary>
internal sealed record RecordedInit(JournalInit Line, string Name) : RecordedItem
{
    public override RecordedItem Lose() => this with { Content = null, Line = Line with { Fate = SegmentFate.Lost } };
}

/// <summary>A segment; a gap has no content.</summary>
internal sealed record RecordedSegment(JournalSegment Line, string Name) : RecordedItem
{
    public override RecordedItem Lose() => this with { Content = null, Line = Line with { Fate = SegmentFate.Lost } };
}

/// <summary>Timed metadata.</summary>
internal sealed record RecordedDateRange(JournalDateRange Line) : RecordedItem
{
    public override RecordedItem Lose() => this;
}
