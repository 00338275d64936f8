using System.Buffers.Binary;

namespace LiveStream.Wire.Rtcp;

/// <summary>One packet of a compound, seen in place (RFC 3550 §6.1). Valid only while the datagram is.</summary>
//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |V=2|P| RC/FMT  |      PT       |             length            |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |                SSRC of packet sender and body                 :
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
public readonly ref struct RtcpPacketView
{
    internal const int HeaderSize = 4;

    internal RtcpPacketView(ReadOnlySpan<byte> packet, int paddingLength)
    {
        Packet = packet;
        PacketType = (RtcpType)packet[1];
        Count = (byte)(packet[0] & 0x1F);
        Body = packet[HeaderSize..(packet.Length - paddingLength)];
    }

    /// <summary>The packet type; values outside the enumeration occur.</summary>
    public RtcpType PacketType { get; }

    /// <summary>RC, SC or FMT, after the packet type: 0 to 31.</summary>
    public byte Count { get; }

    /// <summary>What follows the 4-byte header, without padding.</summary>
    public ReadOnlySpan<byte> Body { get; }

    /// <summary>The whole packet, header and padding included.</summary>
    public ReadOnlySpan<byte> Packet { get; }

    /// <summary>The first word of the body, 0 when there is none.</summary>
    public uint SenderSsrc => Body.Length >= 4 ? BinaryPrimitives.ReadUInt32BigEndian(Body) : 0;

    internal bool IsFeedback(RtcpType type, byte format, int minimumBody) =>
        PacketType == type && Count == format && Body.Length >= minimumBody;
}
