using LiveStream.Wire.Rtcp;
using LiveStream.Wire.Rtp;

namespace LiveStream.Wire.Tests;

public class AllocationTests
{
    // Literals at the call would allocate in code that is not optimised yet.
    private static readonly ushort[] Lost = [1, 2, 3];
    private static readonly uint[] Ssrcs = [2];

    [Fact]
    public void PacketFormats_ParseAndWrite_AllocateNothing()
    {
        var buffer = new byte[1500];
        var arrivals = new long[100];
        for (var i = 0; i < arrivals.Length; i++) arrivals[i] = i % 7 == 0 ? -1 : 1_000_000 + 900 * i * (i % 3);

        long checksum = 0;
        // Once before measuring, so that static state and jitted code are there.
        checksum += Run(buffer, arrivals);
        var least = long.MaxValue;
        for (var round = 0; round < 5; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 100; i++) checksum += Run(buffer, arrivals);
            // The least of the rounds: what the runtime does once on this thread is not the packet's.
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
        Assert.NotEqual(0, checksum);
    }

    private static long Run(byte[] buffer, long[] arrivals)
    {
        long checksum = 0;
        var size = RtpWriter.WriteFixedHeader(buffer, true, 96, 7, 8, 9, true, false);
        var elements = new OneByteExtensionWriter(buffer.AsSpan(size));
        elements.Add(1, "mid"u8);
        size += elements.Finish();
        if (RtpPacketView.TryParse(buffer.AsSpan(0, size + 100), out var view) == RtpError.None
            && view.TryGetExtension(1, out var mid)) checksum += mid.Length + view.Payload.Length;

        size = RtcpWriter.WriteReceiverReport(buffer, 1, [new ReportBlock(1, 2, 3, 4, 5, 6, 7)]);
        size += RtcpWriter.WriteCname(buffer.AsSpan(size), 1, "cname"u8);
        size += RtcpWriter.WriteGenericNack(buffer.AsSpan(size), 1, 2, Lost);
        size += RtcpWriter.WriteRemb(buffer.AsSpan(size), 1, 1_000_000, Ssrcs);
        size += RtcpWriter.WriteTransportFeedback(buffer.AsSpan(size), 1, 2, 3, 4, arrivals, out _);
        var reader = new RtcpReader(buffer.AsSpan(0, size));
        while (reader.TryRead(out var packet))
        {
            if (ReceiverReport.TryParse(packet, out var report)) checksum += report.GetBlock(0).Jitter;
            if (SourceDescription.TryParse(packet, out var description) && description.TryGetCname(1, out var cname)) checksum += cname.Length;
            if (GenericNack.TryParse(packet, out var nack)) checksum += nack.Get(0).Blp;
            if (!TransportFeedback.TryParse(packet, out var feedback)) continue;
            foreach (var arrival in feedback) checksum += arrival.ArrivalTicks;
        }

        return checksum;
    }
}
