using LiveStream.Wire.Framing;
using LiveStream.Wire.Rtcp;
using LiveStream.Wire.Rtp;

namespace LiveStream.Conformance.Tests;

/// <summary>Numbers that the RTP specifications print.</summary>
public class RtpSpecificationSamples
{
    [Fact]
    public void Rfc3550RoundTripExample_ThroughAReportBlock_Is6125Milliseconds()
    {
        // §6.4.1, figure 2: the SR leaves at 46853.125 s, the RR waits 5.250 s and arrives at 46864.500 s.
        var senderReportNtp = 0xB44DB705_20000000;
        const uint ArrivalNtpMiddle = 0xB7108000;
        var buffer = new byte[64];
        var block = new ReportBlock(1, 0, 0, 0, 0, (uint)(senderReportNtp >> 16), 0x00054000);
        var reader = new RtcpReader(buffer.AsSpan(0, RtcpWriter.WriteReceiverReport(buffer, 2, [block])));
        Assert.True(reader.TryRead(out var packet));
        Assert.True(ReceiverReport.TryParse(packet, out var report));

        var read = report.GetBlock(0);
        Assert.Equal(0xB7052000u, read.LastSenderReport);
        Assert.Equal(46853.125, read.LastSenderReport / 65536.0);
        Assert.Equal(5.250, read.DelaySinceLastSenderReport / 65536.0);
        Assert.Equal(0x00062000u, ArrivalNtpMiddle - read.LastSenderReport - read.DelaySinceLastSenderReport);
    }

    [Fact]
    public void Rfc4571Frame_LengthIsSixteenBitsInNetworkOrderWithoutItself()
    {
        // §2: the LENGTH field does not count its own two octets.
        var buffer = new byte[400];
        Assert.Equal(302, FramedPackets.Write(buffer, new byte[300]));
        Assert.Equal([0x01, 0x2C], buffer[..2]);
    }

    [Theory]
    // RFC 7983 §7: the ranges of the first byte, at both ends of each.
    [InlineData(0, DatagramKind.Stun)]
    [InlineData(3, DatagramKind.Stun)]
    [InlineData(16, DatagramKind.Unknown)]
    [InlineData(19, DatagramKind.Unknown)]
    [InlineData(20, DatagramKind.Dtls)]
    [InlineData(63, DatagramKind.Dtls)]
    [InlineData(64, DatagramKind.Unknown)]
    [InlineData(79, DatagramKind.Unknown)]
    [InlineData(128, DatagramKind.Rtp)]
    [InlineData(191, DatagramKind.Rtp)]
    [InlineData(192, DatagramKind.Unknown)]
    public void Rfc7983Ranges_TellTheProtocols(byte first, DatagramKind kind) =>
        Assert.Equal(kind, MediaDatagram.Classify([first, 0]));

    [Fact]
    public void Rfc5761PayloadTypes64To95_AreRtcpOnASharedPort()
    {
        // §4: with the marker bit, RTP types 64 to 95 look like RTCP types 192 to 223.
        for (var second = 0; second < 256; second++)
        {
            var expected = second is >= 192 and <= 223 ? DatagramKind.Rtcp : DatagramKind.Rtp;
            Assert.Equal(expected, MediaDatagram.Classify([0x80, (byte)second]));
        }
    }
}
