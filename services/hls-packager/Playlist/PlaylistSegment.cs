using LiveStream.HlsPackager.Cmaf;

namespace LiveStream.HlsPackager.Playlist;

/// <summary>A part as a playlist lists it.</summary>
internal readonly record struct PlaylistPart(TimeSpan Duration, bool Independent);

/// <summary>A segment as a playlist lists it; immutable once <see cref="End"/> is set.</summary>
internal sealed class PlaylistSegment(SegmentStart start)
{
    public SegmentStart Start { get; } = start;

    /// <summary>In order; they grow until the segment ends.</summary>
    public List<PlaylistPart> Parts { get; } = [];

    /// <summary>Set when the segment is complete.</summary>
    public SegmentEnd? End { get; set; }

    public long Number => Start.Number;
}
