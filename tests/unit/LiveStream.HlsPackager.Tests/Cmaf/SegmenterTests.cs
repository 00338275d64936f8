using LiveStream.HlsPackager.Cmaf;

namespace LiveStream.HlsPackager.Tests.Cmaf;

public sealed class SegmenterTests
{
    private const double Frame = 1 / 30.0;

    private readonly RecordingSink sink = new();
    private readonly Segmenter segmenter;

    public SegmenterTests() => segmenter = new Segmenter(new SegmenterOptions(), Virtual.Epoch, sink);

    [Fact]
    public void OnVideo_KeyFrameEveryTwoSeconds_CutsThere()
    {
        Pictures(0, 181, i => i % 60 == 0);
        segmenter.Finish();

        Assert.Equal([2, 2, 2, 0.033], sink.Video().Durations);
        Assert.Equal([0, 2, 4, 6], sink.Video().Starts);
        Assert.All(sink.Video().Segments, segment => Assert.True(segment.IsIndependent));
        Assert.Equal(new int[] { 9, 9, 9, 9, 9, 9, 6 }, sink.Video().Segments[0].Parts.Select(part => part.Frames));
        Assert.Single(sink.Video().Inits);
    }

    [Fact]
    public void OnVideo_PartIsFull_IsWrittenWhenTheNextPictureArrives()
    {
        Pictures(0, 9, i => i == 0);
        Assert.Empty(sink.Video().Open!.Parts);
        Pictures(9, 1, _ => false);
        var part = Assert.Single(sink.Video().Open!.Parts);
        Assert.Equal(TimeSpan.FromSeconds(0.3), part.Duration);
    }

    [Fact]
    public void OnVideo_NoKeyFrame_CutsBeforeExtinfRoundsAboveTheTarget()
    {
        Pictures(0, 300, i => i == 0);
        segmenter.Finish();

        Assert.All(sink.Video().Segments.SkipLast(1), segment => Assert.InRange(segment.End!.Duration.TotalSeconds, 2.2, 2.29));
        Assert.Equal([true, false, false, false, false], sink.Video().Segments.Select(segment => segment.IsIndependent));
    }

    [Fact]
    public void OnVideo_KeyFrameAfterAForcedCut_CutsAtOnce()
    {
        Pictures(0, 150, i => i is 0 or 75);
        segmenter.Finish();

        Assert.Equal(2.5, sink.Video().Starts[2]);
        Assert.True(sink.Video().Segments[2].IsIndependent);
        Assert.False(sink.Video().Segments[1].IsIndependent);
    }

    [Fact]
    public void OnVideo_EncoderAnswersRequests_CutsAtTheAnswers()
    {
        // The encoder answers four pictures after the request.
        var due = -1;
        var now = 0;
        sink.OnKeyFrameWanted = () => due = now + 4;
        for (; now < 600; now++) segmenter.OnVideo(0, Virtual.Picture(now * Frame, now == 0 || now == due));
        segmenter.Finish();

        Assert.All(sink.Video().Segments.SkipLast(1), segment =>
        {
            Assert.InRange(segment.End!.Duration.TotalSeconds, 1.85, 2.2);
            Assert.True(segment.IsIndependent);
        });
        Assert.InRange(sink.KeyFramesWanted, 9, 11);
    }

    [Fact]
    public void OnVideo_EarlyUnaskedKeyFrame_IsNoBorder()
    {
        Pictures(0, 70, i => i is 0 or 20 or 60);
        segmenter.Finish();

        Assert.Equal([2, 0.333], sink.Video().Durations);
    }

    [Fact]
    public void OnVideo_NewParameters_CutWithAnotherHeader()
    {
        Pictures(0, 40, i => i == 0);
        for (var i = 40; i < 60; i++) segmenter.OnVideo(0, Virtual.Picture(i * Frame, i == 40, Virtual.Parameters(640, 360, 0x1F)));
        segmenter.Finish();

        Assert.Equal([1.333, 0.667], sink.Video().Durations);
        Assert.Equal([0, 1], sink.Video().Segments.Select(segment => segment.Start.Init));
        Assert.Equal(640, sink.Video().Inits[1].Video!.Width);
        Assert.False(sink.Video().Segments[1].Start.Discontinuity);
    }

