using System.Buffers.Binary;

namespace LiveStream.Wire.Rtcp;

/// <summary>Full intra request (RFC 5104 §4.3.1), seen in place.</summary>
//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |                              SSRC                             |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// | Seq nr.       |    Reserved                                   |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
public readonly ref struct FullIntraRequest
{
    internal const int FixedBodySize = 8, EntrySize = 8;

    private readonly ReadOnlySpan<byte> _body;

    private FullIntraRequest(ReadOnlySpan<byte> body) => _body = body;

    /// <summary>Reads the packet; false when it is of another type or has no entry.</summary>
    public static bool TryParse(RtcpPacketView packet, out FullIntraRequest request)
    {
        request = default;
        if (!packet.IsFeedback(
            RtcpType.PayloadSpecificFeedback, RtcpFeedbackFormat.FullIntraRequest, FixedBodySize + EntrySize)) return false;
        request = new FullIntraRequest(packet.Body);
        return true;
    }

    /// <summary>The receiver that asks. The media SSRC of the header has no meaning here (§4.3.1.2).</summary>
    public uint SenderSsrc => BinaryPrimitives.ReadUInt32BigEndian(_body);

    /// <summary>Number of entries, at least 1.</summary>
    public int Count => (_body.Length - FixedBodySize) / EntrySize;

    /// <summary>Entry <paramref name="index"/>, below <see cref="Count"/>.</summary>
    /// <returns>The source that should send a key frame, and the command's number, which a repetition keeps.</returns>
    public (uint Ssrc, byte SequenceNumber) Get(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
        var entry = _body[(FixedBodySize + EntrySize * index)..];
        return (BinaryPrimitives.ReadUInt32BigEndian(entry), entry[4]);
    }
}
