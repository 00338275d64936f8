using System.Buffers.Binary;

namespace LiveStream.Wire.Rtcp;

/// <summary>Receiver estimated maximum bitrate (draft-alvestrand-rmcat-remb-03 §2.2), seen in place.</summary>
//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |  Unique identifier 'R' 'E' 'M' 'B'                            |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |  Num SSRC     | BR Exp    |  BR Mantissa                      |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |   SSRC feedback                                               |
// |  ...                                                          |
public readonly ref struct ReceiverEstimatedMaxBitrate
{
    internal const int FixedBodySize = 16, MantissaBits = 18;
    internal const uint MantissaMask = 0x3_FFFF;

    private readonly ReadOnlySpan<byte> _body;

    private ReceiverEstimatedMaxBitrate(ReadOnlySpan<byte> body, ulong bitsPerSecond)
    {
        _body = body;
        BitsPerSecond = bitsPerSecond;
    }

    internal static ReadOnlySpan<byte> Identifier => "REMB"u8;

    /// <summary>
    /// Reads the packet; false when it is of another type, too short for its SSRC count, or its bitrate needs
    /// more than 64 bits.
    /// </summary>
    public static bool TryParse(RtcpPacketView packet, out ReceiverEstimatedMaxBitrate estimate)
    {
        estimate = default;
        if (!packet.IsFeedback(
            RtcpType.PayloadSpecificFeedback, RtcpFeedbackFormat.ApplicationLayer, FixedBodySize)) return false;

        var body = packet.Body;
        if (!body.Slice(8, 4).SequenceEqual(Identifier)) return false;
        if (body.Length < FixedBodySize + 4 * body[12]) return false;

        var exponent = body[13] >> 2;
        ulong mantissa = BinaryPrimitives.ReadUInt32BigEndian(body[12..]) & MantissaMask;
        var bitsPerSecond = mantissa << exponent;
        if (bitsPerSecond >> exponent != mantissa) return false;

        estimate = new ReceiverEstimatedMaxBitrate(body, bitsPerSecond);
        return true;
    }

    /// <summary>The receiver that estimates.</summary>
    public uint SenderSsrc => BinaryPrimitives.ReadUInt32BigEndian(_body);

    /// <summary>The estimate for all named sources together.</summary>
    public ulong BitsPerSecond { get; }

    /// <summary>Number of sources that the estimate is for, 0 to 255.</summary>
    public int SsrcCount => _body[12];

    /// <summary>Source <paramref name="index"/>, below <see cref="SsrcCount"/>.</summary>
    public uint GetSsrc(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)SsrcCount, nameof(index));
        return BinaryPrimitives.ReadUInt32BigEndian(_body[(FixedBodySize + 4 * index)..]);
    }
}
