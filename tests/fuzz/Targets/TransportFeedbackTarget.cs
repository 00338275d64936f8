using System.Buffers.Binary;
using LiveStream.Wire.Rtcp;

namespace LiveStream.Fuzz.Targets;

/// <summary>
/// Transport-wide feedback; the input is the body after the RTCP header. Compared with a reader that spells
/// every symbol out, then written from its arrivals and read again.
/// </summary>
public sealed class TransportFeedbackTarget : IFuzzTarget
{
    public string Name => "TransportFeedback";

    public void Run(ReadOnlySpan<byte> input)
    {
        if (input.Length > 60_000) return;
        var expected = Spell(input.ToArray());
        var reader = new RtcpReader(Wrap(input));
        Oracle.Holds(reader.TryRead(out var packet), "wrapped input is a packet");
        var taken = TransportFeedback.TryParse(packet, out var feedback);
        Oracle.Same(expected is not null, taken, "taken");
        if (!taken) return;

        var arrivals = new List<PacketArrival>();
        foreach (var arrival in feedback) arrivals.Add(arrival);
        Oracle.Same(expected!.Count, arrivals.Count, "count");
        for (var i = 0; i < arrivals.Count; i++) Oracle.Same(expected[i], arrivals[i], $"packet {i}");
        WriteAgain(feedback, arrivals);
    }

    private static void WriteAgain(TransportFeedback feedback, List<PacketArrival> arrivals)
    {
        // Deltas may lead before the reference; the writer's clock is never negative.
        const long Origin = 1L << 40;
        var microseconds = arrivals.Select(a => a.Received ? (Origin + a.ArrivalTicks) * 250 : -1).ToArray();
        var buffer = new byte[300_000];
        var size = RtcpWriter.WriteTransportFeedback(
            buffer, 1, 2, feedback.FeedbackPacketCount, feedback.BaseSequenceNumber, microseconds, out var consumed);
        Oracle.Same(arrivals.Count, consumed, "consumed");
        if (!arrivals.Exists(a => a.Received)) return;

        var reader = new RtcpReader(buffer.AsSpan(0, size));
        Oracle.Holds(reader.TryRead(out var packet), "written packet is read");
        Oracle.Same(size, packet.Packet.Length, "written size");
        Oracle.Holds(TransportFeedback.TryParse(packet, out var again), "feedback again");
        Oracle.Same(feedback.FeedbackPacketCount, again.FeedbackPacketCount, "feedback count");
        Oracle.Same(arrivals.Count, again.PacketStatusCount, "status count");

        long? shift = null;
        var i = 0;
        foreach (var arrival in again)
        {
            var before = arrivals[i++];
            Oracle.Same((before.SequenceNumber, before.Received), (arrival.SequenceNumber, arrival.Received), $"packet {i}");
            if (!arrival.Received) continue;
            shift ??= before.ArrivalTicks - arrival.ArrivalTicks;
            Oracle.Same(before.ArrivalTicks, arrival.ArrivalTicks + shift.Value, $"arrival {i}");
        }
    }

    // The P bit carries the input to a multiple of four.
    private static byte[] Wrap(ReadOnlySpan<byte> body)
    {
        var padding = 4 - body.Length % 4;
        var packet = new byte[4 + body.Length + padding];
        packet[0] = 0x80 | 0x20 | RtcpFeedbackFormat.TransportFeedback;
        packet[1] = (byte)RtcpType.TransportLayerFeedback;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)(packet.Length / 4 - 1));
        body.CopyTo(packet.AsSpan(4));
        packet[^1] = (byte)padding;
        return packet;
    }

    private static List<PacketArrival>? Spell(byte[] body)
    {
        if (body.Length < 18) return null;
        var count = 256 * body[10] + body[11];
        var symbols = new List<int>();
        var at = 16;
        while (symbols.Count < count)
        {
            if (at + 2 > body.Length) return null;
            var bits = Convert.ToString(256 * body[at] + body[at + 1], 2).PadLeft(16, '0');
            at += 2;
            if (bits[0] == '0') symbols.AddRange(Enumerable.Repeat(Convert.ToInt32(bits[1..3], 2), Convert.ToInt32(bits[3..], 2)));
            else if (bits[1] == '0') symbols.AddRange(bits[2..].Select(bit => bit - '0'));
            else symbols.AddRange(Enumerable.Range(0, 7).Select(i => Convert.ToInt32(bits[(2 + 2 * i)..(4 + 2 * i)], 2)));
        }

        var arrivals = new List<PacketArrival>();
        long ticks = 0;
        for (var i = 0; i < count; i++)
        {
            if (symbols[i] == 3 || at + symbols[i] > body.Length) return null;
            if (symbols[i] == 1) ticks += body[at];
            if (symbols[i] == 2) ticks += (short)(256 * body[at] + body[at + 1]);
            at += symbols[i];
            arrivals.Add(new PacketArrival((ushort)(256 * body[8] + body[9] + i), symbols[i] > 0, ticks));
        }

        return count == 0 ? null : arrivals;
    }
}
