using LiveStream.Wire.Rtp;

namespace LiveStream.Wire.Tests.Rtp;

public class OneByteExtensionWriterTests
{
    [Fact]
    public void Finish_ThreeElements_PadsToAWordAndCountsWords()
    {
        var buffer = new byte[64];
        Array.Fill(buffer, (byte)0xEE);
        var writer = new OneByteExtensionWriter(buffer);
        writer.Add(1, [0xAA]);
        writer.Add(2, [0xBB, 0xCC]);
        Assert.Equal(12, writer.Finish());
        Assert.Equal("BEDE000210AA21BBCC000000", Convert.ToHexString(buffer.AsSpan(0, 12)));
        Assert.Equal(0xEE, buffer[12]);
    }

    [Fact]
    public void Finish_NoElement_WritesAnEmptyExtension()
    {
        var buffer = new byte[4];
        Assert.Equal(4, new OneByteExtensionWriter(buffer).Finish());
        Assert.Equal("BEDE0000", Convert.ToHexString(buffer));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(15, 1)]
    [InlineData(1, 0)]
    [InlineData(1, 17)]
    public void TryAdd_WhatTheFormCannotSay_IsRefused(byte id, int length)
    {
        var writer = new OneByteExtensionWriter(new byte[64]);
        Assert.False(writer.TryAdd(id, new byte[length]));
        Assert.Equal(4, writer.Finish());
    }

    [Fact]
    public void TryAdd_PaddingWouldNotFit_IsRefused()
    {
        var writer = new OneByteExtensionWriter(new byte[10]);
        Assert.True(writer.TryAdd(1, [1, 2]));
        Assert.False(writer.TryAdd(2, [1]));
        Assert.Equal(8, writer.Finish());
    }

    [Fact]
    public void Add_IdentifierTooLarge_Throws()
    {
        Assert.Throws<ArgumentException>(() =>
        {
            var writer = new OneByteExtensionWriter(new byte[64]);
            writer.Add(15, [1]);
        });
        Assert.Throws<ArgumentException>(() => new OneByteExtensionWriter(new byte[3]).Finish());
    }
}
