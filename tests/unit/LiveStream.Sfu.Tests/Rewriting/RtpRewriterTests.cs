using LiveStream.Sfu.Router.Rewriting;

namespace LiveStream.Sfu.Tests.Rewriting;

public sealed class RtpRewriterTests
{
    [Theory]
    [InlineData(1, 0.0, 0.0)]
    [InlineData(2, 0.1, 0.0)]
    [InlineData(3, 0.0, 0.2)]
    [InlineData(4, 0.2, 0.2)]
    [InlineData(5, 0.5, 0.1)]
    public void TryMap_RandomOrderSkipsAndSwitches_NeverUsesANumberTwice(int seed, double late, double padding)
    {
        var random = new Random(seed);
        for (var run = 0; run < 20; run++)
        {
            var rewriter = new RtpRewriter((ushort)random.Next(65536), (uint)random.NextInt64(uint.MaxValue));
            var used = new HashSet<long>();
            long now = 1;
            for (var source = 0; source < 6; source++)
            {
                var next = random.NextInt64(100_000);
                var timestamp = (uint)random.NextInt64(uint.MaxValue);
                rewriter.SwitchSource(next, timestamp, now += 33_000, 90000);
                var held = new List<long>();
                for (var i = 0; i < 400; i++, next++)
                {
                    now += 1000;
                    if (i > 0 && random.NextDouble() < late) held.Add(next);
                    else Take(rewriter, next, i > 0 && random.NextDouble() < padding, used, now);
                    if (held.Count > 0 && random.NextDouble() < late)
                    {
                        var at = random.Next(held.Count);
                        Take(rewriter, held[at], random.NextDouble() < padding, used, now);
                        held.RemoveAt(at);
                    }
                }
            }

            Assert.Equal(used.Max(), rewriter.HighestSequenceNumber);
        }
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    public void TryMap_NothingLost_NumbersHaveNoHoleOverSkipsAndSwitches(int seed)
    {
        var random = new Random(seed);
        var rewriter = new RtpRewriter(65535, 0);
        long? last = null;
        long now = 1;
        for (var source = 0; source < 40; source++)
        {
            var next = random.NextInt64(70_000);
            rewriter.SwitchSource(next, 0, now += 20_000, 90000);
            for (var i = 0; i < 100; i++, next++)
            {
                if (i > 0 && random.Next(4) == 0)
                {
                    Assert.True(rewriter.TrySkip(next));
                    continue;
                }

                Assert.True(rewriter.TryMap(next, (uint)i, now, out var number, out _));
                if (last is { } before) Assert.Equal(before + 1, number);
                last = number;
            }
        }
    }

    [Fact]
    public void TryMap_RandomSwitches_TimestampsRunForwardAtTheRateOfTime()
    {
        var random = new Random(13);
        var rewriter = new RtpRewriter(0, uint.MaxValue - 5000);
        long now = 1_000_000;
        uint? last = null;
        for (var source = 0; source < 200; source++)
        {
            var timestamp = (uint)random.NextInt64(uint.MaxValue);
            var gap = random.Next(1, 5_000_000);
            now += gap;
            uint? aligned = random.Next(3) switch { 0 when last is { } l => unchecked(l + 300u), 1 => (uint)random.NextInt64(uint.MaxValue), _ => null };
            rewriter.SwitchSource(10, timestamp, now, 90000, last is null ? null : aligned);
            for (var i = 0; i < 10; i++, now += 33_333)
            {
                Assert.True(rewriter.TryMap(10 + i, unchecked(timestamp + (uint)(i * 3000)), now, out _, out var outgoing));
                if (last is { } before) Assert.True((int)unchecked(outgoing - before) > 0, $"{before} then {outgoing}");
                last = outgoing;
            }
        }
    }

    [Fact]
    public void TryMap_BeforeTheSwitch_IsRefused()
    {
        var rewriter = new RtpRewriter(100, 0);
        Assert.False(rewriter.TryMap(5, 0, 0, out _, out _));
        rewriter.SwitchSource(50, 0, 1, 90000);
        Assert.False(rewriter.TryMap(49, 0, 1, out _, out _));
        Assert.True(rewriter.TryMap(50, 0, 1, out var number, out _));
        Assert.Equal(100, number);
    }

    [Fact]
    public void TrySkip_AfterAHole_IsRefusedSoThatLatePacketsKeepTheirPlaces()
    {
        var rewriter = new RtpRewriter(0, 0);
        rewriter.SwitchSource(1, 0, 1, 90000);
        rewriter.TryMap(1, 0, 1, out var one, out _);
        Assert.False(rewriter.TrySkip(3));
        rewriter.TryMap(3, 0, 1, out var three, out _);
        rewriter.TryMap(2, 0, 1, out var two, out _);
        Assert.Equal((one + 1, one + 2), (two, three));
    }

    private static void Take(RtpRewriter rewriter, long source, bool skip, HashSet<long> used, long now)
    {
        if (skip && rewriter.TrySkip(source)) return;
        if (rewriter.TryMap(source, 0, now, out var number, out _)) Assert.True(used.Add(number), $"{number} twice");
    }
}
