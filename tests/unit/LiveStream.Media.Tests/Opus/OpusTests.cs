using System.Buffers.Binary;
using LiveStream.Media.Opus;

namespace LiveStream.Media.Tests.Opus;

public sealed class OpusTests
{
    [Theory]
    [InlineData("F8FFFE", 31, false, 1, 960)] // CELT full band, 20 ms
    [InlineData("E0FFFE", 28, false, 1, 120)] // 2.5 ms
    [InlineData("7C0102", 15, true, 1, 960)] // hybrid full band, 20 ms, stereo
    [InlineData("1801", 3, false, 1, 2880)] // SILK narrow band, 60 ms
    [InlineData("F901020304", 31, false, 2, 960)] // code 1
    [InlineData("FA01AABBCC", 31, false, 2, 960)] // code 2, first frame 1 byte
    [InlineData("FB03AABBCC", 31, false, 3, 960)] // code 3, constant
    [InlineData("FB8301010AABB1", 31, false, 3, 960)] // code 3, variable: 1, 1 and the rest
    [InlineData("FB4302AABBCC0000", 31, false, 3, 960)] // code 3, padding 2
    public void TryParse_EachFraming_GivesCountAndDuration(string hex, int configuration, bool stereo, int frames, int samples)
    {
        Assert.Equal(OpusError.None, OpusPacket.TryParse(Convert.FromHexString(hex), out var packet));
        Assert.Equal(new OpusPacket(configuration, stereo, frames, samples, false), packet);
    }

    [Theory]
    [InlineData("", OpusError.Empty)]
    [InlineData("F90102AA", OpusError.Truncated)] // code 1 with an odd body
    [InlineData("FA05AA", OpusError.Truncated)] // code 2, first frame longer than the packet
    [InlineData("FAFC", OpusError.Truncated)] // two-byte length cut
    [InlineData("FB", OpusError.Truncated)]
    [InlineData("FB00", OpusError.BadDuration)] // no frame
    [InlineData("FB07", OpusError.BadDuration)] // 7 x 20 ms
    [InlineData("FB43FF", OpusError.Truncated)] // padding length cut
    [InlineData("FB4309AA", OpusError.Truncated)] // more padding than bytes
    [InlineData("FB03AABB", OpusError.Truncated)] // does not divide
    public void TryParse_BrokenFraming_SaysWhy(string hex, OpusError expected) =>
        Assert.Equal(expected, OpusPacket.TryParse(Convert.FromHexString(hex), out _));

    [Fact]
    public void TryParse_TableOfContentsOnly_IsSilent()
    {
        Assert.Equal(OpusError.None, OpusPacket.TryParse([0xF8], out var packet));
        Assert.True(packet.IsSilent);
        Assert.Equal(960, packet.Samples);
    }

    [Fact]
    public void TryParse_RandomBytes_NeverThrowsAndKeepsTheLimit()
    {
        var random = new Random(3);
        var bytes = new byte[300];
        for (var i = 0; i < 50_000; i++)
        {
            random.NextBytes(bytes);
            if (OpusPacket.TryParse(bytes.AsSpan(0, random.Next(bytes.Length)), out var packet) == OpusError.None)
            {
                Assert.InRange(packet.Samples, 120, OpusPacket.MaxSamples);
            }
        }
    }

    [Theory]
    [InlineData(5000, 960)]
    [InlineData(960, 960)]
    [InlineData(959, 480)]
    [InlineData(240, 240)]
    [InlineData(130, 120)]
    [InlineData(119, 0)]
    public void SilentOpus_UpTo_GivesTheLongestThatFits(long room, int expected)
    {
        var packet = SilentOpus.UpTo(room, out var samples);

        Assert.Equal(expected, samples);
        Assert.Equal(expected == 0 ? OpusError.Empty : OpusError.None, OpusPacket.TryParse(packet, out var parsed));
        Assert.Equal(expected, parsed.Samples);
    }

    [Fact]
    public void OggOpusWriter_Pages_CarryHeadersPacketsAndTrueChecksums()
    {
        var writer = new OggOpusWriter(0x01020304);
        var stream = new byte[4096];
        var length = writer.WriteHeaders(stream, channels: 2, preSkip: 312);
        var packet = Enumerable.Range(0, 600).Select(i => (byte)i).ToArray();
        length += writer.WritePacket(stream.AsSpan(length), packet, 960);
        length += writer.WritePacket(stream.AsSpan(length), packet.AsSpan(0, 510), 960);
        Assert.Equal(0, writer.WritePacket(stream.AsSpan(0, 100), packet, 960));
        Assert.Equal(1920, writer.GranulePosition);

        var pages = ReadPages(stream.AsSpan(0, length));

        Assert.Equal(4, pages.Count);
        Assert.Equal("OpusHead"u8, pages[0].Data.AsSpan(0, 8));
        Assert.Equal(312, BinaryPrimitives.ReadUInt16LittleEndian(pages[0].Data.AsSpan(10)));
        Assert.Equal("OpusTags"u8, pages[1].Data.AsSpan(0, 8));
        Assert.Equal(packet, pages[2].Data);
        Assert.Equal(packet[..510], pages[3].Data);
        Assert.Equal([0L, 0, 960, 1920], pages.Select(page => page.Granule));
        Assert.Equal([2, 0, 0, 0], pages.Select(page => (int)page.Flags));
    }

    // The check value of this CRC (no reflection, no inversion) over the nine digits.
    [Fact]
    public void Checksum_Digits_IsTheCheckValue() => Assert.Equal(0x89A1897Fu, OggOpusWriter.Checksum("123456789"u8));

    private static List<(byte Flags, long Granule, byte[] Data)> ReadPages(Span<byte> stream)
    {
        var pages = new List<(byte, long, byte[])>();
        uint sequence = 0;
        while (!stream.IsEmpty)
        {
            Assert.Equal("OggS"u8, stream[..4]);
            Assert.Equal(0x01020304u, BinaryPrimitives.ReadUInt32LittleEndian(stream[14..]));
            Assert.Equal(sequence++, BinaryPrimitives.ReadUInt32LittleEndian(stream[18..]));
            var lacing = stream.Slice(27, stream[26]).ToArray();
            Assert.True(lacing[^1] < 255);
            var size = 27 + lacing.Length + lacing.Sum(value => value);
            var page = stream[..size].ToArray();
            var checksum = BinaryPrimitives.ReadUInt32LittleEndian(page.AsSpan(22));
            page.AsSpan(22, 4).Clear();
            Assert.Equal(BitwiseChecksum(page), checksum);
            pages.Add((page[5], BinaryPrimitives.ReadInt64LittleEndian(page.AsSpan(6)), page[(27 + lacing.Length)..]));
            stream = stream[size..];
        }

        return pages;
    }

    private static uint BitwiseChecksum(byte[] bytes)
    {
        uint crc = 0;
        foreach (var value in bytes)
        {
            for (var bit = 7; bit >= 0; bit--)
            {
                var feedback = (crc >> 31) ^ ((uint)(value >> bit) & 1);
                crc = (crc << 1) ^ (feedback * 0x04C11DB7);
            }
        }

        return crc;
    }
}
