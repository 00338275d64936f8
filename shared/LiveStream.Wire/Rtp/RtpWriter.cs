using System.Buffers.Binary;

namespace LiveStream.Wire.Rtp;

/// <summary>Writes RTP headers (RFC 3550 §5.1).</summary>
public static class RtpWriter
{
    /// <summary>Writes the 12 bytes of the fixed header, with an empty CSRC list.</summary>
    /// <param name="destination">At least 12 bytes.</param>
    /// <param name="marker">The M bit.</param>
    /// <param name="payloadType">0 to 127.</param>
    /// <param name="sequenceNumber">The sequence number.</param>
    /// <param name="timestamp">In units of the payload's clock rate.</param>
    /// <param name="ssrc">The synchronization source.</param>
    /// <param name="hasExtension">Whether a header extension follows.</param>
    /// <param name="hasPadding">Whether the packet ends in padding with its count in the last byte.</param>
    /// <returns>12.</returns>
    public static int WriteFixedHeader(
        Span<byte> destination,
        bool marker,
        byte payloadType,
        ushort sequenceNumber,
        uint timestamp,
        uint ssrc,
        bool hasExtension,
        bool hasPadding)
    {
        // One check for all stores below.
        destination = destination[..RtpPacketView.FixedHeaderSize];
        destination[0] = (byte)(RtpPacketView.VersionTwo
            | (hasPadding ? RtpPacketView.PaddingBit : 0)
            | (hasExtension ? RtpPacketView.ExtensionBit : 0));
        destination[1] = (byte)((marker ? RtpPacketView.MarkerBit : 0) | (payloadType & 0x7F));
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], sequenceNumber);
        BinaryPrimitives.WriteUInt32BigEndian(destination[4..], timestamp);
        BinaryPrimitives.WriteUInt32BigEndian(destination[8..], ssrc);
        return RtpPacketView.FixedHeaderSize;
    }

    /// <summary>Fills the end of a packet with padding: zeros and, last, their count (RFC 3550 §5.1).</summary>
    /// <param name="padding">The 1 to 255 bytes of padding.</param>
    /// <exception cref="ArgumentOutOfRangeException">The padding is empty or longer than its count can say.</exception>
    public static void WritePadding(Span<byte> padding)
    {
        ArgumentOutOfRangeException.ThrowIfZero(padding.Length, nameof(padding));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(padding.Length, byte.MaxValue, nameof(padding));
        padding.Clear();
        padding[^1] = (byte)padding.Length;
    }
}
