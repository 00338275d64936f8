using System.Buffers.Binary;
using LiveStream.Sfu.Router;
using LiveStream.Wire.Rtcp;

namespace LiveStream.Sfu.Transports;

/// <summary>Acts on what clients report; which messages are handled or ignored, and why, stands in docs/protocols/rtcp.md.</summary>
internal sealed class RtcpHandler(PacketCounters counters)
{
    /// <summary>Takes one decrypted compound (or reduced-size) packet.</summary>
    public void Handle(MediaTransport transport, ReadOnlySpan<byte> compound, long nowMicroseconds)
    {
        var reader = new RtcpReader(compound);
        while (reader.TryRead(out var packet))
        {
            switch (packet.PacketType)
            {
                case RtcpType.SenderReport when SenderReport.TryParse(packet, out var report):
                    OnSenderReport(transport, report, nowMicroseconds);
                    for (var i = 0; i < report.BlockCount; i++) OnBlock(transport, report.GetBlock(i));
                    break;
                case RtcpType.ReceiverReport when ReceiverReport.TryParse(packet, out var report):
                    for (var i = 0; i < report.BlockCount; i++) OnBlock(transport, report.GetBlock(i));
                    break;
                case RtcpType.TransportLayerFeedback:
                    OnTransportFeedback(transport, packet, nowMicroseconds);
                    break;
                case RtcpType.PayloadSpecificFeedback:
                    OnPayloadFeedback(transport, packet);
                    break;
                default:
                    break;
            }
        }

        if (reader.Error != RtcpError.None) counters.RtcpMalformed++;
    }

    /// <summary>
    /// True where an encrypted packet is nothing but transport-wide feedback: its first header is in the clear (RFC 3711 §3.4) and
    /// fills it. Nobody vouches for that, so it is a reason to leave a packet out and no more.
    /// </summary>
    public static bool IsTransportFeedback(ReadOnlySpan<byte> packet, int overhead) =>
        packet.Length >= 4
        // Version 2, with padding or without.
        && (packet[0] & 0xDF) == (0x80 | RtcpFeedbackFormat.TransportFeedback)
        && packet[1] == (byte)RtcpType.TransportLayerFeedback
        && (BinaryPrimitives.ReadUInt16BigEndian(packet[2..]) + 1) * 4 == packet.Length - overhead;

    private static void OnSenderReport(MediaTransport transport, SenderReport report, long nowMicroseconds)
    {
        if (transport.Ingress is not { } ingress || !ingress.TryGet(report.Ssrc, out var source) || source!.IsRtx || !source.IsPlaced) return;
        if (!source.Stream.Statistics.OnSenderReport(report.NtpTimestamp, report.RtpTimestamp, nowMicroseconds)) return;
        source.Media.Track.Clock.OnSenderReport(NtpTime.ToUnixMicroseconds(report.NtpTimestamp), WallClock.ToUnixMicroseconds(nowMicroseconds));
        source.Media.Track.ExportSenderReport(source.Stream);
    }

    private static void OnBlock(MediaTransport transport, in ReportBlock block) =>
        transport.Subscriber?.Egress.OnReportBlock(block, WallClock.UnixMicroseconds);

    private static void OnTransportFeedback(MediaTransport transport, RtcpPacketView packet, long nowMicroseconds)
    {
        if (transport.Subscriber?.Egress is not { } egress) return;
        if (GenericNack.TryParse(packet, out var nack)) egress.Find(nack.MediaSsrc)?.OnNack(nack, nowMicroseconds);
        // Without layers to choose from there is no decision that the feedback could change (alone it does not come here at all).
        else if (egress.IsAdaptive && TransportFeedback.TryParse(packet, out var feedback)) egress.Estimator.OnFeedback(feedback, nowMicroseconds);
    }

    private static void OnPayloadFeedback(MediaTransport transport, RtcpPacketView packet)
    {
        if (transport.Subscriber?.Egress is not { } egress) return;
        if (PictureLossIndication.TryParse(packet, out var pli)) egress.Find(pli.MediaSsrc)?.RequestKeyFrame();
        else if (FullIntraRequest.TryParse(packet, out var fir))
            for (var i = 0; i < fir.Count; i++) egress.Find(fir.Get(i).Ssrc)?.RequestKeyFrame();
        else if (ReceiverEstimatedMaxBitrate.TryParse(packet, out var remb)) egress.OnRemoteEstimate(remb.BitsPerSecond);
    }
}
