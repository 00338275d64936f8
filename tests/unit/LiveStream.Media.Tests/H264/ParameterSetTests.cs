using LiveStream.Media.H264;

namespace LiveStream.Media.Tests.H264;

public sealed class ParameterSetTests
{
    // Written by x264 for the sizes and profiles named.
    [Theory]
    [InlineData("6742c01fd9005005bb0110000003001000000303c0f1832480", 1280, 720, "avc1.42C01F")]
    [InlineData("67640028acd940780227e5c044000003000400000300f03c60c658", 1920, 1080, "avc1.640028")]
    [InlineData("674d401eeca05017fcb80880000003008000001e078b16cb", 640, 360, "avc1.4D401E")]
    [InlineData("67f4001e919b282833dc5e0220000003002000000781e2c5b2c0", 318, 182, "avc1.F4001E")]
    [InlineData("677a001ebcd941b087923f0110000003001000000303c0f162d960", 426, 242, "avc1.7A001E")]
    [InlineData("6764001eacd940b424d8088000000300800000190f8a14cb", 720, 576, "avc1.64001E")]
    public void TryParse_RealSequenceParameterSet_GivesSizeAndCodec(string hex, int width, int height, string codec)
    {
        var bytes = Convert.FromHexString(hex);

        Assert.Equal(H264Error.None, SequenceParameterSet.TryParse(bytes, out var sps));
        Assert.Equal((width, height, codec), (sps.Width, sps.Height, sps.Codec));
    }

    [Fact]
    public void TryParse_CutShort_ReturnsTruncated()
    {
        var bytes = Convert.FromHexString("67640028acd940780227e5c0");
        for (var length = 1; length < 9; length++)
        {
            Assert.Equal(H264Error.Truncated, SequenceParameterSet.TryParse(bytes.AsSpan(0, length), out _));
        }
    }

    [Fact]
    public void TryParse_RandomBytes_NeverThrowsAndKeepsTheRanges()
    {
        var random = new Random(11);
        var bytes = new byte[64];
        for (var i = 0; i < 50_000; i++)
        {
            random.NextBytes(bytes);
            bytes[0] = 0x67;
            if (SequenceParameterSet.TryParse(bytes.AsSpan(0, random.Next(1, bytes.Length)), out var sps) != H264Error.None) continue;
            Assert.InRange(sps.Width, 1, 16 * 1055);
            Assert.InRange(sps.Height, 1, 32 * 1055);
            Assert.InRange(sps.Id, 0, 31);
        }
    }

    [Fact]
    public void TryParse_PictureParameterSet_GivesItsIds()
    {
        Assert.Equal(H264Error.None, PictureParameterSetIds.TryParse(Convert.FromHexString("68ebe3cb20"), out var ids));
        Assert.Equal(new PictureParameterSetIds(0, 0), ids);
        Assert.Equal(H264Error.WrongType, PictureParameterSetIds.TryParse([0x67, 1], out _));
    }

    [Fact]
    public void ExpGolomb_CodesOfTable9_2_ReadBack()
    {
        // 1 | 010 | 011 | 00100 | 00101 and padding
        var reader = new RbspReader([0b1010_0110, 0b0100_0010, 0b1000_0000]);

        for (uint expected = 0; expected < 5; expected++) Assert.Equal(expected, reader.ReadUnsignedExpGolomb());
        Assert.False(reader.Failed);
    }

    [Fact]
    public void ReadBits_EmulationPreventionByte_IsSkipped()
    {
        var reader = new RbspReader([0, 0, 3, 1, 0, 0, 3]);

        Assert.Equal(1u, reader.ReadBits(24));
        Assert.Equal(0u, reader.ReadBits(16));
        Assert.False(reader.Failed);
        reader.ReadFlag();
        Assert.True(reader.Failed);
    }
}
