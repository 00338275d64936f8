using System.Buffers.Binary;

namespace LiveStream.Wire.Rtcp;

/// <summary>Generic NACK (RFC 4585 §6.2.1), seen in place.</summary>
//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |            PID                |             BLP               |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
public readonly ref struct GenericNack
{
    internal const int FixedBodySize = 8, EntrySize = 4;

    /// <summary>Most sequence numbers that one entry names: PID and the 16 after it.</summary>
    public const int SequenceNumbersPerEntry = 17;

    private readonly ReadOnlySpan<byte> _body;

    private GenericNack(ReadOnlySpan<byte> body) => _body = body;

    /// <summary>Reads the packet; false when it is of another type or has no entry.</summary>
    public static bool TryParse(RtcpPacketView packet, out GenericNack nack)
    {
        nack = default;
        if (!packet.IsFeedback(
            RtcpType.TransportLayerFeedback, RtcpFeedbackFormat.GenericNack, FixedBodySize + EntrySize)) return false;
        nack = new GenericNack(packet.Body);
        return true;
    }

    /// <summary>The receiver that misses packets.</summary>
    public uint SenderSsrc => BinaryPrimitives.ReadUInt32BigEndian(_body);

    /// <summary>The source that they are missing from.</summary>
    public uint MediaSsrc => BinaryPrimitives.ReadUInt32BigEndian(_body[4..]);

    /// <summary>Number of entries, at least 1.</summary>
    public int Count => (_body.Length - FixedBodySize) / EntrySize;

    /// <summary>Entry <paramref name="index"/>, below <see cref="Count"/>.</summary>
    /// <returns>Pid is lost; bit i of Blp, from the lowest, says that Pid+i+1 is.</returns>
    public (ushort Pid, ushort Blp) Get(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
        var entry = _body[(FixedBodySize + EntrySize * index)..];
        return (BinaryPrimitives.ReadUInt16BigEndian(entry), BinaryPrimitives.ReadUInt16BigEndian(entry[2..]));
    }

    /// <summary>Writes the lost sequence numbers in wire order until <paramref name="destination"/> is full.</summary>
    /// <returns>How many were written.</returns>
    public int CopySequenceNumbers(Span<ushort> destination)
    {
        var written = 0;
        for (var i = 0; i < Count && written < destination.Length; i++)
        {
            var (pid, blp) = Get(i);
            destination[written++] = pid;
            for (var next = pid; blp != 0 && written < destination.Length; blp >>= 1)
            {
                next++;
                if ((blp & 1) != 0) destination[written++] = next;
            }
        }

        return written;
    }
}
