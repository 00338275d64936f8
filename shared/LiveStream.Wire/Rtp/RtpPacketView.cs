using System.Buffers.Binary;

namespace LiveStream.Wire.Rtp;

/// <summary>RTP packet seen in place (RFC 3550 §5.1). Valid only while the datagram is.</summary>
//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |V=2|P|X|  CC   |M|     PT      |       sequence number         |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |                           timestamp                           |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |           synchronization source (SSRC) identifier            |
// +=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+
// |            contributing source (CSRC) identifiers             |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
public readonly ref struct RtpPacketView
{
    /// <summary>Bytes of the header without CSRC list and extension.</summary>
    public const int FixedHeaderSize = 12;

    internal const int ExtensionHeaderSize = 4;
    internal const byte VersionTwo = 0x80, PaddingBit = 0x20, ExtensionBit = 0x10, MarkerBit = 0x80;
    private const byte VersionMask = 0xC0, CsrcCountMask = 0x0F, PayloadTypeMask = 0x7F;

    private readonly ReadOnlySpan<byte> _packet;
    private readonly int _headerLength;
    private readonly int _paddingLength;

    private RtpPacketView(ReadOnlySpan<byte> packet, int headerLength, int paddingLength)
    {
        _packet = packet;
        _headerLength = headerLength;
        _paddingLength = paddingLength;
    }

    /// <summary>Parses a packet in the clear, padding included.</summary>
    /// <param name="packet">The whole packet; the view refers to it.</param>
    /// <param name="view">The packet, or a default view on error.</param>
    /// <returns><see cref="RtpError.None"/>, or the first rule that the bytes break.</returns>
    public static RtpError TryParse(ReadOnlySpan<byte> packet, out RtpPacketView view)
    {
        var error = TryParseHeader(packet, out view);
        if (error != RtpError.None || (packet[0] & PaddingBit) == 0) return error;

        var padding = packet[^1];
        if (padding == 0 || padding > packet.Length - view._headerLength)
        {
            view = default;
            return RtpError.PaddingInvalid;
        }

        view = new RtpPacketView(packet, view._headerLength, padding);
        return RtpError.None;
    }

    /// <summary>
    /// Parses the header only, as for a packet whose payload is still encrypted (RFC 3711 §3.1: header and
    /// extension stay in the clear, the padding count does not). The payload is everything after the header.
    /// </summary>
    public static RtpError TryParseHeader(ReadOnlySpan<byte> packet, out RtpPacketView view)
    {
        view = default;
        if (packet.Length < FixedHeaderSize) return RtpError.TooShort;
        if ((packet[0] & VersionMask) != VersionTwo) return RtpError.BadVersion;

        var offset = FixedHeaderSize + 4 * (packet[0] & CsrcCountMask);
        if (packet.Length < offset) return RtpError.CsrcTruncated;

        if ((packet[0] & ExtensionBit) != 0)
        {
            if (packet.Length < offset + ExtensionHeaderSize) return RtpError.ExtensionTruncated;
            // The length counts 32-bit words and leaves out this 4-byte header (§5.3.1).
            offset += ExtensionHeaderSize + 4 * BinaryPrimitives.ReadUInt16BigEndian(packet[(offset + 2)..]);
            if (packet.Length < offset) return RtpError.ExtensionTruncated;
        }

        view = new RtpPacketView(packet, offset, 0);
        return RtpError.None;
    }

    /// <summary>The M bit; for video the last packet of a frame.</summary>
    public bool Marker => (_packet[1] & MarkerBit) != 0;

    /// <summary>The payload type, 0 to 127.</summary>
    public byte PayloadType => (byte)(_packet[1] & PayloadTypeMask);

    /// <summary>The 16-bit sequence number.</summary>
    public ushort SequenceNumber => BinaryPrimitives.ReadUInt16BigEndian(_packet[2..]);

    /// <summary>The media timestamp in units of the payload type's clock rate.</summary>
    public uint Timestamp => BinaryPrimitives.ReadUInt32BigEndian(_packet[4..]);

    /// <summary>The synchronization source.</summary>
    public uint Ssrc => BinaryPrimitives.ReadUInt32BigEndian(_packet[8..]);

    /// <summary>Number of contributing sources, 0 to 15.</summary>
    public int CsrcCount => _packet[0] & CsrcCountMask;

    /// <summary>Contributing source <paramref name="index"/>, below <see cref="CsrcCount"/>.</summary>
    public uint GetCsrc(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)CsrcCount, nameof(index));
        return BinaryPrimitives.ReadUInt32BigEndian(_packet[(FixedHeaderSize + 4 * index)..]);
    }

    /// <summary>Bytes before the payload: fixed header, CSRC list and extension.</summary>
    public int HeaderLength => _headerLength;

    /// <summary>Bytes of padding at the end, its count included; 0 when only the header is parsed.</summary>
    public int PaddingLength => _paddingLength;

    /// <summary>The payload without padding.</summary>
    public ReadOnlySpan<byte> Payload => _packet[_headerLength..(_packet.Length - _paddingLength)];

    /// <summary>The X bit.</summary>
    public bool HasExtension => (_packet[0] & ExtensionBit) != 0;

    /// <summary>The 16 bits "defined by profile", 0 without extension.</summary>
    public ushort ExtensionProfile => HasExtension ? BinaryPrimitives.ReadUInt16BigEndian(_packet[ExtensionOffset..]) : (ushort)0;

    /// <summary>The extension after its 4-byte header, empty without one.</summary>
    public ReadOnlySpan<byte> ExtensionData => HasExtension ? _packet[(ExtensionOffset + ExtensionHeaderSize).._headerLength] : default;

    private int ExtensionOffset => FixedHeaderSize + 4 * CsrcCount;

    /// <summary>Walks the elements of the header extension (RFC 8285); empty when the profile is another one.</summary>
    public HeaderExtensionReader Extensions => new(ExtensionProfile, ExtensionData);

    /// <summary>Finds the first element with this local identifier (RFC 8285).</summary>
    /// <param name="id">1 to 14 in the one-byte form, 1 to 255 in the two-byte form.</param>
    /// <param name="value">The element's data, which may be empty in the two-byte form.</param>
    public bool TryGetExtension(byte id, out ReadOnlySpan<byte> value)
    {
        var elements = Extensions;
        while (elements.TryRead(out var elementId, out value))
        {
            if (elementId == id) return true;
        }

        value = default;
        return false;
    }
}
