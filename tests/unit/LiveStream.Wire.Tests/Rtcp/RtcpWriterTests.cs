using LiveStream.Wire.Rtcp;

namespace LiveStream.Wire.Tests.Rtcp;

public class RtcpWriterTests
{
    private readonly byte[] _buffer = new byte[1500];

    [Fact]
    public void WriteSenderReport_TwoBlocks_ReadsBackEqual()
    {
        ReportBlock[] blocks =
        [
            new(1, 255, -1, 0x0001_FFFF, 77, 0xB705_2000, 0x0005_4000),
            new(2, 0, ReportBlock.MaxCumulativeLost, 5, 6, 7, 8),
        ];
        var packet = Read(RtcpWriter.WriteSenderReport(_buffer, 0xCAFE, 0x0123456789ABCDEF, 90_000, 10, 20, blocks));
        Assert.True(SenderReport.TryParse(packet, out var report));
        Assert.Equal(0xCAFEu, report.Ssrc);
        Assert.Equal(0x0123456789ABCDEFu, report.NtpTimestamp);
        Assert.Equal(90_000u, report.RtpTimestamp);
        Assert.Equal(10u, report.PacketCount);
        Assert.Equal(20u, report.OctetCount);
        Assert.Equal(2, report.BlockCount);
        Assert.Equal(blocks[0], report.GetBlock(0));
        Assert.Equal(blocks[1], report.GetBlock(1));
        Assert.False(ReceiverReport.TryParse(packet, out _));
    }

    [Fact]
    public void WriteReceiverReport_LossBeyond24Bits_IsClamped()
    {
        ReportBlock[] blocks = [new(1, 0, int.MinValue, 0, 0, 0, 0), new(2, 0, int.MaxValue, 0, 0, 0, 0)];
        Assert.True(ReceiverReport.TryParse(Read(RtcpWriter.WriteReceiverReport(_buffer, 9, blocks)), out var report));
        Assert.Equal(9u, report.Ssrc);
        Assert.Equal(ReportBlock.MinCumulativeLost, report.GetBlock(0).CumulativeLost);
        Assert.Equal(ReportBlock.MaxCumulativeLost, report.GetBlock(1).CumulativeLost);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("ab")]
    [InlineData("abc")]
    [InlineData("user@host.example")]
    public void WriteCname_AnyLength_ReadsBackEqual(string cname)
    {
        var packet = Read(RtcpWriter.WriteCname(_buffer, 5, System.Text.Encoding.UTF8.GetBytes(cname)));
        Assert.True(SourceDescription.TryParse(packet, out var description));
        Assert.True(description.TryGetCname(out var ssrc, out var text));
        Assert.Equal(5u, ssrc);
        Assert.Equal(cname, System.Text.Encoding.UTF8.GetString(text));
        Assert.True(description.TryGetCname(5u, out _));
        Assert.False(description.TryGetCname(6u, out _));
    }

    [Fact]
    public void SourceDescription_TwoChunks_FindsTheSecondCname()
    {
        // First chunk: NAME "x", padding; second: TOOL "t", CNAME "yz", padding.
        RtcpPacketView packet = Parse("82 CA 0006 00000001 020178 00 00000002 060174 0102797A 00 00000000");
        Assert.True(SourceDescription.TryParse(packet, out var description));
        Assert.True(description.TryGetCname(out var ssrc, out var cname));
        Assert.Equal(2u, ssrc);
        Assert.Equal("yz"u8.ToArray(), cname.ToArray());
    }

    [Theory]
    [InlineData("81 CA 0000")]
    [InlineData("81 CA 0001 00000001")]
    [InlineData("81 CA 0002 00000001 01056162")]
    [InlineData("81 CA 0002 00000001 01026162")]
    [InlineData("82 CA 0002 00000001 01016100")]
    public void SourceDescription_ChunkRunsPastTheEnd_IsRefused(string hex) =>
        Assert.False(SourceDescription.TryParse(Parse(hex), out _));

    [Fact]
    public void WriteBye_SourcesAndReason_ReadBackEqual()
    {
        Assert.True(Bye.TryParse(Read(RtcpWriter.WriteBye(_buffer, [1, 2], "camera malfunction"u8)), out var bye));
        Assert.Equal(2, bye.SourceCount);
        Assert.Equal(2u, bye.GetSource(1));
        Assert.Equal("camera malfunction"u8.ToArray(), bye.Reason.ToArray());

        Assert.True(Bye.TryParse(Read(RtcpWriter.WriteBye(_buffer, 3)), out bye));
        Assert.Equal(3u, bye.GetSource(0));
        Assert.True(bye.Reason.IsEmpty);
        Assert.False(Bye.TryParse(Parse("82 CB 0001 00000001"), out _));
        Assert.False(Bye.TryParse(Parse("80 CB 0001 04616263"), out _));
    }

    [Fact]
    public void WriteGenericNack_NeighboursAndWrap_ShareEntries()
    {
        ushort[] lost = [65530, 65531, 65535, 10, 11, 27, 28];
        Assert.True(GenericNack.TryParse(Read(RtcpWriter.WriteGenericNack(_buffer, 1, 2, lost)), out var nack));
        Assert.Equal(1u, nack.SenderSsrc);
        Assert.Equal(2u, nack.MediaSsrc);
        // 10 is the sixteenth after 65530; 27 is the sixteenth after 11.
        Assert.Equal(3, nack.Count);
        Assert.Equal(((ushort)65530, (ushort)0b1000_0000_0001_0001), nack.Get(0));
        Assert.Equal(((ushort)11, (ushort)0x8000), nack.Get(1));
        Assert.Equal(((ushort)28, (ushort)0), nack.Get(2));

        var read = new ushort[20];
        Assert.Equal(lost, read[..nack.CopySequenceNumbers(read)]);
        Assert.Equal(2, nack.CopySequenceNumbers(read.AsSpan(0, 2)));
    }

