using System.Buffers.Binary;
using LiveStream.Sfu.Router;
using LiveStream.Sfu.Tcp;
using LiveStream.Wire.Rtcp;

namespace LiveStream.Sfu.Export;

/// <summary>
/// Sends a room's tracks in the clear to a packager over one TCP connection (RFC 4571 frames): RTP with the export SSRC,
/// the publisher's sequence numbers and timestamps and no header extensions, and sender reports. Worker thread only.
/// </summary>
internal sealed class RtpExporter(string exportId, IReadOnlyCollection<string> fromRoles, FramedConnection connection)
    : RoomExport(exportId, fromRoles)
{
    private const int FixedHeader = 12, MaximumReport = 64;

    /// <summary>First frame of each connection: it tells the packager which export this is.</summary>
    public static string Greeting(string exportId) => $"LSEXPORT/1 {exportId}\n";

    public FramedConnection Connection { get; } = connection;

    public override object Carrier => Connection;

    public override void Export(IncomingStream stream, ReadOnlySpan<long> packets)
    {
        foreach (var sequenceNumber in packets)
        {
            ref var facts = ref stream.Cache.Facts(sequenceNumber);
            var length = FixedHeader + facts.PayloadLength;
            var frame = Connection.Reserve(length);
            if (frame.IsEmpty) continue;
            // Payload types are the publisher's; the packager knows them from the track's description.
            frame[0] = 0x80;
            frame[1] = (byte)((facts.Marker ? 0x80 : 0) | facts.PayloadType);
            BinaryPrimitives.WriteUInt16BigEndian(frame[2..], (ushort)sequenceNumber);
            BinaryPrimitives.WriteUInt32BigEndian(frame[4..], facts.Timestamp);
            BinaryPrimitives.WriteUInt32BigEndian(frame[8..], stream.ExportSsrc);
            stream.Cache.Payload(sequenceNumber)[..facts.PayloadLength].CopyTo(frame[FixedHeader..]);
            Connection.Commit(length);
        }
    }

    public override void ExportSenderReport(IncomingStream stream)
    {
        var frame = Connection.Reserve(MaximumReport);
        if (frame.IsEmpty) return;
        var statistics = stream.Statistics;
        var length = RtcpWriter.WriteSenderReport(frame, stream.ExportSsrc, statistics.SenderReportNtp, statistics.SenderReportRtp, (uint)statistics.PacketsReceived, 0, []);
        if (length > 0) Connection.Commit(length);
    }
}