    [Fact]
    public void OnVideo_NewCodecString_IsADiscontinuityInTheSoundToo()
    {
        for (var i = 0; i < 100; i++)
        {
            segmenter.OnVideo(0, Virtual.Picture(i * Frame, i is 0 or 40, i < 40 ? Virtual.Large : Virtual.Small));
            SoundUpTo(i * Frame);
        }

        segmenter.Finish();
        Assert.True(sink.Video().Segments[1].Start.Discontinuity);
        Assert.True(sink.Audio.Segments[1].Start.Discontinuity);
        Assert.Equal(1, sink.Audio.Segments[1].Start.Discontinuities);
    }

    [Fact]
    public void OnVideo_StandsLongerThanAllowed_BreaksTheTimelineUntilAKeyFrame()
    {
        Pictures(0, 30, i => i == 0);
        for (var i = 0; i < 60; i++) segmenter.OnVideo(0, Virtual.Picture(5 + i * Frame, i == 10));
        segmenter.Finish();

        Assert.Equal([1, 1.667], sink.Video().Durations);
        Assert.Equal([0, 5.333], sink.Video().Starts);
        Assert.Equal([false, true], sink.Video().Segments.Select(segment => segment.Start.Discontinuity));
        Assert.True(sink.KeyFramesWanted > 0);
    }

    [Fact]
    public void OnVideo_OnePictureStandsAcrossTheLimit_GoesIntoTheNextSegment()
    {
        Pictures(0, 58, i => i == 0);
        segmenter.OnVideo(0, Virtual.Picture(3, false));
        Pictures(91, 9, i => i == 95);
        segmenter.Finish();

        Assert.Equal(1.9, sink.Video().Durations[0]);
        Assert.All(sink.Video().Segments, segment => Assert.True(segment.End!.Duration < TimeSpan.FromSeconds(2.5)));
    }

    [Fact]
    public void OnVideo_TimeDoesNotGrow_KeepsTheOrder()
    {
        Pictures(0, 10, i => i == 0);
        segmenter.OnVideo(0, Virtual.Picture(0.2, false));
        segmenter.OnVideo(0, Virtual.Picture(0.5, false));
        segmenter.Finish();

        Assert.InRange(sink.Video().Durations[0], 0.5, 0.8);
    }

    [Fact]
    public void OnAudio_CutsAtTheFrameNearestToTheBorder()
    {
        for (var i = 0; i < 130; i++)
        {
            segmenter.OnVideo(0, Virtual.Picture(i * Frame, i % 60 == 0));
            SoundUpTo(i * Frame + 0.1);
        }

        segmenter.Finish();
        // 2 s are 93.75 frames of 21.3 ms: the 94th is nearest.
        Assert.Equal(94 * 1024 / 48_000.0, sink.Audio.Durations[0], 3);
        Assert.Equal(sink.Video().Segments.Count, sink.Audio.Segments.Count);
        Assert.All(sink.Audio.Segments[0].Parts.SkipLast(1), part => Assert.Equal(15, part.Frames));
    }

    [Fact]
    public void OnAudio_HoleAndOverlap_AreMadeGood()
    {
        var sound = new Queue<int>([.. Enumerable.Range(0, 40), .. Enumerable.Range(30, 70), .. Enumerable.Range(120, 160)]);
        for (var i = 0; i < 200; i++)
        {
            segmenter.OnVideo(0, Virtual.Picture(i * Frame, i % 60 == 0));
            while (sound.TryPeek(out var frame) && frame * 1024 / 48_000.0 <= i * Frame + 0.1) segmenter.OnAudio(Virtual.Stereo, Virtual.Sound(sound.Dequeue()));
        }

        segmenter.Finish();

        var end = sink.Audio.Segments[^1];
        Assert.Equal(sink.Video().Segments.Count, sink.Audio.Segments.Count);
        Assert.Equal(6.667, (end.Start.Start + end.End!.Duration).TotalSeconds, 1);
        Assert.Equal(1, sink.Audio.Segments[0].Start.Number);
    }

    [Fact]
    public void OnAudio_StopsForGood_GoesOnAsSilence()
    {
        for (var i = 0; i < 400; i++)
        {
            segmenter.OnVideo(0, Virtual.Picture(i * Frame, i % 60 == 0));
            if (i < 90) SoundUpTo(i * Frame);
        }

        Assert.True(sink.Audio.Segments.Count >= 5);
        segmenter.Finish();
        Assert.Equal(sink.Video().Segments.Count, sink.Audio.Segments.Count);
    }

