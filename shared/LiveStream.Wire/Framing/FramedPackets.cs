using System.Buffers.Binary;

namespace LiveStream.Wire.Framing;

/// <summary>Packets on a byte stream, each after its 16-bit length (RFC 4571 §2).</summary>
// ---------------------------------------------------------------
// 0                   1                   2                   3
// 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// ---------------------------------------------------------------
// |             LENGTH            |  RTP or RTCP packet ...       |
// ---------------------------------------------------------------
public static class FramedPackets
{
    /// <summary>Bytes of the length before each packet.</summary>
    public const int HeaderSize = 2;

    /// <summary>Longest packet that the length can say.</summary>
    public const int MaxPacketLength = ushort.MaxValue;

    /// <summary>Takes the first packet from what the stream has delivered so far.</summary>
    /// <param name="buffer">The unread bytes of the stream, starting at a length.</param>
    /// <param name="maxLength">Longest packet to accept.</param>
    /// <param name="packet">The packet, in place; empty for a null packet, which §2 allows and readers ignore.</param>
    /// <param name="consumed">Bytes to drop from the buffer: 0 when false is returned.</param>
    /// <param name="tooLong">
    /// Whether the length exceeds <paramref name="maxLength"/>. The stream cannot be followed any further then.
    /// </param>
    /// <returns>True with a packet; false when more bytes are needed or the packet is too long.</returns>
    public static bool TryRead(
        ReadOnlySpan<byte> buffer,
        int maxLength,
        out ReadOnlySpan<byte> packet,
        out int consumed,
        out bool tooLong)
    {
        packet = default;
        consumed = 0;
        tooLong = false;
        if (buffer.Length < HeaderSize) return false;

        var length = BinaryPrimitives.ReadUInt16BigEndian(buffer);
        if (length > maxLength)
        {
            tooLong = true;
            return false;
        }

        if (buffer.Length < HeaderSize + length) return false;

        packet = buffer.Slice(HeaderSize, length);
        consumed = HeaderSize + length;
        return true;
    }

    /// <summary>Writes length and packet.</summary>
    /// <returns>Bytes written; 0 when they do not fit or the packet exceeds <see cref="MaxPacketLength"/>.</returns>
    public static int Write(Span<byte> destination, ReadOnlySpan<byte> packet)
    {
        if (packet.Length > MaxPacketLength || destination.Length < HeaderSize + packet.Length) return 0;

        // The packet may lie inside the destination, so it is moved before the length goes in front.
        packet.CopyTo(destination[HeaderSize..]);
        BinaryPrimitives.WriteUInt16BigEndian(destination, (ushort)packet.Length);
        return HeaderSize + packet.Length;
    }
}
