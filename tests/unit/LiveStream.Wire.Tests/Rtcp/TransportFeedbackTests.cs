using LiveStream.Wire.Rtcp;

namespace LiveStream.Wire.Tests.Rtcp;

public class TransportFeedbackTests
{
    private const string Header = "00000001 00000002 ";

    [Fact]
    public void TryParse_RunLengthExampleOfTheDraft_Is221NotReceived()
    {
        // draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1.3, first example: 0 00 0000011011101.
        Assert.True(TryParse(Header + "0064 00DD 000000 00 00DD 0000", out var feedback));
        Assert.Equal(221, feedback.PacketStatusCount);
        Assert.Equal(100, feedback.BaseSequenceNumber);
        var arrivals = List(feedback);
        Assert.Equal(221, arrivals.Count);
        Assert.DoesNotContain(arrivals, a => a.Received);
        Assert.Equal(320, arrivals[^1].SequenceNumber);
    }

    [Fact]
    public void TryParse_OneBitVectorExampleOfTheDraft_IsReadFromTheLeft()
    {
        // §3.1.4, first example: 1 0 01111100011100.
        Assert.True(TryParse(Header + "FFFE 000E 000001 05 9F1C 0102030405060708", out var feedback));
        Assert.Equal("0111 1100 0111 00", string.Join("", List(feedback).Select((a, i) => (i % 4 == 0 && i > 0 ? " " : "") + (a.Received ? 1 : 0))));
        Assert.Equal([1, 3, 6, 10, 15, 21, 28, 36], List(feedback).Where(a => a.Received).Select(a => a.ArrivalTicks));
        Assert.Equal(0, List(feedback)[2].SequenceNumber);
        Assert.Equal(1, feedback.ReferenceTime);
        Assert.Equal(5, feedback.FeedbackPacketCount);
        Assert.Equal(1u, feedback.SenderSsrc);
        Assert.Equal(2u, feedback.MediaSsrc);
    }

    [Fact]
    public void TryParse_TwoBitVector_TakesNegativeDeltas()
    {
        // 11 01 10 00 10 01 00 00: small, large, none, large, small, none (of 6).
        Assert.True(TryParse(Header + "0000 0006 FFFFFF FF D890 0A FFFB 0100 FF 000000", out var feedback));
        Assert.Equal(-1, feedback.ReferenceTime);
        Assert.Equal([10, 5, 5, 261, 516, 516], List(feedback).Select(a => a.ArrivalTicks));
        Assert.Equal([true, true, false, true, true, false], List(feedback).Select(a => a.Received));
    }

    [Theory]
    [InlineData("no status", Header + "0000 0000 000000 00 2001 0000")]
    [InlineData("too few chunks", Header + "0000 0010 000000 00 8000")]
    [InlineData("too few deltas", Header + "0000 0002 000000 00 2002 0A")]
    [InlineData("half a large delta", Header + "0000 0001 000000 00 4001 0A")]
    [InlineData("reserved symbol in a run", Header + "0000 0001 000000 00 6001 00000000")]
    [InlineData("reserved symbol in a vector", Header + "0000 0007 000000 00 C003 0000")]
    [InlineData("empty runs for ever", Header + "0000 0001 000000 00 0000 0000 0000 0000")]
    [InlineData("no chunk", Header + "0000 0001 000000 00")]
    [InlineData("huge count", Header + "0000 FFFF 000000 00 1FFF 1FFF 1FFF")]
    public void TryParse_Malformed_IsRefused(string what, string body) => Assert.False(TryParse(body, out _), what);

    [Fact]
    public void TryParse_ReservedSymbolPastTheCount_DoesNotMatter() =>
        Assert.True(TryParse(Header + "0000 0006 000000 00 C003 0000", out _));

    [Fact]
    public void TryParse_RunLongerThanTheCount_EndsAtTheCount()
    {
        Assert.True(TryParse(Header + "0000 0002 000000 00 3FFF 0102", out var feedback));
        Assert.Equal([1, 3], List(feedback).Select(a => a.ArrivalTicks));
    }

    [Fact]
    public void Write_SteadyArrivals_TakesOneRunAndOneByteEach()
    {
        var arrivals = Enumerable.Range(0, 100).Select(i => 1_000_000L + 5_000 * i).ToArray();
        var buffer = new byte[1200];
        var size = RtcpWriter.WriteTransportFeedback(buffer, 1, 2, 3, 65_500, arrivals, out var consumed);
        Assert.Equal(100, consumed);
        Assert.Equal(20 + 2 + 100 + 2, size);
        Check(buffer.AsSpan(0, size), 65_500, arrivals);
    }

    [Fact]
    public void Write_NothingArrived_ConsumesAllAndWritesNothing()
    {
        Assert.Equal(0, RtcpWriter.WriteTransportFeedback(new byte[100], 1, 2, 3, 0, [-1, -1], out var consumed));
        Assert.Equal(2, consumed);
    }

