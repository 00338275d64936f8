using System.Buffers.Binary;

namespace LiveStream.Wire.Rtcp;

public static partial class RtcpWriter
{
    private const int TransportFeedbackFixedSize = HeaderSize + TransportFeedback.FixedBodySize;

    /// <summary>
    /// Transport-wide feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1) on as many of the
    /// packets as fit.
    /// </summary>
    /// <param name="destination">Where to write.</param>
    /// <param name="senderSsrc">The receiver that reports.</param>
    /// <param name="mediaSsrc">A media source of the transport.</param>
    /// <param name="feedbackCount">One higher for each feedback, wrapping.</param>
    /// <param name="baseSequence">Sequence number of the first packet; its lower 16 bits are written.</param>
    /// <param name="arrivalMicroseconds">
    /// Arrival of packet <paramref name="baseSequence"/>+i at index i, on any steady clock; negative when it has
    /// not arrived.
    /// </param>
    /// <param name="consumed">
    /// How many packets are dealt with. It stops short of all when the destination is full, at 65535 packets,
    /// or before an arrival more than about 8 s from the one before, which no delta can say; the next feedback
    /// starts there.
    /// </param>
    /// <returns>Bytes written; 0 when nothing arrived (all are consumed) or nothing fits (none is).</returns>
    public static int WriteTransportFeedback(
        Span<byte> destination,
        uint senderSsrc,
        uint mediaSsrc,
        byte feedbackCount,
        long baseSequence,
        ReadOnlySpan<long> arrivalMicroseconds,
        out int consumed)
    {
        var first = 0;
        while (first < arrivalMicroseconds.Length && arrivalMicroseconds[first] < 0) first++;
        consumed = arrivalMicroseconds.Length;
        if (first == arrivalMicroseconds.Length) return 0;

        // Whole words only, so that the padding always fits.
        destination = destination[..(destination.Length & ~3)];
        // All arithmetic is in ticks, rounded once, so that deltas add up without drift. The reference lies at
        // or less than 64 ms before the first arrival, whose delta therefore is a small one.
        var reference = Ticks(arrivalMicroseconds[first]) / TransportFeedback.TicksPerReference;
        var referenceTicks = reference * TransportFeedback.TicksPerReference;

        var size = WriteChunks(destination, Reportable(arrivalMicroseconds, referenceTicks), referenceTicks, out consumed);
        if (consumed == 0) return 0;

        size = WriteDeltas(destination, size, arrivalMicroseconds[..consumed], referenceTicks);
        var padded = Padded(size);
        WriteFeedbackHeader(
            destination,
            RtcpType.TransportLayerFeedback,
            RtcpFeedbackFormat.TransportFeedback,
            padded,
            senderSsrc,
            mediaSsrc);
        BinaryPrimitives.WriteUInt16BigEndian(destination[12..], (ushort)baseSequence);
        BinaryPrimitives.WriteUInt16BigEndian(destination[14..], (ushort)consumed);
        BinaryPrimitives.WriteUInt32BigEndian(destination[16..], (uint)reference << 8 | feedbackCount);
        if (padded == size) return padded;

        // The P bit, not zeros alone, tells readers where the deltas end.
        destination[0] |= PaddingBit;
        destination[size..padded].Clear();
        destination[padded - 1] = (byte)(padded - size);
        return padded;
    }

    private static long Ticks(long microseconds) => microseconds / TransportFeedback.TickMicroseconds;

    private static int SymbolOf(long delta) => delta is >= 0 and <= byte.MaxValue ? StatusChunk.SmallDelta : StatusChunk.LargeDelta;

