using System.Text;

using LiveStream.Contracts.Recording;
using LiveStream.Recording.Vod;

namespace LiveStream.Recording.Tests;

public sealed class RecordedShowTests
{
    [Fact]
    public void Media_ListsWholeSegmentsAndAnEnd()
    {
        var range = new JournalDateRange(Journals.Epoch, "#EXT-X-DATERANGE:ID=\"x\",START-DATE=\"2026-01-02T03:04:05.000Z\",DURATION=5.000");
        var show = RecordedShow.Of([Journals.Page([Journals.Video()], [Journals.Segment(0), Journals.Segment(1), Journals.Segment(2, discontinuity: true)], true, range)]);

        Assert.Equal(
            """
            #EXTM3U
            #EXT-X-VERSION:8
            #EXT-X-TARGETDURATION:2
            #EXT-X-PLAYLIST-TYPE:VOD
            #EXT-X-MEDIA-SEQUENCE:0
            #EXT-X-DATERANGE:ID="x",START-DATE="2026-01-02T03:04:05.000Z",DURATION=5.000
            #EXT-X-MAP:URI="init_0.mp4"
            #EXT-X-PROGRAM-DATE-TIME:2026-01-02T03:04:05.000Z
            #EXTINF:2.000,
            segment_0.m4s
            #EXT-X-PROGRAM-DATE-TIME:2026-01-02T03:04:07.000Z
            #EXTINF:2.000,
            segment_1.m4s
            #EXT-X-DISCONTINUITY
            #EXT-X-PROGRAM-DATE-TIME:2026-01-02T03:04:09.000Z
            #EXTINF:2.000,
            segment_2.m4s
            #EXT-X-ENDLIST

            """,
            Encoding.ASCII.GetString(VodPlaylists.Media(show, show.Renditions[0])));
    }

    [Fact]
    public void Of_TwoPackagersOneAfterTheOther_IsOneShow()
    {
        // The second took over after 5 s and has a time zero of its own; the first was cut off and went on for a while.
        var first = Journals.Page([Journals.Video()], [Journals.Segment(0), Journals.Segment(1), Journals.Segment(2), Journals.Segment(3)]);
        var moved = Journals.Segment(10, discontinuity: true, init: 10) with { Start = TimeSpan.FromSeconds(0.5).Ticks };
        var second = Journals.Page([Journals.Video(number: 10)], [moved], closed: true) with { Epoch = Journals.Epoch + TimeSpan.FromSeconds(5) };

        var segments = RecordedShow.Of([first, second]).Renditions[0].Segments;
        Assert.Equal([0, 1, 2, 10], segments.Select(segment => segment.Number));
        Assert.Equal([0, 2, 4, 5.5], segments.Select(segment => segment.Start.TotalSeconds));
        Assert.Equal([false, false, false, true], segments.Select(segment => segment.Discontinuity));
    }

    [Fact]
    public void Multivariant_TellsOfEachLayerAndTheSound()
    {
        var show = RecordedShow.Of([Journals.Page(
            [Journals.Audio, Journals.Video("stream_1", width: 320), Journals.Video()],
            [Journals.Segment(0, "audio", bytes: 4000), Journals.Segment(0, "stream_1", bytes: 50_000), Journals.Segment(0, bytes: 200_000)])]);

        Assert.Equal(
            """
            #EXTM3U
            #EXT-X-VERSION:8
            #EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="Audio",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="2",URI="audio/stream.m3u8"
            #EXT-X-STREAM-INF:BANDWIDTH=816000,AVERAGE-BANDWIDTH=816000,CODECS="avc1.42E01F,mp4a.40.2",RESOLUTION=640x360,FRAME-RATE=30.000,AUDIO="audio"
            stream_0/stream.m3u8
            #EXT-X-STREAM-INF:BANDWIDTH=216000,AVERAGE-BANDWIDTH=216000,CODECS="avc1.42E01F,mp4a.40.2",RESOLUTION=320x180,FRAME-RATE=30.000,AUDIO="audio"
            stream_1/stream.m3u8

            """,
            Encoding.ASCII.GetString(VodPlaylists.Multivariant(show)));
    }

