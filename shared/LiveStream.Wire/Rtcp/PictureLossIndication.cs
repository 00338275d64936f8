using System.Buffers.Binary;

namespace LiveStream.Wire.Rtcp;

/// <summary>Picture loss indication (RFC 4585 §6.3.1).</summary>
public readonly ref struct PictureLossIndication
{
    internal const int BodySize = 8;

    private PictureLossIndication(uint senderSsrc, uint mediaSsrc)
    {
        SenderSsrc = senderSsrc;
        MediaSsrc = mediaSsrc;
    }

    /// <summary>Reads the packet; false when it is of another type or too short.</summary>
    public static bool TryParse(RtcpPacketView packet, out PictureLossIndication indication)
    {
        indication = default;
        if (!packet.IsFeedback(
            RtcpType.PayloadSpecificFeedback, RtcpFeedbackFormat.PictureLossIndication, BodySize)) return false;
        indication = new PictureLossIndication(packet.SenderSsrc, BinaryPrimitives.ReadUInt32BigEndian(packet.Body[4..]));
        return true;
    }

    /// <summary>The receiver that asks.</summary>
    public uint SenderSsrc { get; }

    /// <summary>The source that should send a key frame.</summary>
    public uint MediaSsrc { get; }
}
