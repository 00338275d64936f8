using LiveStream.Wire.Framing;

namespace LiveStream.Wire.Tests.Framing;

public class FramedPacketsTests
{
    [Fact]
    public void TryRead_TwoPackets_TakesThemOneByOne()
    {
        ReadOnlySpan<byte> stream = HexBytes.Of("0003 AABBCC 0001 DD");
        Assert.True(FramedPackets.TryRead(stream, 1500, out var first, out var consumed, out var tooLong));
        Assert.Equal([0xAA, 0xBB, 0xCC], first.ToArray());
        Assert.Equal(5, consumed);
        Assert.False(tooLong);
        Assert.True(FramedPackets.TryRead(stream[consumed..], 1500, out var second, out consumed, out _));
        Assert.Equal([0xDD], second.ToArray());
        Assert.Equal(3, consumed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("0003 AABB")]
    public void TryRead_NotAllThereYet_WaitsForMore(string hex)
    {
        Assert.False(FramedPackets.TryRead(HexBytes.Of(hex), 1500, out _, out var consumed, out var tooLong));
        Assert.Equal(0, consumed);
        Assert.False(tooLong);
    }

    [Fact]
    public void TryRead_LongerThanAllowed_SaysSoBeforeThePacketIsThere()
    {
        Assert.False(FramedPackets.TryRead(HexBytes.Of("05DD"), 1500, out _, out _, out var tooLong));
        Assert.True(tooLong);
    }

    [Fact]
    public void TryRead_NullPacket_IsEmptyAndConsumed()
    {
        Assert.True(FramedPackets.TryRead(HexBytes.Of("0000 FF"), 1500, out var packet, out var consumed, out _));
        Assert.True(packet.IsEmpty);
        Assert.Equal(2, consumed);
    }

    [Fact]
    public void Write_NoRoomOrTooLong_WritesNothing()
    {
        Assert.Equal(0, FramedPackets.Write(new byte[4], [1, 2, 3]));
        Assert.Equal(0, FramedPackets.Write(new byte[70_000], new byte[65_536]));
        Assert.Equal(65_537, FramedPackets.Write(new byte[70_000], new byte[65_535]));
    }

    [Fact]
    public void Write_PacketAlreadyInTheDestination_MovesIt()
    {
        var buffer = HexBytes.Of("AABBCC 0000");
        Assert.Equal(5, FramedPackets.Write(buffer, buffer.AsSpan(0, 3)));
        Assert.Equal("0003AABBCC", Convert.ToHexString(buffer));
    }

    [Fact]
    public void TryRead_StreamCutAnywhere_GivesThePacketsBack()
    {
        var random = new Random(4571);
        for (var round = 0; round < 200; round++)
        {
            var sent = Enumerable.Range(0, 10).Select(_ => HexBytes.Random(random, 60)).ToList();
            var stream = new byte[1000];
            var length = 0;
            foreach (var packet in sent) length += FramedPackets.Write(stream.AsSpan(length), packet);

            var received = new List<byte[]>();
            var (start, end) = (0, 0);
            while (end < length)
            {
                end = Math.Min(length, end + random.Next(1, 40));
                while (FramedPackets.TryRead(stream.AsSpan(start, end - start), 60, out var packet, out var consumed, out _))
                {
                    received.Add(packet.ToArray());
                    start += consumed;
                }
            }

            Assert.Equal(sent, received);
        }
    }
}
