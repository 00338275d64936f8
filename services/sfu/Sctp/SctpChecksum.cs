using System.Buffers.Binary;
using System.Numerics;

namespace LiveStream.Sfu.Sctp;

/// <summary>CRC32c of an SCTP packet (RFC 9260 §6.8, appendix A).</summary>
internal static class SctpChecksum
{
    private const int FieldOffset = 8, FieldSize = 4;

    /// <summary>The checksum, its own field counted as zeros. The packet has at least the common header.</summary>
    public static uint Compute(ReadOnlySpan<byte> packet)
    {
        var crc = Add(uint.MaxValue, packet[..FieldOffset]);
        crc = BitOperations.Crc32C(crc, 0u);
        return ~Add(crc, packet[(FieldOffset + FieldSize)..]);
    }

    /// <summary>Writes it into its field, least significant byte first.</summary>
    public static void Write(Span<byte> packet) => BinaryPrimitives.WriteUInt32LittleEndian(packet[FieldOffset..], Compute(packet));

    /// <summary>Whether the field has it.</summary>
    public static bool IsRight(ReadOnlySpan<byte> packet) => BinaryPrimitives.ReadUInt32LittleEndian(packet[FieldOffset..]) == Compute(packet);

    private static uint Add(uint crc, ReadOnlySpan<byte> bytes)
    {
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..]) crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (var value in bytes) crc = BitOperations.Crc32C(crc, value);
        return crc;
    }
}
