using LiveStream.Sfu.Rtcp;

namespace LiveStream.Sfu.Tests.Rtcp;

public sealed class ReceptionStatisticsTests
{
    [Fact]
    public void OnPacket_TimestampJumpsByHalfItsRange_DoesNotThrow()
    {
        var statistics = new ReceptionStatistics(90000);
        statistics.OnPacket(1, 0, 0);
        statistics.OnPacket(2, 0x8000_0000, 0);
        Assert.Equal(2, statistics.PacketsReceived);
    }

    [Theory]
    [InlineData(1, 0.0)]
    [InlineData(2, 0.05)]
    [InlineData(3, 0.4)]
    public void MakeReport_RandomLossAndJitter_IsWhatTheRfcsOwnArithmeticSays(int seed, double loss)
    {
        var random = new Random(seed);
        var statistics = new ReceptionStatistics(90000);
        // RFC 3550 A.1, A.3 and A.8 in their own variables.
        long baseSequence = 65_500, highest = baseSequence, received = 0, expectedPrior = 0, receivedPrior = 0;
        double jitter = 0;
        int? lastTransit = null;
        for (var report = 0; report < 20; report++)
        {
            for (var i = 0; i < 100; i++)
            {
                var number = baseSequence + (report * 100) + i;
                if (number > baseSequence && random.NextDouble() < loss) continue;
                var timestamp = unchecked(4_294_900_000u + (uint)((number - baseSequence) * 3000));
                var arrival = ((number - baseSequence) * 33_333) + random.Next(20_000);
                statistics.OnPacket(number, timestamp, arrival);
                highest = number;
                received++;
                var transit = unchecked((int)((uint)(arrival * 90000 / 1_000_000) - timestamp));
                if (lastTransit is { } last) jitter += (Math.Abs((double)unchecked(transit - last)) - jitter) / 16;
                lastTransit = transit;
            }

            var block = statistics.MakeReport(7, 0);
            var expected = highest - baseSequence + 1;
            var (expectedInterval, receivedInterval) = (expected - expectedPrior, received - receivedPrior);
            (expectedPrior, receivedPrior) = (expected, received);
            var lostInterval = expectedInterval - receivedInterval;
            var fraction = expectedInterval == 0 || lostInterval <= 0 ? 0 : (lostInterval << 8) / expectedInterval;
            Assert.Equal((byte)fraction, block.FractionLost);
            Assert.Equal(expected - received, block.CumulativeLost);
            Assert.Equal(unchecked((uint)highest), block.ExtendedHighestSequence);
            Assert.InRange(block.Jitter, jitter - 1, jitter + 1);
        }
    }

    [Fact]
    public void MakeReport_AfterASenderReport_TellsItsMiddleBitsAndTheDelay()
    {
        var statistics = new ReceptionStatistics(48000);
        statistics.OnPacket(5, 0, 0);
        statistics.OnSenderReport(0x1122_3344_5566_7788, 99, 1_000_000);
        var block = statistics.MakeReport(1, 3_500_000);
        Assert.Equal(0x3344_5566u, block.LastSenderReport);
        Assert.Equal((uint)(2.5 * 65536), block.DelaySinceLastSenderReport);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(-1.9, true)]
    [InlineData(1.9, true)]
    [InlineData(6.9, false)]
    [InlineData(-6.9, false)]
    public void OnSenderReport_ThatDoesNotFitTheMedia_AlignsNothing_ButIsReported(double secondsAhead, bool fits)
    {
        var statistics = new ReceptionStatistics(90000);
        const uint Timestamp = 4_294_900_000;
        statistics.OnPacket(1, Timestamp, 5_000_000);
        Assert.True(statistics.OnSenderReport(0x1000_0000_0000, Timestamp, 5_000_000));

        // Three seconds later, without media since, as of somebody who is muted; the timestamp has wrapped.
        var rtp = unchecked(Timestamp + (uint)(int)((3 + secondsAhead) * 90000));
        Assert.Equal(fits, statistics.OnSenderReport(0x2000_0000_0000, rtp, 8_000_000));
        Assert.Equal(fits ? 0x2000_0000_0000ul : 0x1000_0000_0000ul, statistics.SenderReportNtp);
        Assert.Equal(fits ? rtp : Timestamp, statistics.SenderReportRtp);
        Assert.Equal(0x2000_0000u, statistics.MakeReport(1, 8_000_000).LastSenderReport);
    }

    [Fact]
    public void OnSenderReport_BeforeAnyMedia_IsBelieved()
    {
        var statistics = new ReceptionStatistics(48000);
        Assert.True(statistics.OnSenderReport(1, 77, 0));
        Assert.Equal(77u, statistics.SenderReportRtp);
    }

    [Fact]
    public void MakeReport_MoreDuplicatesThanLosses_StaysAtZeroFraction()
    {
        var statistics = new ReceptionStatistics(90000);
        for (var i = 0; i < 5; i++) statistics.OnPacket(7, 0, 0);
        var block = statistics.MakeReport(1, 0);
        Assert.Equal(0, block.FractionLost);
        Assert.Equal(-4, block.CumulativeLost);
    }
}
