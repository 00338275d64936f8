using System.Buffers.Binary;

namespace LiveStream.Media.H264;

/// <summary>Cuts NAL units into RTP payloads of packetization mode 1 (RFC 6184 §6.3): single NAL units and FU-A.</summary>
/// <param name="nal">The unit, at least its header byte.</param>
/// <param name="maxPayloadSize">Largest payload in bytes, at least 3.</param>
public ref struct RtpPacketizer(ReadOnlySpan<byte> nal, int maxPayloadSize)
{
    private const int FragmentHeaderSize = 2;

    private readonly byte header = nal.IsEmpty ? (byte)0 : nal[0];
    private readonly bool fragmented = nal.Length > maxPayloadSize;
    private ReadOnlySpan<byte> rest = nal;
    private bool started;

    /// <summary>Writes the next payload; 0 when the unit is done or <paramref name="destination"/> is too small.</summary>
    public int WriteNext(Span<byte> destination)
    {
        if (rest.IsEmpty || maxPayloadSize <= FragmentHeaderSize || destination.Length < Math.Min(rest.Length + 1, maxPayloadSize)) return 0;

        if (!fragmented)
        {
            var size = rest.Length;
            rest.CopyTo(destination);
            rest = default;
            return size;
        }

        var first = !started;
        if (first) rest = rest[1..];
        started = true;
        var length = Math.Min(rest.Length, maxPayloadSize - FragmentHeaderSize);
        destination[0] = (byte)((header & NalUnit.ReferenceMask) | (byte)NalUnitType.FuA);
        destination[1] = (byte)((first ? 0x80 : 0) | (length == rest.Length ? 0x40 : 0) | (header & NalUnit.TypeMask));
        rest[..length].CopyTo(destination[FragmentHeaderSize..]);
        rest = rest[length..];
        return FragmentHeaderSize + length;
    }

    /// <summary>Writes several small units as one STAP-A (§5.7.1); 0 when they do not fit.</summary>
    public static int WriteStapA(Span<byte> destination, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        var size = 1 + sizeof(ushort) + first.Length + sizeof(ushort) + second.Length;
        if (first.IsEmpty || second.IsEmpty || size > destination.Length || size > ushort.MaxValue) return 0;

        // NRI of an aggregate is the largest of its units' (§5.7).
        var reference = Math.Max(first[0] & 0x60, second[0] & 0x60);
        destination[0] = (byte)(reference | (byte)NalUnitType.StapA);
        BinaryPrimitives.WriteUInt16BigEndian(destination[1..], (ushort)first.Length);
        first.CopyTo(destination[3..]);
        BinaryPrimitives.WriteUInt16BigEndian(destination[(3 + first.Length)..], (ushort)second.Length);
        second.CopyTo(destination[(5 + first.Length)..]);
        return size;
    }
}
