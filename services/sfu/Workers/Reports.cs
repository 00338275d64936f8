using LiveStream.Sfu.Router;
using LiveStream.Sfu.Transports;
using LiveStream.Wire.Rtcp;

namespace LiveStream.Sfu.Workers;

/// <summary>
/// Sender reports to a subscriber and receiver reports to a publisher (RFC 3550 §6.4), of all their streams: what does not fit
/// into one packet goes into the next. Worker thread only.
/// </summary>
internal sealed class Reports
{
    // Of one RTCP packet, as its count has five bits.
    private const int MaximumBlocks = 31;

    // More than a sender report without blocks takes.
    private const int RoomForOne = 64;

    private readonly byte[] _buffer = new byte[1200];

    /// <summary>Sends a report of each stream that has sent something.</summary>
    public void SendToSubscriber(Egress egress, long unixMicroseconds)
    {
        var length = 0;
        foreach (var subscription in egress.Subscriptions)
        {
            if (length > _buffer.Length - RoomForOne)
            {
                egress.Sink.SendRtcp(_buffer.AsSpan(0, length));
                length = 0;
            }

            length += subscription.WriteSenderReport(_buffer.AsSpan(length), unixMicroseconds);
        }

        if (length > 0) egress.Sink.SendRtcp(_buffer.AsSpan(0, length));
    }

    /// <summary>Sends a report of each layer that has shown itself.</summary>
    public void SendToPublisher(PublisherIngress ingress, IPacketSink sink, long nowMicroseconds)
    {
        Span<ReportBlock> blocks = stackalloc ReportBlock[MaximumBlocks];
        var count = 0;
        foreach (var media in ingress.Media)
        {
            foreach (var stream in media.Track.Layers)
            {
                if (stream.Ssrc == 0) continue;
                if (count == MaximumBlocks)
                {
                    Send(ingress, sink, blocks);
                    count = 0;
                }

                blocks[count++] = stream.Statistics.MakeReport(stream.Ssrc, nowMicroseconds);
            }
        }

        if (count > 0) Send(ingress, sink, blocks[..count]);
    }

    private void Send(PublisherIngress ingress, IPacketSink sink, ReadOnlySpan<ReportBlock> blocks)
    {
        var length = RtcpWriter.WriteReceiverReport(_buffer, ingress.LocalSsrc, blocks);
        if (length > 0) sink.SendRtcp(_buffer.AsSpan(0, length));
    }
}
