using System.Buffers.Binary;

namespace LiveStream.Wire.Rtcp;

/// <summary>Reception report block (RFC 3550 §6.4.1).</summary>
/// <param name="Ssrc">The source that the block reports on.</param>
/// <param name="FractionLost">Lost share since the last report, in 1/256.</param>
/// <param name="CumulativeLost">Packets lost since the beginning, 24 bits signed; duplicates make it negative.</param>
/// <param name="ExtendedHighestSequence">Cycles in the upper, highest sequence number in the lower 16 bits.</param>
/// <param name="Jitter">Interarrival jitter in units of the media timestamp.</param>
/// <param name="LastSenderReport">Middle 32 bits of the NTP timestamp of the last SR, 0 when there was none.</param>
/// <param name="DelaySinceLastSenderReport">Time since that SR in 1/65536 s.</param>
//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+
// |                             SSRC_n                            |
// | fraction lost |       cumulative number of packets lost       |
// |           extended highest sequence number received           |
// |                      interarrival jitter                      |
// |                         last SR (LSR)                         |
// |                   delay since last SR (DLSR)                  |
// +=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+
public readonly record struct ReportBlock(
    uint Ssrc,
    byte FractionLost,
    int CumulativeLost,
    uint ExtendedHighestSequence,
    uint Jitter,
    uint LastSenderReport,
    uint DelaySinceLastSenderReport)
{
    /// <summary>Bytes on the wire.</summary>
    public const int Size = 24;

    /// <summary>Limits of <see cref="CumulativeLost"/>, which writing clamps to (RFC 3550 appendix A.3).</summary>
    public const int MinCumulativeLost = -0x80_0000, MaxCumulativeLost = 0x7F_FFFF;

    // The caller has checked that the blocks hold block number index.
    internal static ReportBlock Read(ReadOnlySpan<byte> blocks, int index)
    {
        var bytes = blocks.Slice(index * Size, Size);
        var loss = BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]);
        return new ReportBlock(
            BinaryPrimitives.ReadUInt32BigEndian(bytes),
            (byte)(loss >> 24),
            (int)(loss << 8) >> 8,
            BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]),
            BinaryPrimitives.ReadUInt32BigEndian(bytes[12..]),
            BinaryPrimitives.ReadUInt32BigEndian(bytes[16..]),
            BinaryPrimitives.ReadUInt32BigEndian(bytes[20..]));
    }

    internal void Write(Span<byte> destination)
    {
        destination = destination[..Size];
        var lost = (uint)Math.Clamp(CumulativeLost, MinCumulativeLost, MaxCumulativeLost) & 0xFF_FFFF;
        BinaryPrimitives.WriteUInt32BigEndian(destination, Ssrc);
        BinaryPrimitives.WriteUInt32BigEndian(destination[4..], (uint)FractionLost << 24 | lost);
        BinaryPrimitives.WriteUInt32BigEndian(destination[8..], ExtendedHighestSequence);
        BinaryPrimitives.WriteUInt32BigEndian(destination[12..], Jitter);
        BinaryPrimitives.WriteUInt32BigEndian(destination[16..], LastSenderReport);
        BinaryPrimitives.WriteUInt32BigEndian(destination[20..], DelaySinceLastSenderReport);
    }
}