    [Fact]
    public void WriteGenericNack_RandomLosses_ReadBackEqual()
    {
        var random = new Random(4585);
        for (var round = 0; round < 2_000; round++)
        {
            var lost = new ushort[1 + random.Next(60)];
            lost[0] = (ushort)random.Next(65536);
            for (var i = 1; i < lost.Length; i++) lost[i] = (ushort)(lost[i - 1] + 1 + random.Next(random.Next(1, 25)));

            Assert.True(GenericNack.TryParse(Read(RtcpWriter.WriteGenericNack(_buffer, 1, 2, lost)), out var nack));
            var read = new ushort[nack.Count * GenericNack.SequenceNumbersPerEntry];
            Assert.Equal(lost, read[..nack.CopySequenceNumbers(read)]);
        }
    }

    [Fact]
    public void WritePliAndFir_HaveTheBytesOfTheirDiagrams()
    {
        Assert.Equal("81CE00020000000100000002", Hex(RtcpWriter.WritePli(_buffer, 1, 2)));
        Assert.Equal("84CE000400000001000000000000000207000000", Hex(RtcpWriter.WriteFir(_buffer, 1, 2, 7)));
        Assert.True(FullIntraRequest.TryParse(Read(20), out var fir));
        Assert.Equal(1, fir.Count);
        Assert.Equal((2u, (byte)7), fir.Get(0));
        Assert.False(PictureLossIndication.TryParse(Read(20), out _));
    }

    [Theory]
    [InlineData(0UL)]
    [InlineData(1UL)]
    [InlineData(262_143UL)]
    [InlineData(262_144UL)]
    [InlineData(2_500_001UL)]
    [InlineData(ulong.MaxValue)]
    public void WriteRemb_AnyBitrate_LosesLessThanItsLast18Bits(ulong bitsPerSecond)
    {
        var packet = Read(RtcpWriter.WriteRemb(_buffer, 1, bitsPerSecond, [7, 8]));
        Assert.True(ReceiverEstimatedMaxBitrate.TryParse(packet, out var remb));
        Assert.True(remb.BitsPerSecond <= bitsPerSecond);
        Assert.True(bitsPerSecond - remb.BitsPerSecond <= bitsPerSecond >> 17);
        Assert.Equal(2, remb.SsrcCount);
        Assert.Equal(8u, remb.GetSsrc(1));
    }

    [Theory]
    [InlineData("8F CE 0004 00000001 00000000 52454D42 00FFFFFF")]
    [InlineData("8F CE 0004 00000001 00000000 52454D42 01000001")]
    [InlineData("8F CE 0004 00000001 00000000 52454D43 00000001")]
    [InlineData("8F CE 0003 00000001 00000000 52454D42")]
    public void ReceiverEstimatedMaxBitrate_Malformed_IsRefused(string hex) =>
        Assert.False(ReceiverEstimatedMaxBitrate.TryParse(Parse(hex), out _));

    [Fact]
    public void Write_OneByteTooFew_WritesNothing()
    {
        var blocks = new ReportBlock[2];
        Assert.Equal(0, RtcpWriter.WriteSenderReport(_buffer.AsSpan(0, 75), 0, 0, 0, 0, 0, blocks));
        Assert.Equal(0, RtcpWriter.WriteReceiverReport(_buffer.AsSpan(0, 55), 0, blocks));
        Assert.Equal(0, RtcpWriter.WriteReceiverReport(_buffer, 0, new ReportBlock[32]));
        Assert.Equal(0, RtcpWriter.WriteCname(_buffer.AsSpan(0, 11), 0, "a"u8));
        Assert.Equal(0, RtcpWriter.WriteCname(_buffer, 0, new byte[256]));
        Assert.Equal(0, RtcpWriter.WriteBye(_buffer.AsSpan(0, 7), 0));
        Assert.Equal(0, RtcpWriter.WriteGenericNack(_buffer.AsSpan(0, 15), 0, 0, [1]));
        Assert.Equal(0, RtcpWriter.WriteGenericNack(_buffer, 0, 0, default));
        Assert.Equal(0, RtcpWriter.WritePli(_buffer.AsSpan(0, 11), 0, 0));
        Assert.Equal(0, RtcpWriter.WriteFir(_buffer.AsSpan(0, 19), 0, 0, 0));
        Assert.Equal(0, RtcpWriter.WriteRemb(_buffer.AsSpan(0, 19), 0, 0, default));
    }

    private string Hex(int length) => Convert.ToHexString(_buffer.AsSpan(0, length));

    private RtcpPacketView Read(int length)
    {
        Assert.Equal(0, length % 4);
        var reader = new RtcpReader(_buffer.AsSpan(0, length));
        Assert.True(reader.TryRead(out var packet));
        Assert.Equal(length, packet.Packet.Length);
        return packet;
    }

    private static RtcpPacketView Parse(string hex)
    {
        var reader = new RtcpReader(HexBytes.Of(hex));
        Assert.True(reader.TryRead(out var packet));
        return packet;
    }
}
