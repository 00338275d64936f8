using LiveStream.Media.H264;

namespace LiveStream.Media.Tests.H264;

/// <summary>The committed clip, cut into NAL units and RTP packets.</summary>
internal static class Clip
{
    public const int Pictures = 12, KeyFrameEvery = 6, TicksPerPicture = 3000;

    public static byte[] Bytes { get; } = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "H264", "data", "testsrc2-160x90-12.raw"));

    public static List<byte[]> Units()
    {
        var units = new List<byte[]>();
        var reader = new AnnexBReader(Bytes);
        while (reader.TryRead(out var nal)) units.Add(nal.ToArray());
        return units;
    }

    /// <summary>The packets as a browser sends them: parameter sets as STAP-A, slices whole or as FU-A, marker on the last.</summary>
    public static List<Packet> Packets(int maxPayload, long firstSequence = 65_530, uint firstTimestamp = uint.MaxValue - 10_000)
    {
        var packets = new List<Packet>();
        var timestamp = firstTimestamp;
        var sequence = firstSequence;
        var units = Units();
        var buffer = new byte[2000];
        for (var i = 0; i < units.Count; i++)
        {
            switch (NalUnit.TypeOf(units[i]))
            {
                case NalUnitType.SequenceParameterSet:
                    var size = RtpPacketizer.WriteStapA(buffer, units[i], units[i + 1]);
                    packets.Add(new Packet(sequence++, timestamp, false, buffer[..size]));
                    i++;
                    break;
                case NalUnitType.IdrSlice or NalUnitType.NonIdrSlice:
                    var packetizer = new RtpPacketizer(units[i], maxPayload);
                    while ((size = packetizer.WriteNext(buffer)) > 0) packets.Add(new Packet(sequence++, timestamp, false, buffer[..size]));
                    packets[^1] = packets[^1] with { Marker = true };
                    timestamp += TicksPerPicture;
                    break;
            }
        }

        return packets;
    }

    public static List<AssembledAccessUnit> Assemble(IEnumerable<Packet> packets) => Assemble(packets, new AccessUnitAssembler());

    public static List<AssembledAccessUnit> Assemble(IEnumerable<Packet> packets, AccessUnitAssembler assembler)
    {
        var units = new List<AssembledAccessUnit>();
        foreach (var packet in packets)
        {
            assembler.Push(packet.Sequence, packet.Timestamp, packet.Marker, packet.Payload);
            while (assembler.TryTake(out var unit)) units.Add(unit);
        }

        return units;
    }

    internal sealed record Packet(long Sequence, uint Timestamp, bool Marker, byte[] Payload);
}
