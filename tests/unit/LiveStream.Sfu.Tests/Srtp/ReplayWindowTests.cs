using LiveStream.Sfu.Srtp;

namespace LiveStream.Sfu.Tests.Srtp;

public sealed class ReplayWindowTests
{
    [Fact]
    public void Check_EmptyWindow_TakesAnyIndex()
    {
        var window = default(ReplayWindow);
        Assert.Equal(SrtpResult.Ok, window.Check(0));
        Assert.Equal(SrtpResult.Ok, window.Check(ulong.MaxValue));
    }

    [Fact]
    public void Check_SameIndexTwice_ReturnsReplayed()
    {
        var window = default(ReplayWindow);
        window.Accept(0);
        Assert.Equal(SrtpResult.Replayed, window.Check(0));
        Assert.Equal(SrtpResult.Ok, window.Check(1));
    }

    [Fact]
    public void Check_EdgeOfTheWindow_SeparatesOldFromLate()
    {
        var window = default(ReplayWindow);
        window.Accept(10_000);
        Assert.Equal(SrtpResult.Ok, window.Check(10_000 - ReplayWindow.Size + 1));
        Assert.Equal(SrtpResult.TooOld, window.Check(10_000 - ReplayWindow.Size));
    }

    [Fact]
    public void Accept_IndexBehindTheWindow_ChangesNothing()
    {
        var window = default(ReplayWindow);
        window.Accept(10_000);
        window.Accept(10_000 - 1024);
        Assert.Equal(10_000ul, window.Highest);
        Assert.Equal(SrtpResult.Ok, window.Check(10_001));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(1023)]
    [InlineData(1024)]
    [InlineData(1025)]
    [InlineData(1L << 40)]
    public void Accept_JumpAhead_ForgetsNothingThatIsInTheWindowAndAllThatIsNot(long jump)
    {
        var window = default(ReplayWindow);
        for (ulong i = 5000; i < 6100; i++) window.Accept(i);
        var highest = 6099 + (ulong)jump;
        window.Accept(highest);
        for (var i = highest - ReplayWindow.Size + 1; i < highest; i++)
        {
            Assert.Equal(i < 6100 ? SrtpResult.Replayed : SrtpResult.Ok, window.Check(i));
        }
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    public void Check_RandomOrder_AgreesWithASetOfAllAccepted(int seed)
    {
        var random = new Random(seed);
        var window = default(ReplayWindow);
        var accepted = new HashSet<ulong>();
        ulong centre = 3000, highest = 0;
        for (var i = 0; i < 20_000; i++)
        {
            centre += (ulong)random.Next(0, random.Next(20) == 0 ? 3000 : 4);
            var index = centre - (ulong)random.Next(0, 1500);
            var expected = accepted.Count == 0 || index > highest ? SrtpResult.Ok
                : highest - index >= ReplayWindow.Size ? SrtpResult.TooOld
                : accepted.Contains(index) ? SrtpResult.Replayed
                : SrtpResult.Ok;
            Assert.Equal(expected, window.Check(index));
            if (expected != SrtpResult.Ok) continue;
            window.Accept(index);
            accepted.Add(index);
            highest = Math.Max(highest, index);
        }
    }
}
