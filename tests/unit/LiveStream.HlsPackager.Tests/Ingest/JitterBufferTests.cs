using LiveStream.HlsPackager.Ingest;

namespace LiveStream.HlsPackager.Tests.Ingest;

public sealed class JitterBufferTests
{
    private static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(300);

    [Fact]
    public void TryTake_InOrder_ComesAtOnceAcrossTheWrap()
    {
        using var buffer = new JitterBuffer(Wait);
        for (var i = 0; i < 70_000; i++)
        {
            Assert.Equal(JitterInsert.Stored, buffer.Insert((ushort)(65_000 + i), [(byte)i], At(i)));
            Assert.True(buffer.TryTake(At(i), out var packet));
            Assert.Equal((65_000 + i, 0, (byte)i), (packet.Sequence, packet.LostBefore, packet.Packet.Span[0]));
            Assert.False(buffer.TryTake(At(i), out _));
        }
    }

    [Fact]
    public void TryTake_Hole_WaitsThenCountsTheLoss()
    {
        using var buffer = new JitterBuffer(Wait);
        buffer.Insert(10, [1], At(0));
        Assert.True(buffer.TryTake(At(0), out _));
        buffer.Insert(13, [4], At(5));
        buffer.Insert(14, [5], At(200));

        Assert.False(buffer.TryTake(At(304), out _));
        Assert.True(buffer.TryTake(At(305), out var packet));
        Assert.Equal((13, 2), (packet.Sequence, packet.LostBefore));
        Assert.True(buffer.TryTake(At(305), out packet));
        Assert.Equal((14, 0), (packet.Sequence, packet.LostBefore));
        Assert.Equal(2, buffer.Lost);
        Assert.Equal(JitterInsert.Late, buffer.Insert(12, [3], At(306)));
    }

    [Fact]
    public void TryTake_HoleFilledInTime_LosesNothing()
    {
        using var buffer = new JitterBuffer(Wait);
        buffer.Insert(10, [1], At(0));
        buffer.TryTake(At(0), out _);
        buffer.Insert(12, [3], At(10));
        Assert.Equal(JitterInsert.Duplicate, buffer.Insert(12, [3], At(11)));
        buffer.Insert(11, [2], At(290));

        Assert.True(buffer.TryTake(At(290), out var packet));
        Assert.Equal(11, packet.Sequence);
        Assert.True(buffer.TryTake(At(290), out packet));
        Assert.Equal(12, packet.Sequence);
        Assert.Equal(0, buffer.Lost);
    }

    [Fact]
    public void Insert_SequenceJumps_TakesTwoNeighboursForARestart()
    {
        using var buffer = new JitterBuffer(Wait);
        buffer.Insert(100, [1], At(0));
        buffer.TryTake(At(0), out var before);

        Assert.Equal(JitterInsert.Stray, buffer.Insert(30_000, [2], At(1)));
        Assert.Equal(JitterInsert.Stored, buffer.Insert(30_001, [3], At(2)));
        Assert.True(buffer.TryTake(At(2), out var after));

        Assert.Equal(1, after.LostBefore);
        Assert.True(after.Sequence > before.Sequence + 1);
        Assert.Equal(30_001, (int)(after.Sequence & 0xFFFF));
    }

    [Fact]
    public void TryTake_TooManyBytesBehindAHole_GivesTheHoleUp()
    {
        using var buffer = new JitterBuffer(Wait, maxBytes: 10_000);
        buffer.Insert(1, [1], At(0));
        buffer.TryTake(At(0), out _);
        for (ushort i = 3; i < 14; i++) buffer.Insert(i, new byte[1000], At(0));

        Assert.True(buffer.TryTake(At(0), out var packet));
        Assert.Equal(1, packet.LostBefore);
    }

    [Fact]
    public void TryTake_ReorderedDuplicatedAndLost_ComesInOrderEachOnce()
    {
        for (var seed = 0; seed < 50; seed++)
        {
            var random = new Random(seed);
            using var buffer = new JitterBuffer(Wait);
            var arrivals = Enumerable.Range(0, 2000)
                .SelectMany(i => Enumerable.Repeat(i, random.Next(20) switch { 0 => 0, 1 => 2, _ => 1 }))
                .Select(i => (Number: i, Time: (i * 5) + random.Next(100)))
                .OrderBy(arrival => arrival.Time).ToList();
            var expected = arrivals.Select(arrival => arrival.Number).Distinct().Order().ToList();
            var start = random.Next(65_536);
            var taken = new List<long>();
            var first = arrivals[0].Number;
            foreach (var (number, time) in arrivals)
            {
                buffer.Insert((ushort)(start + number), [0], At(time));
                while (buffer.TryTake(At(time), out var packet)) taken.Add(packet.Sequence);
            }

            while (buffer.TryTake(At(100_000), out var packet)) taken.Add(packet.Sequence);
            var origin = taken[0] - first;
            Assert.Equal(expected.Where(number => number >= first), taken.Select(sequence => (int)(sequence - origin)));
        }
    }

    private static TimeSpan At(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}
