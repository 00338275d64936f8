using LiveStream.Sfu.Rtcp;

namespace LiveStream.Sfu.Tests.Rtcp;

public sealed class NackGeneratorTests
{
    private const long RoundTrip = 60_000;

    [Theory]
    [InlineData(1, 0.02)]
    [InlineData(2, 0.3)]
    public void Collect_LossyLink_AsksForExactlyWhatIsMissingUntilItComes(int seed, double loss)
    {
        var random = new Random(seed);
        var generator = new NackGenerator();
        var missing = new SortedSet<long>();
        var asked = new Dictionary<long, int>();
        var numbers = new ushort[64];
        long now = 0;
        for (long next = 65_000; next < 68_000; next++)
        {
            now += 1000;
            if (next > 65_000 && random.NextDouble() < loss) missing.Add(next);
            else Assert.True(generator.OnPacket(next, now));
            var count = generator.Collect(now, RoundTrip, numbers);
            for (var i = 0; i < count; i++)
            {
                var full = missing.Single(number => (ushort)number == numbers[i]);
                asked[full] = asked.GetValueOrDefault(full) + 1;
                // Half of the repairs arrive.
                if (random.Next(2) != 0) continue;
                missing.Remove(full);
                Assert.True(generator.OnPacket(full, now));
            }

            Assert.InRange(generator.Pending, 0, missing.Count);
        }

        Assert.All(asked.Values, times => Assert.InRange(times, 1, 10));
        Assert.True(asked.Count > 0);
    }

    [Fact]
    public void Collect_SlightReordering_AsksForNothing()
    {
        var generator = new NackGenerator();
        var numbers = new ushort[64];
        for (var i = 0; i < 100; i += 2)
        {
            generator.OnPacket(i + 1, i * 1000L);
            Assert.Equal(0, generator.Collect(i * 1000L, RoundTrip, numbers));
            generator.OnPacket(i, (i * 1000L) + 500);
        }

        Assert.Equal(0, generator.Pending - (generator.Pending > 0 ? 1 : 0));
    }

    [Fact]
    public void Collect_NothingEverComes_GivesUpAfterBoundedAttempts()
    {
        var generator = new NackGenerator();
        generator.OnPacket(0, 0);
        generator.OnPacket(3, 0);
        var numbers = new ushort[64];
        var asked = 0;
        for (long now = 0; now < 60_000_000; now += 10_000) asked += generator.Collect(now, RoundTrip, numbers);
        Assert.Equal(20, asked);
        Assert.Equal(0, generator.Pending);
        Assert.Equal(2, generator.Abandoned);
    }

    [Fact]
    public void Collect_MoreThanFit_AsksForTheRestNext()
    {
        var generator = new NackGenerator();
        generator.OnPacket(0, 0);
        generator.OnPacket(101, 0);
        var numbers = new ushort[64];
        Assert.Equal(64, generator.Collect(10_000, RoundTrip, numbers));
        Assert.Equal(36, generator.Collect(10_000, RoundTrip, numbers));
        Assert.Equal(65, numbers[0]);
    }

    [Fact]
    public void OnPacket_GapLargerThanItsMemory_SaysSoAndStartsAnew()
    {
        var generator = new NackGenerator();
        generator.OnPacket(0, 0);
        Assert.True(generator.OnPacket(NackGenerator.Capacity + 1, 0));
        Assert.Equal(NackGenerator.Capacity, generator.Pending);
        Assert.False(generator.OnPacket(NackGenerator.Capacity + 3, 0));
        Assert.Equal(0, generator.Pending);
        Assert.True(generator.OnPacket(NackGenerator.Capacity + 4, 0));
        Assert.Equal(0, generator.Pending);
    }
}
