using System.Buffers.Binary;

namespace LiveStream.Wire.Rtp;

/// <summary>
/// Retransmission payload (RFC 4588 §4): the original sequence number (OSN), then the original payload.
/// </summary>
public static class RtxPacket
{
    /// <summary>Bytes of the original sequence number before the original payload.</summary>
    public const int HeaderSize = 2;

    /// <summary>
    /// Splits a retransmission payload; false when it is shorter than the OSN, as padding-only probes on the
    /// retransmission stream are.
    /// </summary>
    public static bool TryGetOriginalSequenceNumber(
        ReadOnlySpan<byte> payload,
        out ushort osn,
        out ReadOnlySpan<byte> originalPayload)
    {
        osn = 0;
        originalPayload = default;
        if (payload.Length < HeaderSize) return false;

        osn = BinaryPrimitives.ReadUInt16BigEndian(payload);
        originalPayload = payload[HeaderSize..];
        return true;
    }

    /// <summary>Writes the original sequence number and returns its 2 bytes; the original payload follows it.</summary>
    public static int WriteOriginalSequenceNumber(Span<byte> destination, ushort osn)
    {
        BinaryPrimitives.WriteUInt16BigEndian(destination, osn);
        return HeaderSize;
    }
}
