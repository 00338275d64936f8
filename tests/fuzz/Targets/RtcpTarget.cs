using System.Numerics;
using LiveStream.Wire.Rtcp;

namespace LiveStream.Fuzz.Targets;

/// <summary>Compound RTCP: the packets tile the input; each known type is written again and compared.</summary>
public sealed class RtcpTarget : IFuzzTarget
{
    private readonly byte[] _buffer = new byte[300_000];

    public string Name => "Rtcp";

    public void Run(ReadOnlySpan<byte> input)
    {
        var reader = new RtcpReader(input);
        var offset = 0;
        while (reader.TryRead(out var packet))
        {
            Oracle.SameBytes(input.Slice(offset, packet.Packet.Length), packet.Packet, "packet in place");
            Oracle.SameBytes(packet.Packet.Slice(4, packet.Body.Length), packet.Body, "body in place");
            offset += packet.Packet.Length;
            Reports(packet);
            Descriptions(packet);
            Feedback(packet);
        }

        Oracle.Same(offset == input.Length && offset > 0, reader.Error == RtcpError.None, "read to the end");
    }

    private void Reports(RtcpPacketView packet)
    {
        var blocks = new ReportBlock[31];
        if (SenderReport.TryParse(packet, out var sr))
        {
            for (var i = 0; i < sr.BlockCount; i++) blocks[i] = sr.GetBlock(i);
            var size = RtcpWriter.WriteSenderReport(
                _buffer, sr.Ssrc, sr.NtpTimestamp, sr.RtpTimestamp, sr.PacketCount, sr.OctetCount, blocks.AsSpan(0, sr.BlockCount));
            SameBody(packet, size);
        }

        if (ReceiverReport.TryParse(packet, out var rr))
        {
            for (var i = 0; i < rr.BlockCount; i++) blocks[i] = rr.GetBlock(i);
            SameBody(packet, RtcpWriter.WriteReceiverReport(_buffer, rr.Ssrc, blocks.AsSpan(0, rr.BlockCount)));
        }
    }

    private void Descriptions(RtcpPacketView packet)
    {
        if (SourceDescription.TryParse(packet, out var description) && description.TryGetCname(out var ssrc, out var cname))
        {
            Oracle.Holds(SourceDescription.TryParse(Written(RtcpWriter.WriteCname(_buffer, ssrc, cname)), out var again), "SDES again");
            Oracle.Holds(again.TryGetCname(ssrc, out var cnameAgain), "CNAME again");
            Oracle.SameBytes(cname, cnameAgain, "CNAME");
        }

        if (!Bye.TryParse(packet, out var bye)) return;
        var sources = new uint[bye.SourceCount];
        for (var i = 0; i < sources.Length; i++) sources[i] = bye.GetSource(i);
        Oracle.Holds(Bye.TryParse(Written(RtcpWriter.WriteBye(_buffer, sources, bye.Reason)), out var byeAgain), "BYE again");
        Oracle.Same(bye.SourceCount, byeAgain.SourceCount, "sources");
        Oracle.SameBytes(bye.Reason, byeAgain.Reason, "reason");
    }

    private void Feedback(RtcpPacketView packet)
    {
        if (PictureLossIndication.TryParse(packet, out var pli))
        {
            SameBody(packet, RtcpWriter.WritePli(_buffer, pli.SenderSsrc, pli.MediaSsrc));
        }

        if (GenericNack.TryParse(packet, out var nack)) Nack(nack);
        if (FullIntraRequest.TryParse(packet, out var fir))
        {
            var (target, number) = fir.Get(0);
            Oracle.Holds(
                FullIntraRequest.TryParse(Written(RtcpWriter.WriteFir(_buffer, fir.SenderSsrc, target, number)), out var again),
                "FIR again");
            Oracle.Same((target, number), again.Get(0), "FIR entry");
        }

        if (!ReceiverEstimatedMaxBitrate.TryParse(packet, out var remb)) return;
        var sources = new uint[remb.SsrcCount];
        for (var i = 0; i < sources.Length; i++) sources[i] = remb.GetSsrc(i);
        var written = Written(RtcpWriter.WriteRemb(_buffer, remb.SenderSsrc, remb.BitsPerSecond, sources));
        Oracle.Holds(ReceiverEstimatedMaxBitrate.TryParse(written, out var rembAgain), "REMB again");
        Oracle.Same(remb.BitsPerSecond, rembAgain.BitsPerSecond, "bitrate");
        Oracle.Same(remb.SsrcCount, rembAgain.SsrcCount, "sources");
    }

    private void Nack(GenericNack nack)
    {
        var lost = new ushort[nack.Count * GenericNack.SequenceNumbersPerEntry];
        var count = nack.CopySequenceNumbers(lost);
        var expected = 0;
        for (var i = 0; i < nack.Count; i++) expected += 1 + BitOperations.PopCount(nack.Get(i).Blp);
        Oracle.Same(expected, count, "sequence numbers");

        // The writer takes sorted numbers; those of one entry are.
        var first = lost.AsSpan(0, 1 + BitOperations.PopCount(nack.Get(0).Blp));
        var written = Written(RtcpWriter.WriteGenericNack(_buffer, nack.SenderSsrc, nack.MediaSsrc, first));
        Oracle.Holds(GenericNack.TryParse(written, out var again), "NACK again");
        Oracle.Same(1, again.Count, "entries");
        Oracle.Same(nack.Get(0), again.Get(0), "entry");
    }

    // A body may go on with what the type does not define, so the written one is its beginning.
    private void SameBody(RtcpPacketView packet, int size)
    {
        var body = Written(size).Body;
        Oracle.Holds(packet.Body.Length >= body.Length, "body is as long as what was read from it");
        Oracle.SameBytes(packet.Body[..body.Length], body, $"{packet.PacketType}");
    }

    private RtcpPacketView Written(int size)
    {
        var reader = new RtcpReader(_buffer.AsSpan(0, size));
        Oracle.Holds(reader.TryRead(out var packet), "written packet is read");
        Oracle.Same(size, packet.Packet.Length, "written size");
        return packet;
    }
}
