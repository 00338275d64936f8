using System.Buffers.Binary;

namespace LiveStream.Wire.Rtcp;

/// <summary>Goodbye (RFC 3550 §6.6), seen in place.</summary>
public readonly ref struct Bye
{
    private readonly ReadOnlySpan<byte> _body;

    private Bye(ReadOnlySpan<byte> body, int sourceCount, ReadOnlySpan<byte> reason)
    {
        _body = body;
        SourceCount = sourceCount;
        Reason = reason;
    }

    /// <summary>Reads the packet; false when it is of another type, or its list or reason runs past the end.</summary>
    public static bool TryParse(RtcpPacketView packet, out Bye bye)
    {
        bye = default;
        if (packet.PacketType != RtcpType.Bye) return false;

        var listSize = 4 * packet.Count;
        if (packet.Body.Length < listSize) return false;

        // The reason, an 8-bit length and UTF-8 text, is optional.
        var rest = packet.Body[listSize..];
        if (!rest.IsEmpty && rest.Length < 1 + rest[0]) return false;

        bye = new Bye(packet.Body, packet.Count, rest.IsEmpty ? default : rest.Slice(1, rest[0]));
        return true;
    }

    /// <summary>Number of sources that leave, 0 to 31.</summary>
    public int SourceCount { get; }

    /// <summary>Reason in UTF-8, unchecked, empty when there is none.</summary>
    public ReadOnlySpan<byte> Reason { get; }

    /// <summary>Source <paramref name="index"/>, below <see cref="SourceCount"/>.</summary>
    public uint GetSource(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)SourceCount, nameof(index));
        return BinaryPrimitives.ReadUInt32BigEndian(_body[(4 * index)..]);
    }
}
