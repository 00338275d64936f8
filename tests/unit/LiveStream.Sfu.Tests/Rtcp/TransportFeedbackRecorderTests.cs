using LiveStream.Sfu.Rtcp;
using LiveStream.Wire.Rtcp;

namespace LiveStream.Sfu.Tests.Rtcp;

public sealed class TransportFeedbackRecorderTests
{
    [Theory]
    [InlineData(1, 65_000, 0.0, 0)]
    [InlineData(2, 0, 0.1, 0)]
    [InlineData(3, 40_000, 0.05, 4)]
    [InlineData(4, 65_530, 0.3, 20)]
    public void Write_LossAndReordering_SaysWhenEachPacketCame(int seed, int first, double loss, int reorder)
    {
        var random = new Random(seed);
        var recorder = new TransportFeedbackRecorder();
        var sent = Enumerable.Range(0, 5000)
            .Select(i => (Number: (ushort)(first + i), Order: i + (reorder > 0 && i > 0 ? random.Next(reorder) : 0)))
            .OrderBy(packet => packet.Order).Where((_, i) => i == 0 || random.NextDouble() >= loss).ToList();
        var arrivals = new Dictionary<ushort, long>();
        var told = new Dictionary<ushort, long>();
        long now = 5_000_000, reportAt = now;
        foreach (var (number, _) in sent)
        {
            now += random.Next(100) == 0 ? random.Next(2_000_000) : random.Next(3000);
            recorder.OnPacket(number, now);
            arrivals[number] = now;
            if (now < reportAt) continue;
            reportAt = now + 50_000;
            Read(recorder, told);
        }

        Read(recorder, told);
        Assert.Equal(arrivals.Keys.Order(), told.Keys.Order());
        // The reference time wraps after 64 ms * 2^24, far beyond this test.
        foreach (var (number, at) in arrivals) Assert.InRange(told[number] - at, -250, 250);
    }

    [Fact]
    public void OnPacket_NumbersJumpFarAhead_ReportsGoOnFromThere()
    {
        var recorder = new TransportFeedbackRecorder();
        recorder.OnPacket(10, 1_000_000);
        recorder.OnPacket(30_000, 1_001_000);
        recorder.OnPacket(30_001, 1_002_000);
        var told = new Dictionary<ushort, long>();
        Read(recorder, told);
        Assert.Contains((ushort)30_001, told.Keys);
    }

    [Fact]
    public void Write_RandomNumbers_EndsAndNeverThrows()
    {
        var random = new Random(9);
        var recorder = new TransportFeedbackRecorder();
        for (var i = 0; i < 20_000; i++)
        {
            recorder.OnPacket((ushort)random.Next(random.Next(2) == 0 ? 65536 : 300), i * 1000L);
            if (i % 50 == 0) Read(recorder, []);
        }
    }

    [Fact]
    public void HasNews_AllReported_IsFalse()
    {
        var recorder = new TransportFeedbackRecorder();
        Assert.False(recorder.HasNews);
        recorder.OnPacket(7, 1_000_000);
        Assert.True(recorder.HasNews);
        Read(recorder, []);
        Assert.False(recorder.HasNews);
    }

    private static void Read(TransportFeedbackRecorder recorder, Dictionary<ushort, long> told)
    {
        var buffer = new byte[1200];
        var rounds = 0;
        while (recorder.HasNews)
        {
            Assert.True(++rounds < 3000);
            var length = recorder.Write(buffer, 1, 2);
            if (length == 0) return;
            var reader = new RtcpReader(buffer.AsSpan(0, length));
            Assert.True(reader.TryRead(out var packet));
            Assert.True(TransportFeedback.TryParse(packet, out var feedback));
            foreach (var arrival in feedback)
            {
                if (arrival.Received)
                    told[arrival.SequenceNumber] = (((long)feedback.ReferenceTime * TransportFeedback.TicksPerReference) + arrival.ArrivalTicks) * TransportFeedback.TickMicroseconds;
            }
        }
    }
}
