using FsCheck;
using FsCheck.Fluent;
using LiveStream.Wire.Rtp;

namespace LiveStream.Wire.Tests.Rtp;

public class RtpPacketViewTests
{
    private const string Fixed = "80 E0 1234 00015F90 DECAFBAD ";

    [Fact]
    public void TryParse_PlainPacket_ReadsEveryField()
    {
        Assert.Equal(RtpError.None, RtpPacketView.TryParse(HexBytes.Of(Fixed + "0102 03"), out var view));
        Assert.True(view.Marker);
        Assert.Equal(96, view.PayloadType);
        Assert.Equal(0x1234, view.SequenceNumber);
        Assert.Equal(90_000u, view.Timestamp);
        Assert.Equal(0xDECAFBADu, view.Ssrc);
        Assert.Equal(12, view.HeaderLength);
        Assert.Equal(0, view.PaddingLength);
        Assert.Equal(0, view.CsrcCount);
        Assert.False(view.HasExtension);
        Assert.Equal(0, view.ExtensionProfile);
        Assert.True(view.ExtensionData.IsEmpty);
        Assert.Equal([1, 2, 3], view.Payload.ToArray());
    }

    [Fact]
    public void TryParse_CsrcExtensionAndPadding_CutsThePayloadOut()
    {
        // V=2 P X CC=2, one word of one-byte extension, 2 bytes of payload, 3 of padding.
        var packet = HexBytes.Of("B2 60 0001 00000002 00000003 AAAAAAAA BBBBBBBB BEDE 0001 10FF 0000 CAFE 000003");
        Assert.Equal(RtpError.None, RtpPacketView.TryParse(packet, out var view));
        Assert.False(view.Marker);
        Assert.Equal(28, view.HeaderLength);
        Assert.Equal(3, view.PaddingLength);
        Assert.Equal(2, view.CsrcCount);
        Assert.Equal(0xBBBBBBBBu, view.GetCsrc(1));
        Assert.Equal(0xBEDE, view.ExtensionProfile);
        Assert.Equal(4, view.ExtensionData.Length);
        Assert.Equal([0xCA, 0xFE], view.Payload.ToArray());
        Assert.True(view.TryGetExtension(1, out var level));
        Assert.Equal([0xFF], level.ToArray());
    }

    [Theory]
    [InlineData("", RtpError.TooShort)]
    [InlineData("80 60 0001 00000002 000000", RtpError.TooShort)]
    [InlineData("40 60 0001 00000002 00000003", RtpError.BadVersion)]
    [InlineData("C0 60 0001 00000002 00000003", RtpError.BadVersion)]
    [InlineData("81 60 0001 00000002 00000003", RtpError.CsrcTruncated)]
    [InlineData("82 60 0001 00000002 00000003 AAAAAAAA BBBBBB", RtpError.CsrcTruncated)]
    [InlineData("90 60 0001 00000002 00000003 BEDE00", RtpError.ExtensionTruncated)]
    [InlineData("90 60 0001 00000002 00000003 BEDE0001 100000", RtpError.ExtensionTruncated)]
    [InlineData("90 60 0001 00000002 00000003 BEDEFFFF 10000000", RtpError.ExtensionTruncated)]
    [InlineData("A0 60 0001 00000002 00000003", RtpError.PaddingInvalid)]
    [InlineData("A0 60 0001 00000002 00000003 0000", RtpError.PaddingInvalid)]
    [InlineData("A0 60 0001 00000002 00000003 0003", RtpError.PaddingInvalid)]
    public void TryParse_BrokenPacket_SaysWhatIsBroken(string hex, RtpError expected)
    {
        Assert.Equal(expected, RtpPacketView.TryParse(HexBytes.Of(hex), out _));
    }

    [Fact]
    public void TryParse_PaddingOnly_HasEmptyPayload()
    {
        Assert.Equal(RtpError.None, RtpPacketView.TryParse(HexBytes.Of("A0 60 0001 00000002 00000003 000003"), out var view));
        Assert.True(view.Payload.IsEmpty);
        Assert.Equal(3, view.PaddingLength);
    }

    [Fact]
    public void TryParseHeader_PaddingBitOverCiphertext_LeavesThePayloadWhole()
    {
        var packet = HexBytes.Of("A0 60 0001 00000002 00000003 112233FF");
        Assert.Equal(RtpError.None, RtpPacketView.TryParseHeader(packet, out var view));
        Assert.Equal(4, view.Payload.Length);
        Assert.Equal(0, view.PaddingLength);
    }

    [Fact]
    public void TryParse_RandomBytes_PartsAlwaysAddUp()
    {
        Prop.ForAll<byte[]>(bytes =>
        {
            // Most random bytes would fail at the version.
            if (bytes.Length > 0) bytes[0] = (byte)(bytes[0] & 0x3F | 0x80);
            if (RtpPacketView.TryParse(bytes, out var view) != RtpError.None) return true;
            var extension = view.HasExtension ? 4 + view.ExtensionData.Length : 0;
            return view.HeaderLength == 12 + 4 * view.CsrcCount + extension
                && view.HeaderLength + view.Payload.Length + view.PaddingLength == bytes.Length;
        }).QuickCheckThrowOnFailure();
    }
}