    /// <summary>The leading packets that one feedback can say: no delta beyond 16 bits, no count beyond 65535.</summary>
    private static ReadOnlySpan<long> Reportable(ReadOnlySpan<long> arrivals, long previous)
    {
        arrivals = arrivals[..Math.Min(arrivals.Length, ushort.MaxValue)];
        for (var i = 0; i < arrivals.Length; i++)
        {
            if (arrivals[i] < 0) continue;
            var ticks = Ticks(arrivals[i]);
            if (ticks - previous is < short.MinValue or > short.MaxValue) return arrivals[..i];
            previous = ticks;
        }

        return arrivals;
    }

    /// <summary>Writes chunks while they and their deltas fit.</summary>
    /// <returns>Where the deltas start.</returns>
    private static int WriteChunks(Span<byte> destination, ReadOnlySpan<long> arrivals, long previous, out int consumed)
    {
        Span<byte> window = stackalloc byte[StatusChunk.OneBitSymbols];
        var offset = TransportFeedbackFixedSize;
        var deltaBytes = 0;
        consumed = 0;
        while (consumed < arrivals.Length)
        {
            var rest = arrivals[consumed..];
            var chunk = Choose(rest, previous, window, out var symbols);
            var room = destination.Length - offset - TransportFeedback.ChunkSize - deltaBytes;
            if (room < 0) break;

            var wanted = symbols;
            var bytes = chunk.DeltaBytes(symbols);
            while (bytes > room) bytes -= chunk.Symbol(--symbols);
            if (symbols == 0) break;

            // The start of what one chunk says is always said by one chunk.
            if (symbols < wanted) chunk = Choose(rest[..symbols], previous, window, out _);

            BinaryPrimitives.WriteUInt16BigEndian(destination[offset..], chunk.Value);
            offset += TransportFeedback.ChunkSize;
            deltaBytes += bytes;
            consumed += symbols;
            if (symbols < wanted) break;
            previous = LastTicks(rest[..symbols], previous);
        }

        return offset;
    }

    /// <summary>The chunk that says most of the leading packets, and how many it says.</summary>
    private static StatusChunk Choose(ReadOnlySpan<long> arrivals, long previous, Span<byte> window, out int symbols)
    {
        var run = 0;
        var filled = 0;
        var allOneBit = true;
        for (var i = 0; i < arrivals.Length && i < StatusChunk.MaxRunLength; i++)
        {
            var symbol = StatusChunk.NotReceived;
            if (arrivals[i] >= 0)
            {
                var ticks = Ticks(arrivals[i]);
                symbol = SymbolOf(ticks - previous);
                previous = ticks;
            }

            if (i < window.Length)
            {
                window[i] = (byte)symbol;
                filled = i + 1;
                allOneBit &= symbol != StatusChunk.LargeDelta;
            }

            if (run == i && symbol == window[0]) run++;
            else if (i >= window.Length) break;
        }

        // A run pays when it says at least what the vector would.
        var vector = Math.Min(filled, allOneBit ? StatusChunk.OneBitSymbols : StatusChunk.TwoBitSymbols);
        symbols = Math.Max(run, vector);
        if (run >= vector) return StatusChunk.Run(window[0], run);
        return allOneBit ? StatusChunk.OneBitVector(window[..vector]) : StatusChunk.TwoBitVector(window[..vector]);
    }

    private static long LastTicks(ReadOnlySpan<long> arrivals, long previous)
    {
        var last = arrivals.Length - 1;
        while (last >= 0 && arrivals[last] < 0) last--;
        return last < 0 ? previous : Ticks(arrivals[last]);
    }

    private static int WriteDeltas(Span<byte> destination, int offset, ReadOnlySpan<long> arrivals, long previous)
    {
        foreach (var arrival in arrivals)
        {
            if (arrival < 0) continue;
            var delta = Ticks(arrival) - previous;
            previous += delta;
            if (SymbolOf(delta) == StatusChunk.SmallDelta)
            {
                destination[offset++] = (byte)delta;
            }
            else
            {
                BinaryPrimitives.WriteInt16BigEndian(destination[offset..], (short)delta);
                offset += 2;
            }
        }

        return offset;
    }
}
