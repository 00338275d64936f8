using System.Buffers.Binary;

namespace LiveStream.Benchmarks.Load;

/// <summary>
/// What the publisher writes into each payload: its count of media packets in the stream and the time of sending. The
/// server rewrites sequence numbers and timestamps, but forwards payloads as they are.
/// </summary>
internal readonly record struct PacketStamp(long Index, TimeSpan SentAt)
{
    public const int Size = 20;

    private const uint Magic = 0x4C534253;

    public static bool TryRead(ReadOnlySpan<byte> bytes, out PacketStamp stamp)
    {
        stamp = default;
        if (bytes.Length < Size || BinaryPrimitives.ReadUInt32BigEndian(bytes) != Magic) return false;
        stamp = new PacketStamp(BinaryPrimitives.ReadInt64BigEndian(bytes[4..]), new TimeSpan(BinaryPrimitives.ReadInt64BigEndian(bytes[12..])));
        return true;
    }

    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt32BigEndian(destination, Magic);
        BinaryPrimitives.WriteInt64BigEndian(destination[4..], Index);
        BinaryPrimitives.WriteInt64BigEndian(destination[12..], SentAt.Ticks);
    }
}
