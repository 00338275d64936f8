using System.Buffers.Binary;

namespace LiveStream.Wire.Rtcp;

/// <summary>Receiver report (RFC 3550 §6.4.2), seen in place.</summary>
public readonly ref struct ReceiverReport
{
    internal const int FixedBodySize = 4;

    private readonly ReadOnlySpan<byte> _body;

    private ReceiverReport(ReadOnlySpan<byte> body, int blockCount)
    {
        _body = body;
        BlockCount = blockCount;
    }

    /// <summary>Reads the packet; false when it is of another type or too short for its block count.</summary>
    public static bool TryParse(RtcpPacketView packet, out ReceiverReport report)
    {
        report = default;
        if (packet.PacketType != RtcpType.ReceiverReport) return false;
        if (packet.Body.Length < FixedBodySize + packet.Count * ReportBlock.Size) return false;
        report = new ReceiverReport(packet.Body, packet.Count);
        return true;
    }

    /// <summary>The receiver that reports.</summary>
    public uint Ssrc => BinaryPrimitives.ReadUInt32BigEndian(_body);

    /// <summary>Number of reception report blocks, 0 to 31.</summary>
    public int BlockCount { get; }

    /// <summary>Block <paramref name="index"/>, below <see cref="BlockCount"/>.</summary>
    public ReportBlock GetBlock(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)BlockCount, nameof(index));
        return ReportBlock.Read(_body[FixedBodySize..], index);
    }
}