    [Fact]
    public void OnAudio_BeginsLate_JoinsTheSegmentThatItLiesIn()
    {
        for (var i = 0; i < 300; i++)
        {
            segmenter.OnVideo(0, Virtual.Picture(i * Frame, i % 60 == 0));
            if (i * Frame > 3) segmenter.OnAudio(Virtual.Stereo, Virtual.SoundAt((long)(i * Frame * 48_000) / 1024 * 1024));
        }

        segmenter.Finish();
        Assert.Equal(2, sink.Audio.Segments[0].Start.Number);
        Assert.Equal(2, sink.Audio.Starts[0], 1);
    }

    [Fact]
    public void OnVideo_Layers_CutAtTheirOwnKeyFramesWithTheSameNumbers()
    {
        for (var i = 0; i < 200; i++)
        {
            segmenter.OnVideo(2, Virtual.Picture(i * Frame, i % 60 == 0, Virtual.Small));
            segmenter.OnVideo(1, Virtual.Picture(i * Frame + 0.004, i % 60 == 2));
            segmenter.OnVideo(0, Virtual.Picture(i * Frame - 0.003 + 0.01, (i + 1) % 60 == 0 || i == 0));
        }

        segmenter.Finish();
        for (var layer = 0; layer < 3; layer++)
        {
            Assert.Equal([1L, 2, 3, 4], sink.Video(layer).Segments.Select(segment => segment.Start.Number));
            Assert.All(sink.Video(layer).Segments, segment => Assert.True(segment.IsIndependent));
        }

        Assert.Equal(2.071, sink.Video(1).Starts[1]);
    }

    [Fact]
    public void OnVideo_LayerEndsAndComesBack_LeavesGaps()
    {
        for (var i = 0; i < 600; i++)
        {
            segmenter.OnVideo(1, Virtual.Picture(i * Frame, i % 60 == 0, Virtual.Small));
            if (i is < 100 or > 400) segmenter.OnVideo(0, Virtual.Picture(i * Frame, i % 60 == 0));
        }

        segmenter.Finish();
        var numbers = sink.Video(0).Segments.Select(segment => segment.Start.Number).ToList();
        Assert.Equal(Enumerable.Range(1, 10).Select(n => (long)n), numbers);
        Assert.Equal([3L, 4, 5, 6, 7], sink.Video(0).Segments.Where(segment => segment.End!.IsGap).Select(segment => segment.Start.Number));
    }

    [Fact]
    public void OnVideo_LayerComesLater_BeginsAtABorder()
    {
        for (var i = 0; i < 300; i++)
        {
            segmenter.OnVideo(1, Virtual.Picture(i * Frame, i % 60 == 0, Virtual.Small));
            if (i > 100) segmenter.OnVideo(0, Virtual.Picture(i * Frame, i % 60 == 0 || i == 101));
        }

        segmenter.Finish();
        Assert.Equal(3, sink.Video(0).Segments[0].Start.Number);
    }

    [Fact]
    public void Break_ThenAnotherPublisher_GoesOnBehindADiscontinuityEverywhere()
    {
        Pictures(0, 100, i => i % 60 == 0);
        SoundUpTo(3.3);
        segmenter.Break();
        for (var i = 0; i < 100; i++)
        {
            segmenter.OnVideo(0, Virtual.Picture(4 + i * Frame, i % 60 == 0));
            segmenter.OnAudio(Virtual.Stereo, Virtual.SoundAt(4 * 48_000 + i * 1600L / 1024 * 1024));
        }

        segmenter.Finish();
        Assert.Equal([0, 0, 1, 1], sink.Video().Segments.Select(segment => segment.Start.Discontinuities));
        Assert.Equal([0, 0, 1, 1], sink.Audio.Segments.Select(segment => segment.Start.Discontinuities));
        Assert.Equal(4, sink.Audio.Starts[2], 1);
    }

    [Fact]
    public void Finish_WithoutAnySample_DecidesNothing()
    {
        segmenter.Finish();
        Assert.Empty(sink.Tracks);
    }

    private long soundIndex;

    private void SoundUpTo(double seconds)
    {
        for (; soundIndex * 1024 < seconds * 48_000; soundIndex++) segmenter.OnAudio(Virtual.Stereo, Virtual.Sound(soundIndex));
    }

    private void Pictures(int first, int count, Func<int, bool> key)
    {
        for (var i = first; i < first + count; i++) segmenter.OnVideo(0, Virtual.Picture(i * Frame, key(i)));
    }
}
