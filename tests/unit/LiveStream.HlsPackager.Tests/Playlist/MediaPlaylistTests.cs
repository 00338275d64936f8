using System.Text;
using LiveStream.HlsPackager.Cmaf;
using LiveStream.HlsPackager.Playlist;

namespace LiveStream.HlsPackager.Tests.Playlist;

/// <summary>What a media playlist says between the end of a segment and the first part of the next one.</summary>
public sealed class MediaPlaylistTests
{
    private readonly MediaPlaylist _playlist = new(new PlaylistSettings(TimeSpan.FromSeconds(2), TimeSpan.FromMilliseconds(333), 8, IsEvent: false, DateTimeOffset.UnixEpoch));

    public MediaPlaylistTests() => Write(0, init: 0);

    [Fact]
    public void NextSegmentHasAnotherHeader_ItIsListedBeforeTheHint()
    {
        _playlist.StartSegment(new SegmentStart(1, TimeSpan.FromSeconds(2), Init: 1, Discontinuity: false, 0));
        Assert.EndsWith(
            "segment_0.m4s\n#EXT-X-MAP:URI=\"init_1.mp4\"\n#EXT-X-PROGRAM-DATE-TIME:1970-01-01T00:00:02.000Z\n#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"part_1_0.m4s\"\n",
            Render(), StringComparison.Ordinal);

        _playlist.AddPart(Part(1));
        Assert.EndsWith("init_1.mp4\"\n", Render().Split("#EXT-X-PROGRAM-DATE-TIME:1970-01-01T00:00:02.000Z\n#EXT-X-PART:")[0], StringComparison.Ordinal);
    }

    [Fact]
    public void TimelineBreaks_TheBreakIsListedBeforeTheHint()
    {
        _playlist.StartSegment(new SegmentStart(1, TimeSpan.FromSeconds(9), Init: 0, Discontinuity: true, 1));
        Assert.Contains("segment_0.m4s\n#EXT-X-DISCONTINUITY\n#EXT-X-PROGRAM-DATE-TIME:1970-01-01T00:00:09.000Z\n#EXT-X-PRELOAD-HINT", Render(), StringComparison.Ordinal);
    }

    [Fact]
    public void NextSegmentGoesOn_OnlyTheHintIsListed()
    {
        _playlist.StartSegment(new SegmentStart(1, TimeSpan.FromSeconds(2), Init: 0, Discontinuity: false, 0));
        Assert.Contains("segment_0.m4s\n#EXT-X-PRELOAD-HINT", Render(), StringComparison.Ordinal);
    }

    [Fact]
    public void PartsHeldBack_AreWrittenAsTheirLength() =>
        Assert.Equal(TimeSpan.FromMilliseconds(1334), new PlaylistSettings(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(1 / 3.0), 8, IsEvent: false, DateTimeOffset.UnixEpoch) { PartsHeldBack = 4 }.PartHoldBack);

    private static MediaPart Part(long segment) => new(segment, 0, TimeSpan.FromMilliseconds(330), Independent: true, Frames: 10, [1]);

    private void Write(long number, int init)
    {
        _playlist.StartSegment(new SegmentStart(number, TimeSpan.Zero, init, Discontinuity: false, 0));
        _playlist.AddPart(Part(number));
        _playlist.EndSegment(new SegmentEnd(number, TimeSpan.FromSeconds(2), IsGap: false));
    }

    private string Render() => Encoding.UTF8.GetString(_playlist.Snapshot([], []).Full.Bytes);
}
