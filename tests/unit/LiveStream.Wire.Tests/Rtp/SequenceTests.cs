using LiveStream.Wire.Rtp;

namespace LiveStream.Wire.Tests.Rtp;

public class SequenceTests
{
    [Theory]
    [InlineData(1, 0, true)]
    [InlineData(0, 1, false)]
    [InlineData(5, 5, false)]
    [InlineData(0, 65535, true)]
    [InlineData(65535, 0, false)]
    [InlineData(0x7FFF, 0, true)]
    [InlineData(0x8000, 0, false)]
    public void IsNewerThan_AroundTheWrap_ComparesTheShorterWay(int a, int b, bool newer) =>
        Assert.Equal(newer, new SequenceNumber((ushort)a).IsNewerThan(new SequenceNumber((ushort)b)));

    [Theory]
    [InlineData(65534, 1, 3)]
    [InlineData(1, 65534, -3)]
    [InlineData(7, 7, 0)]
    [InlineData(0, 0x7FFF, 32767)]
    [InlineData(0, 0x8000, -32768)]
    public void DistanceTo_AroundTheWrap_IsSigned(int from, int to, int distance) =>
        Assert.Equal(distance, new SequenceNumber((ushort)from).DistanceTo(new SequenceNumber((ushort)to)));

    [Fact]
    public void Unwrap_FirstValue_MapsToItself()
    {
        var unwrapper = new SequenceUnwrapper();
        Assert.False(unwrapper.IsStarted);
        Assert.Equal(65000, unwrapper.Unwrap(65000));
        Assert.True(unwrapper.IsStarted);
        Assert.Equal(65000, unwrapper.Highest);
    }

    [Fact]
    public void Unwrap_LatePacketFromBeforeTheWrap_KeepsItsPlace()
    {
        var unwrapper = new SequenceUnwrapper();
        Assert.Equal(65534, unwrapper.Unwrap(65534));
        Assert.Equal(65536, unwrapper.Unwrap(0));
        Assert.Equal(65535, unwrapper.Unwrap(65535));
        Assert.Equal(65537, unwrapper.Unwrap(1));
        Assert.Equal(65537, unwrapper.Highest);
    }

    [Fact]
    public void Unwrap_StartRightAfterAWrap_GoesBelowZero()
    {
        var unwrapper = new SequenceUnwrapper();
        unwrapper.Unwrap(1);
        Assert.Equal(-1, unwrapper.Unwrap(65535));
    }

    [Fact]
    public void Unwrap_ReorderedStreamOverManyWraps_FollowsTheTrueNumbers()
    {
        var random = new Random(6);
        var unwrapper = new SequenceUnwrapper();
        unwrapper.Unwrap(40_000);
        var highest = 40_000L;
        for (var i = 0; i < 200_000; i++)
        {
            var truth = highest + random.Next(-1000, 1500);
            Assert.Equal(truth, unwrapper.Unwrap((ushort)truth));
            highest = Math.Max(highest, truth);
        }

        Assert.Equal(highest, unwrapper.Highest);
    }

    [Fact]
    public void Unwrap_Timestamps_FollowTheTrueNumbers()
    {
        var random = new Random(7);
        var unwrapper = new TimestampUnwrapper();
        var highest = (long)uint.MaxValue - 5;
        Assert.Equal(highest, unwrapper.Unwrap((uint)highest));
        for (var i = 0; i < 50_000; i++)
        {
            var truth = highest + random.Next(-90_000, 1_000_000);
            Assert.Equal(truth, unwrapper.Unwrap((uint)truth));
            highest = Math.Max(highest, truth);
        }
    }
}
