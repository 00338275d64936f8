using System.Buffers.Binary;
using System.Numerics;

namespace LiveStream.Wire.Rtcp;

/// <summary>
/// Writes single RTCP packets, to be set one after another into a compound. Each method returns the bytes
/// written, a multiple of four, or 0 with nothing of use written when the packet does not fit.
/// </summary>
public static partial class RtcpWriter
{
    private const byte VersionTwo = 0x80, PaddingBit = 0x20;
    private const int HeaderSize = RtcpPacketView.HeaderSize, MaxCount = 31;

    /// <summary>SR (RFC 3550 §6.4.1).</summary>
    /// <param name="destination">Where to write.</param>
    /// <param name="ssrc">The sender.</param>
    /// <param name="ntpTimestamp">Wall clock, 32.32 fixed point seconds since 1900.</param>
    /// <param name="rtpTimestamp">The same instant in media units.</param>
    /// <param name="packetCount">Packets sent so far.</param>
    /// <param name="octetCount">Payload bytes sent so far.</param>
    /// <param name="blocks">At most 31.</param>
    public static int WriteSenderReport(
        Span<byte> destination,
        uint ssrc,
        ulong ntpTimestamp,
        uint rtpTimestamp,
        uint packetCount,
        uint octetCount,
        ReadOnlySpan<ReportBlock> blocks)
    {
        var size = HeaderSize + SenderReport.FixedBodySize + ReportBlock.Size * blocks.Length;
        if (blocks.Length > MaxCount || destination.Length < size) return 0;

        WriteHeader(destination, RtcpType.SenderReport, (byte)blocks.Length, size);
        BinaryPrimitives.WriteUInt32BigEndian(destination[4..], ssrc);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], ntpTimestamp);
        BinaryPrimitives.WriteUInt32BigEndian(destination[16..], rtpTimestamp);
        BinaryPrimitives.WriteUInt32BigEndian(destination[20..], packetCount);
        BinaryPrimitives.WriteUInt32BigEndian(destination[24..], octetCount);
        WriteBlocks(destination[28..], blocks);
        return size;
    }

    /// <summary>RR (RFC 3550 §6.4.2) with at most 31 blocks.</summary>
    public static int WriteReceiverReport(Span<byte> destination, uint ssrc, ReadOnlySpan<ReportBlock> blocks)
    {
        var size = HeaderSize + ReceiverReport.FixedBodySize + ReportBlock.Size * blocks.Length;
        if (blocks.Length > MaxCount || destination.Length < size) return 0;

        WriteHeader(destination, RtcpType.ReceiverReport, (byte)blocks.Length, size);
        BinaryPrimitives.WriteUInt32BigEndian(destination[4..], ssrc);
        WriteBlocks(destination[8..], blocks);
        return size;
    }

    /// <summary>SDES with one chunk that holds the CNAME (RFC 3550 §6.5.1), at most 255 bytes of UTF-8.</summary>
    public static int WriteCname(Span<byte> destination, uint ssrc, ReadOnlySpan<byte> cname)
    {
        // At least one null octet ends the items, then the chunk is padded to 32 bits.
        var size = Padded(HeaderSize + 4 + 2 + cname.Length + 1);
        if (cname.Length > byte.MaxValue || destination.Length < size) return 0;

        destination[..size].Clear();
        WriteHeader(destination, RtcpType.SourceDescription, 1, size);
        BinaryPrimitives.WriteUInt32BigEndian(destination[4..], ssrc);
        destination[8] = SourceDescription.CnameItem;
        destination[9] = (byte)cname.Length;
        cname.CopyTo(destination[10..]);
        return size;
    }

    /// <summary>BYE (RFC 3550 §6.6) of one source, without reason.</summary>
    public static int WriteBye(Span<byte> destination, uint ssrc) => WriteBye(destination, [ssrc], default);

    /// <summary>BYE (RFC 3550 §6.6) of at most 31 sources, with an optional reason of at most 255 bytes of UTF-8.</summary>
    public static int WriteBye(Span<byte> destination, ReadOnlySpan<uint> ssrcs, ReadOnlySpan<byte> reason)
    {
        var listEnd = HeaderSize + 4 * ssrcs.Length;
        var size = reason.IsEmpty ? listEnd : Padded(listEnd + 1 + reason.Length);
        if (ssrcs.Length > MaxCount || reason.Length > byte.MaxValue || destination.Length < size) return 0;

        destination[..size].Clear();
        WriteHeader(destination, RtcpType.Bye, (byte)ssrcs.Length, size);
        WriteSsrcs(destination[HeaderSize..], ssrcs);
        if (reason.IsEmpty) return size;

        destination[listEnd] = (byte)reason.Length;
        reason.CopyTo(destination[(listEnd + 1)..]);
        return size;
    }

    /// <summary>Generic NACK (RFC 4585 §6.2.1).</summary>
    /// <param name="destination">Where to write.</param>
    /// <param name="senderSsrc">The receiver that misses the packets.</param>
    /// <param name="mediaSsrc">The source that they are missing from.</param>
    /// <param name="lost">Sorted by sequence, a wrap allowed, at least one. Close neighbours share an entry.</param>
    public static int WriteGenericNack(
        Span<byte> destination,
        uint senderSsrc,
        uint mediaSsrc,
        ReadOnlySpan<ushort> lost)
    {
        const int Fixed = HeaderSize + GenericNack.FixedBodySize;
        if (lost.IsEmpty || destination.Length < Fixed) return 0;

        var size = Fixed;
        for (var i = 0; i < lost.Length;)
        {
            if (destination.Length - size < GenericNack.EntrySize) return 0;
            var pid = lost[i++];
            var blp = 0;
            for (; i < lost.Length; i++)
            {
                var distance = (ushort)(lost[i] - pid);
                if (distance > 16) break;
                // A repeated number adds nothing.
                if (distance > 0) blp |= 1 << (distance - 1);
            }

            BinaryPrimitives.WriteUInt16BigEndian(destination[size..], pid);
            BinaryPrimitives.WriteUInt16BigEndian(destination[(size + 2)..], (ushort)blp);
            size += GenericNack.EntrySize;
        }

        WriteFeedbackHeader(
            destination, RtcpType.TransportLayerFeedback, RtcpFeedbackFormat.GenericNack, size, senderSsrc, mediaSsrc);
        return size;
    }

    /// <summary>PLI (RFC 4585 §6.3.1): asks the source for a key frame.</summary>
    public static int WritePli(Span<byte> destination, uint senderSsrc, uint mediaSsrc)
    {
        const int Size = HeaderSize + PictureLossIndication.BodySize;
        if (destination.Length < Size) return 0;

        WriteFeedbackHeader(
            destination, RtcpType.PayloadSpecificFeedback, RtcpFeedbackFormat.PictureLossIndication, Size, senderSsrc, mediaSsrc);
        return Size;
    }

    /// <summary>FIR (RFC 5104 §4.3.1) with one entry.</summary>
    /// <param name="destination">Where to write.</param>
    /// <param name="senderSsrc">The receiver that asks.</param>
    /// <param name="mediaSsrc">The source that should send a key frame.</param>
    /// <param name="sequenceNumber">One higher for each new command, the same for a repetition.</param>
    public static int WriteFir(Span<byte> destination, uint senderSsrc, uint mediaSsrc, byte sequenceNumber)
    {
        const int Size = HeaderSize + FullIntraRequest.FixedBodySize + FullIntraRequest.EntrySize;
        if (destination.Length < Size) return 0;

        // The media source of the header is 0; the entry names it (§4.3.1.2).
        WriteFeedbackHeader(
            destination, RtcpType.PayloadSpecificFeedback, RtcpFeedbackFormat.FullIntraRequest, Size, senderSsrc, 0);
        BinaryPrimitives.WriteUInt32BigEndian(destination[12..], mediaSsrc);
        BinaryPrimitives.WriteUInt32BigEndian(destination[16..], (uint)sequenceNumber << 24);
        return Size;
    }

    /// <summary>REMB (draft-alvestrand-rmcat-remb-03 §2.2) for at most 255 sources; the bitrate is rounded down to 18 bits.</summary>
    public static int WriteRemb(Span<byte> destination, uint senderSsrc, ulong bitsPerSecond, ReadOnlySpan<uint> ssrcs)
    {
        var size = HeaderSize + ReceiverEstimatedMaxBitrate.FixedBodySize + 4 * ssrcs.Length;
        if (ssrcs.Length > byte.MaxValue || destination.Length < size) return 0;

        WriteFeedbackHeader(
            destination, RtcpType.PayloadSpecificFeedback, RtcpFeedbackFormat.ApplicationLayer, size, senderSsrc, 0);
        ReceiverEstimatedMaxBitrate.Identifier.CopyTo(destination[12..]);

        var bits = 64 - BitOperations.LeadingZeroCount(bitsPerSecond);
        var exponent = Math.Max(0, bits - ReceiverEstimatedMaxBitrate.MantissaBits);
        var mantissa = (uint)(bitsPerSecond >> exponent);
        BinaryPrimitives.WriteUInt32BigEndian(
            destination[16..],
            (uint)ssrcs.Length << 24 | (uint)exponent << ReceiverEstimatedMaxBitrate.MantissaBits | mantissa);
        WriteSsrcs(destination[20..], ssrcs);
        return size;
    }

    private static void WriteHeader(Span<byte> destination, RtcpType type, byte count, int size)
    {
        destination[0] = (byte)(VersionTwo | count);
        destination[1] = (byte)type;
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)(size / 4 - 1));
    }

    private static void WriteFeedbackHeader(
        Span<byte> destination,
        RtcpType type,
        byte format,
        int size,
        uint senderSsrc,
        uint mediaSsrc)
    {
        WriteHeader(destination, type, format, size);
        BinaryPrimitives.WriteUInt32BigEndian(destination[4..], senderSsrc);
        BinaryPrimitives.WriteUInt32BigEndian(destination[8..], mediaSsrc);
    }

    private static void WriteBlocks(Span<byte> destination, ReadOnlySpan<ReportBlock> blocks)
    {
        for (var i = 0; i < blocks.Length; i++) blocks[i].Write(destination[(i * ReportBlock.Size)..]);
    }

    private static void WriteSsrcs(Span<byte> destination, ReadOnlySpan<uint> ssrcs)
    {
        for (var i = 0; i < ssrcs.Length; i++) BinaryPrimitives.WriteUInt32BigEndian(destination[(4 * i)..], ssrcs[i]);
    }

    private static int Padded(int length) => (length + 3) & ~3;
}
