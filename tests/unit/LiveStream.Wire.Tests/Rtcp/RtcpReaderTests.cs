using LiveStream.Wire.Rtcp;

namespace LiveStream.Wire.Tests.Rtcp;

public class RtcpReaderTests
{
    private const string Pli = "81 CE 0002 00000001 00000002 ";

    [Fact]
    public void TryRead_Compound_WalksItsPackets()
    {
        var reader = new RtcpReader(HexBytes.Of("80 C9 0001 0000000A" + Pli));
        Assert.True(reader.TryRead(out var first));
        Assert.Equal(RtcpType.ReceiverReport, first.PacketType);
        Assert.Equal(0, first.Count);
        Assert.Equal(10u, first.SenderSsrc);
        Assert.Equal(8, first.Packet.Length);
        Assert.True(reader.TryRead(out var second));
        Assert.Equal(RtcpType.PayloadSpecificFeedback, second.PacketType);
        Assert.Equal(1, second.Count);
        Assert.Equal(8, second.Body.Length);
        Assert.False(reader.TryRead(out _));
        Assert.Equal(RtcpError.None, reader.Error);
    }

    [Theory]
    [InlineData("", RtcpError.TooShort, 0)]
    [InlineData("80 C9 00", RtcpError.TooShort, 0)]
    [InlineData("40 C9 0000", RtcpError.BadVersion, 0)]
    [InlineData("80 C9 0001 000000", RtcpError.LengthTruncated, 0)]
    [InlineData("80 C9 FFFF 00000001", RtcpError.LengthTruncated, 0)]
    [InlineData("A0 C9 0000", RtcpError.PaddingInvalid, 0)]
    [InlineData("A0 C9 0001 00000000", RtcpError.PaddingInvalid, 0)]
    [InlineData("A0 C9 0001 00000005", RtcpError.PaddingInvalid, 0)]
    [InlineData(Pli + "81", RtcpError.TooShort, 1)]
    [InlineData(Pli + "00 00 0000", RtcpError.BadVersion, 1)]
    public void TryRead_BrokenPacket_EndsWithTheReason(string hex, RtcpError expected, int before)
    {
        var reader = new RtcpReader(HexBytes.Of(hex));
        for (var i = 0; i < before; i++) Assert.True(reader.TryRead(out _));
        Assert.False(reader.TryRead(out _));
        Assert.Equal(expected, reader.Error);
        Assert.False(reader.TryRead(out _));
        Assert.Equal(expected, reader.Error);
    }

    [Theory]
    [InlineData("A0 C9 0002 00000001 00000004", 4)]
    [InlineData("A0 C9 0002 00000001 00000001", 7)]
    [InlineData("A0 C9 0001 00000004", 0)]
    public void TryRead_Padding_IsNotInTheBody(string hex, int body)
    {
        var reader = new RtcpReader(HexBytes.Of(hex));
        Assert.True(reader.TryRead(out var packet));
        Assert.Equal(body, packet.Body.Length);
    }

    [Fact]
    public void TryRead_BodyWithoutSsrc_GivesSsrcZero()
    {
        var reader = new RtcpReader(HexBytes.Of("80 CB 0000"));
        Assert.True(reader.TryRead(out var packet));
        Assert.Equal(0u, packet.SenderSsrc);
    }

    [Fact]
    public void TypedParsers_RandomPacketsOfEveryType_NeverThrow()
    {
        var random = new Random(3550);
        for (var i = 0; i < 100_000; i++)
        {
            var bytes = new byte[4 * (1 + random.Next(16))];
            random.NextBytes(bytes);
            bytes[0] = (byte)(bytes[0] & 0x1F | 0x80);
            if (i % 2 == 0) bytes[0] = (byte)(0x80 | RandomFormat(random));
            bytes[1] = (byte)random.Next(199, 208);
            (bytes[2], bytes[3]) = (0, (byte)(bytes.Length / 4 - 1));

            var reader = new RtcpReader(bytes);
            Assert.True(reader.TryRead(out var packet));
            Visit(packet);
        }
    }

    private static int RandomFormat(Random random) => random.Next(4) switch { 0 => 1, 1 => 4, 2 => 15, _ => 0 };

    private static void Visit(RtcpPacketView packet)
    {
        if (SenderReport.TryParse(packet, out var sr))
        {
            for (var i = 0; i < sr.BlockCount; i++) _ = sr.GetBlock(i);
        }

        if (ReceiverReport.TryParse(packet, out var rr))
        {
            for (var i = 0; i < rr.BlockCount; i++) _ = rr.GetBlock(i);
        }

        if (Bye.TryParse(packet, out var bye))
        {
            for (var i = 0; i < bye.SourceCount; i++) _ = bye.GetSource(i);
        }

        if (SourceDescription.TryParse(packet, out var sdes)) _ = sdes.TryGetCname(out _, out _);
        if (GenericNack.TryParse(packet, out var nack)) _ = nack.CopySequenceNumbers(new ushort[17]);
        if (FullIntraRequest.TryParse(packet, out var fir)) _ = fir.Get(fir.Count - 1);
        if (PictureLossIndication.TryParse(packet, out var pli)) _ = pli.MediaSsrc;
        if (ReceiverEstimatedMaxBitrate.TryParse(packet, out var remb))
        {
            for (var i = 0; i < remb.SsrcCount; i++) _ = remb.GetSsrc(i);
        }

        if (!TransportFeedback.TryParse(packet, out var feedback)) return;
        var count = 0;
        foreach (var _ in feedback) count++;
        Assert.Equal(feedback.PacketStatusCount, count);
    }
}