    [Fact]
    public void Write_NoRoom_ConsumesNothing()
    {
        Assert.Equal(0, RtcpWriter.WriteTransportFeedback(new byte[23], 1, 2, 3, 0, [5], out var consumed));
        Assert.Equal(0, consumed);
        Assert.Equal(24, RtcpWriter.WriteTransportFeedback(new byte[24], 1, 2, 3, 0, [5], out consumed));
        Assert.Equal(1, consumed);
    }

    [Fact]
    public void Write_DeltaBeyond16Bits_StopsBeforeIt()
    {
        long[] arrivals = [0, -1, 250 * 32_767, -1, 250 * (32_767 + 32_768), 250 * (32_767 + 32_768 + 1)];
        var buffer = new byte[100];
        var size = RtcpWriter.WriteTransportFeedback(buffer, 1, 2, 3, 7, arrivals, out var consumed);
        Assert.Equal(4, consumed);
        Check(buffer.AsSpan(0, size), 7, arrivals.AsSpan(0, 4));
        RtcpWriter.WriteTransportFeedback(buffer, 1, 2, 3, 11, arrivals.AsSpan(4), out consumed);
        Assert.Equal(2, consumed);
    }

    [Fact]
    public void Write_MoreThan65535Packets_StopsAtTheCountField()
    {
        var arrivals = new long[70_000];
        var buffer = new byte[200_000];
        var size = RtcpWriter.WriteTransportFeedback(buffer, 1, 2, 3, 0, arrivals, out var consumed);
        Assert.Equal(65_535, consumed);
        Check(buffer.AsSpan(0, size), 0, arrivals.AsSpan(0, consumed));
    }

    [Fact]
    public void Write_RandomArrivalsIntoSmallBuffers_ReadBackWithoutDrift()
    {
        var random = new Random(15);
        for (var round = 0; round < 3_000; round++)
        {
            var arrivals = RandomArrivals(random);
            var baseSequence = random.NextInt64(1L << 40);
            var buffer = new byte[random.Next(24, 300)];
            for (var start = 0; start < arrivals.Length;)
            {
                var rest = arrivals.AsSpan(start);
                var size = RtcpWriter.WriteTransportFeedback(buffer, 1, 2, 3, baseSequence + start, rest, out var consumed);
                Assert.InRange(consumed, 1, rest.Length);
                if (size > 0) Check(buffer.AsSpan(0, size), baseSequence + start, rest[..consumed]);
                start += consumed;
            }
        }
    }

    private static long[] RandomArrivals(Random random)
    {
        var arrivals = new long[1 + random.Next(200)];
        var now = random.NextInt64(1L << 45);
        var (loss, jump) = (random.Next(0, 100), random.Next(1, 40));
        for (var i = 0; i < arrivals.Length; i++)
        {
            now = Math.Max(0, now + (random.Next(jump) == 0 ? random.Next(-9_000_000, 9_000_000) : random.Next(0, 3_000)));
            arrivals[i] = random.Next(100) < loss ? -1 : now;
        }

        return arrivals;
    }

    // The slow obvious re-check: absolute ticks of each packet, modulo the 24 bits of the reference.
    private static void Check(ReadOnlySpan<byte> packet, long baseSequence, ReadOnlySpan<long> arrivals)
    {
        var reader = new RtcpReader(packet);
        Assert.True(reader.TryRead(out var view));
        Assert.True(TransportFeedback.TryParse(view, out var feedback));
        Assert.Equal(arrivals.Length, feedback.PacketStatusCount);
        Assert.Equal(3, feedback.FeedbackPacketCount);
        var i = 0;
        const long Wrap = 1L << 32;
        foreach (var arrival in feedback)
        {
            Assert.Equal((ushort)(baseSequence + i), arrival.SequenceNumber);
            Assert.Equal(arrivals[i] >= 0, arrival.Received);
            if (arrival.Received)
            {
                var ticks = (long)feedback.ReferenceTime * TransportFeedback.TicksPerReference + arrival.ArrivalTicks;
                Assert.Equal(arrivals[i] / 250 % Wrap, (ticks % Wrap + Wrap) % Wrap);
            }

            i++;
        }
    }

    private static List<PacketArrival> List(TransportFeedback feedback)
    {
        var list = new List<PacketArrival>();
        foreach (var arrival in feedback) list.Add(arrival);
        return list;
    }

    private static bool TryParse(string body, out TransportFeedback feedback)
    {
        var bytes = HexBytes.Of(body);
        var padding = 4 - bytes.Length % 4;
        var packet = new byte[4 + bytes.Length + padding];
        (packet[0], packet[1], packet[3]) = (0xAF, 205, (byte)(packet.Length / 4 - 1));
        bytes.CopyTo(packet, 4);
        packet[^1] = (byte)padding;
        var reader = new RtcpReader(packet);
        Assert.True(reader.TryRead(out var view));
        return TransportFeedback.TryParse(view, out feedback);
    }
}