    [Fact]
    public void Renditions_HaveTheSameSegments_WithGapsWhereOneHasNothing()
    {
        var show = RecordedShow.Of([Journals.Page(
            [Journals.Audio, Journals.Video()],
            [
                Journals.Segment(3), Journals.Segment(4), Journals.Segment(5, fate: SegmentFate.Lost), Journals.Segment(6),
                Journals.Segment(4, "audio"), Journals.Segment(5, "audio"), Journals.Segment(6, "audio", SegmentFate.Gap),
            ])]);

        Assert.Equal(["stream_0", "audio"], show.Renditions.Select(rendition => rendition.Name));
        Assert.All(show.Renditions, rendition => Assert.Equal([3, 4, 5, 6], rendition.Segments.Select(segment => segment.Number)));
        Assert.Equal([false, false, true, false], show.Renditions[0].Segments.Select(segment => segment.IsGap));
        Assert.Equal([true, false, false, true], show.Renditions[1].Segments.Select(segment => segment.IsGap));
        Assert.Equal((TimeSpan.FromSeconds(8), 1), (show.Duration, show.Lost));
        var audio = Encoding.ASCII.GetString(VodPlaylists.Media(show, show.Renditions[1]));
        Assert.Contains("#EXT-X-MAP:URI=\"init_0.mp4\"\n#EXT-X-PROGRAM-DATE-TIME:2026-01-02T03:04:11.000Z\n#EXT-X-GAP\n#EXTINF:2.000,\nsegment_3.m4s\n", audio, StringComparison.Ordinal);
    }

    [Fact]
    public void Segments_ThatNobodyHas_LeaveADiscontinuity()
    {
        var show = RecordedShow.Of([Journals.Page(
            [Journals.Audio, Journals.Video()],
            [Journals.Segment(0), Journals.Segment(1), Journals.Segment(7), Journals.Segment(8), Journals.Segment(1, "audio"), Journals.Segment(7, "audio")])]);

        Assert.All(show.Renditions, rendition => Assert.Equal([false, false, true, false], rendition.Segments.Select(segment => segment.Discontinuity)));
        Assert.Equal(TimeSpan.FromSeconds(8), show.Duration);
    }

    [Fact]
    public void WhatIsBeforeTheFirstAndBehindTheLastPlayableSegment_IsLeftOut()
    {
        var show = RecordedShow.Of([Journals.Page(
            [Journals.Video()],
            [Journals.Segment(0, fate: SegmentFate.Lost), Journals.Segment(1), Journals.Segment(2), Journals.Segment(3, fate: SegmentFate.Gap)])]);
        Assert.Equal([1, 2], show.Renditions[0].Segments.Select(segment => segment.Number));
    }

    [Fact]
    public void AnInitSegmentThatChanges_IsNamedWhereItBegins()
    {
        var show = RecordedShow.Of([
            Journals.Page([Journals.Video()], [Journals.Segment(0)]),
            Journals.Page([Journals.Video(number: 1, width: 1280)], [Journals.Segment(1, init: 1, discontinuity: true)])]);
        var text = Encoding.ASCII.GetString(VodPlaylists.Media(show, show.Renditions[0]));
        Assert.Contains("segment_0.m4s\n#EXT-X-DISCONTINUITY\n#EXT-X-MAP:URI=\"init_1.mp4\"\n", text, StringComparison.Ordinal);
        Assert.Contains("RESOLUTION=1280x720", Encoding.ASCII.GetString(VodPlaylists.Multivariant(show)), StringComparison.Ordinal);
    }

    [Fact]
    public void ASegmentWhoseInitSegmentIsLost_IsAGap_AndARenditionOfSuchIsNone()
    {
        var lost = Journals.Video("stream_1") with { Fate = SegmentFate.Lost };
        var show = RecordedShow.Of([Journals.Page([Journals.Video(), lost], [Journals.Segment(0), Journals.Segment(0, "stream_1"), Journals.Segment(1, init: 5), Journals.Segment(2)])]);
        Assert.Equal(["stream_0"], show.Renditions.Select(rendition => rendition.Name));
        Assert.Equal([false, true, false], show.Renditions[0].Segments.Select(segment => segment.IsGap));
    }

    [Fact]
    public void LinesThatComeTwice_CountOnce()
    {
        var page = Journals.Page([Journals.Video()], [Journals.Segment(0), Journals.Segment(1)]);
        Assert.Equal(2, RecordedShow.Of([page, page]).Renditions[0].Segments.Count);
    }

    [Fact]
    public void NoPages_IsAShowOfNothing() => Assert.Empty(RecordedShow.Of([]).Renditions);
}
