using LiveStream.HlsPackager.Passthrough;

namespace LiveStream.HlsPackager.Tests.Passthrough;

public sealed class AudioTimelineTests
{
    [Fact]
    public void SilenceBefore_LostPackets_AreFilledExactly()
    {
        var timeline = new AudioTimeline(5000);
        Assert.True(timeline.TryFeed(5000, 960));

        Assert.Equal(0, timeline.SilenceBefore(5960));
        Assert.True(timeline.TryFeed(5960, 960));
        Assert.Equal(1920, timeline.SilenceBefore(6920 + 1920));
        Assert.Equal(8840, timeline.Next);
    }

    [Fact]
    public void TryFeed_PacketBehindTheCount_IsRefused()
    {
        var timeline = new AudioTimeline(0);
        Assert.Equal(4800, timeline.Fill(4850));
        Assert.False(timeline.TryFeed(3840, 960));
        Assert.True(timeline.TryFeed(4800, 960));
    }

    [Theory]
    [InlineData(200)]
    [InlineData(-200)]
    public void Count_DriftingClock_StaysWithinTheTolerance(double ppm)
    {
        var timeline = new AudioTimeline(0);
        for (var i = 0; i < 100_000; i++)
        {
            var captured = (long)(i * 960 * (1 + (ppm / 1e6)));
            timeline.SilenceBefore(captured);
            Assert.InRange(timeline.Next - captured, -481, 481);
            timeline.TryFeed(captured, 960);
        }
    }

    [Fact]
    public void Grid_EncoderRestarts_FillsTheHoleAndKeepsTheRaster()
    {
        var grid = new AacGrid();
        Assert.Equal(777, grid.StartAt(777));
        Assert.Null(grid.Next);
        grid.Begin(777);
        Assert.False(grid.TryPlace(777 - 1024, out _));
        Assert.True(grid.TryPlace(777, out var silent));
        Assert.Equal((0, 777), (silent, grid.Take()));

        var start = grid.StartAt(777 + 10_000);
        Assert.Equal(777 + (9 * 1024), start);
        Assert.True(grid.TryPlace(start, out silent));
        Assert.Equal((8, 777L + 1024), (silent, grid.Next));
    }

    [Fact]
    public void Grid_Broken_LeavesTheHole()
    {
        var grid = new AacGrid();
        grid.Begin(0);
        grid.Take();
        grid.Break();
        Assert.Equal(0, grid.MissingUpTo(100_000));
        Assert.True(grid.TryPlace(1024 * 50, out var silent));
        Assert.Equal((0, 1024 * 50), (silent, grid.Take()));
        Assert.Equal(1, grid.MissingUpTo(1024 * 52));
    }
}
