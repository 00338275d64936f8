using LiveStream.Wire.Rtp;

namespace LiveStream.Wire.Tests.Rtp;

public class HeaderExtensionTests
{
    [Fact]
    public void TransportSequenceNumber_WriteAndParse_RoundTrips()
    {
        var buffer = new byte[2];
        Assert.Equal(2, new TransportSequenceNumber(0xABCD).Write(buffer));
        Assert.Equal([0xAB, 0xCD], buffer);
        Assert.True(TransportSequenceNumber.TryParse(buffer, out var parsed));
        Assert.Equal(0xABCD, parsed.Value);
        Assert.False(TransportSequenceNumber.TryParse(new byte[3], out _));
    }

    [Fact]
    public void AbsoluteSendTime_WriteAndParse_RoundTrips()
    {
        var buffer = new byte[3];
        Assert.Equal(3, new AbsoluteSendTime(0x123456).Write(buffer));
        Assert.Equal([0x12, 0x34, 0x56], buffer);
        Assert.True(AbsoluteSendTime.TryParse(buffer, out var parsed));
        Assert.Equal(0x123456u, parsed.Value);
        Assert.False(AbsoluteSendTime.TryParse(new byte[2], out _));
    }

    [Fact]
    public void AbsoluteSendTime_OfOneSecond_HasItsUnitsInTheUpperSixBits()
    {
        Assert.Equal(1u << 18, AbsoluteSendTime.FromMicroseconds(1_000_000).Value);
        Assert.Equal(1u << 18, AbsoluteSendTime.FromMicroseconds(65_000_000).Value);
        Assert.Equal(63u << 18, AbsoluteSendTime.FromMicroseconds(-1_000_000).Value);
        Assert.Equal(1u << 18, AbsoluteSendTime.FromNtp(0x0000_0041_0000_0000).Value);
    }

    [Fact]
    public void AbsoluteSendTime_MicrosecondsTo_CrossesTheWrap()
    {
        var before = AbsoluteSendTime.FromMicroseconds(63_999_000);
        var after = AbsoluteSendTime.FromMicroseconds(64_001_000);
        Assert.InRange(before.MicrosecondsTo(after), 1_990, 2_010);
        Assert.InRange(after.MicrosecondsTo(before), -2_010, -1_990);
    }

    [Theory]
    [InlineData(0x80, 0, true)]
    [InlineData(0x7F, 127, false)]
    [InlineData(0xB0, 48, true)]
    public void AudioLevel_WriteAndParse_RoundTrips(byte wire, byte level, bool voice)
    {
        var buffer = new byte[1];
        Assert.True(AudioLevel.TryParse([wire], out var parsed));
        Assert.Equal(new AudioLevel(level, voice), parsed);
        Assert.Equal(1, parsed.Write(buffer));
        Assert.Equal(wire, buffer[0]);
        Assert.False(AudioLevel.TryParse(default, out _));
    }

    [Fact]
    public void VideoOrientation_AllSixteenValues_RoundTrip()
    {
        var buffer = new byte[1];
        for (byte wire = 0; wire < 16; wire++)
        {
            Assert.True(VideoOrientation.TryParse([wire], out var parsed));
            Assert.Equal(90 * (wire & 3), parsed.RotationDegrees);
            parsed.Write(buffer);
            Assert.Equal(wire, buffer[0]);
        }

        Assert.False(VideoOrientation.TryParse(new byte[2], out _));
    }

    [Fact]
    public void RtxPacket_OsnThenPayload_SplitsAndWrites()
    {
        Assert.True(RtxPacket.TryGetOriginalSequenceNumber([0x12, 0x34, 9], out var osn, out var payload));
        Assert.Equal(0x1234, osn);
        Assert.Equal([9], payload.ToArray());
        Assert.False(RtxPacket.TryGetOriginalSequenceNumber([1], out _, out _));

        var buffer = new byte[2];
        Assert.Equal(2, RtxPacket.WriteOriginalSequenceNumber(buffer, 0x1234));
        Assert.Equal([0x12, 0x34], buffer);
    }

    [Theory]
    [InlineData("", DatagramKind.Unknown)]
    [InlineData("00 01", DatagramKind.Stun)]
    [InlineData("03", DatagramKind.Stun)]
    [InlineData("04", DatagramKind.Unknown)]
    [InlineData("13", DatagramKind.Unknown)]
    [InlineData("14 FE", DatagramKind.Dtls)]
    [InlineData("3F", DatagramKind.Dtls)]
    [InlineData("40", DatagramKind.Unknown)]
    [InlineData("7F 00", DatagramKind.Unknown)]
    [InlineData("80 60", DatagramKind.Rtp)]
    [InlineData("80 BF", DatagramKind.Rtp)]
    [InlineData("80 C0", DatagramKind.Rtcp)]
    [InlineData("81 C8", DatagramKind.Rtcp)]
    [InlineData("BF DF", DatagramKind.Rtcp)]
    [InlineData("80 E0", DatagramKind.Rtp)]
    [InlineData("C0 C8", DatagramKind.Unknown)]
    public void Classify_FirstBytes_TellTheProtocol(string hex, DatagramKind expected) =>
        Assert.Equal(expected, MediaDatagram.Classify(HexBytes.Of(hex)));
}
