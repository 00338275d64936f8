using System.Buffers.Binary;

namespace LiveStream.Wire.Rtcp;

/// <summary>Sender report (RFC 3550 §6.4.1), seen in place.</summary>
public readonly ref struct SenderReport
{
    internal const int FixedBodySize = 24;

    private readonly ReadOnlySpan<byte> _body;

    private SenderReport(ReadOnlySpan<byte> body, int blockCount)
    {
        _body = body;
        BlockCount = blockCount;
    }

    /// <summary>Reads the packet; false when it is of another type or too short for its block count.</summary>
    public static bool TryParse(RtcpPacketView packet, out SenderReport report)
    {
        report = default;
        if (packet.PacketType != RtcpType.SenderReport) return false;
        if (packet.Body.Length < FixedBodySize + packet.Count * ReportBlock.Size) return false;
        report = new SenderReport(packet.Body, packet.Count);
        return true;
    }

    /// <summary>The sender.</summary>
    public uint Ssrc => BinaryPrimitives.ReadUInt32BigEndian(_body);

    /// <summary>Wall clock of the report, 32.32 fixed point seconds since 1900 (§4).</summary>
    public ulong NtpTimestamp => BinaryPrimitives.ReadUInt64BigEndian(_body[4..]);

    /// <summary>The same instant in units of the media timestamp.</summary>
    public uint RtpTimestamp => BinaryPrimitives.ReadUInt32BigEndian(_body[12..]);

    /// <summary>RTP packets sent so far, wrapping.</summary>
    public uint PacketCount => BinaryPrimitives.ReadUInt32BigEndian(_body[16..]);

    /// <summary>Payload bytes sent so far, wrapping.</summary>
    public uint OctetCount => BinaryPrimitives.ReadUInt32BigEndian(_body[20..]);

    /// <summary>Number of reception report blocks, 0 to 31.</summary>
    public int BlockCount { get; }

    /// <summary>Block <paramref name="index"/>, below <see cref="BlockCount"/>.</summary>
    public ReportBlock GetBlock(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)BlockCount, nameof(index));
        return ReportBlock.Read(_body[FixedBodySize..], index);
    }
}
