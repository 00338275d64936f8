using LiveStream.Media.Aac;

namespace LiveStream.Media.Tests.Aac;

public sealed class AacTests
{
    [Fact]
    public void TryParse_FFmpegHeader_GivesItsFields()
    {
        // Written by FFmpeg: AAC-LC, 48 kHz, stereo, 13 bytes in all.
        Assert.Equal(AdtsError.None, AdtsHeader.TryParse(Convert.FromHexString("FFF14C8001BFFC"), out var header));
        Assert.Equal(new AdtsHeader(2, 48_000, 2, 7, 13), header);
    }

    [Theory]
    [InlineData("FFF14C8001BF", AdtsError.TooShort)]
    [InlineData("FFE14C8001BFFC", AdtsError.NoSync)]
    [InlineData("FFF17C8001BFFC", AdtsError.OutOfRange)] // frequency index 15
    [InlineData("FFF14C8000E0FC", AdtsError.OutOfRange)] // header only
    [InlineData("FFF14C8001BFFD", AdtsError.Unsupported)] // two blocks
    public void TryParse_BrokenHeader_SaysWhy(string hex, AdtsError expected) =>
        Assert.Equal(expected, AdtsHeader.TryParse(Convert.FromHexString(hex), out _));

    [Fact]
    public void Create_CommonFormats_HaveTheKnownBytes()
    {
        Assert.Equal([0x11, 0x90], AudioSpecificConfig.Create(2, 48_000, 2));
        Assert.Equal([0x12, 0x08], AudioSpecificConfig.Create(2, 44_100, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => AudioSpecificConfig.Create(2, 12_345, 2));
    }

    [Fact]
    public void VideoParameters_SameBytes_AreEqual()
    {
        var first = new VideoParameters(2, 2, "a", new byte[] { 1 }, new byte[] { 2 });
        var second = new VideoParameters(2, 2, "a", new byte[] { 1 }, new byte[] { 2 });

        Assert.Equal(first, second);
        Assert.Equal(first.GetHashCode(), second.GetHashCode());
        Assert.NotEqual(first, second with { Pps = new byte[] { 3 } });
    }
}
