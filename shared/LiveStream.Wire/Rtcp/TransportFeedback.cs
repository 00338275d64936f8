using System.Buffers.Binary;

namespace LiveStream.Wire.Rtcp;

/// <summary>One packet's entry in a transport-wide feedback.</summary>
/// <param name="SequenceNumber">Its transport-wide sequence number.</param>
/// <param name="Received">Whether it arrived.</param>
/// <param name="ArrivalTicks">Arrival after the reference time in units of 250 µs; for a lost packet that of the last received one.</param>
public readonly record struct PacketArrival(ushort SequenceNumber, bool Received, long ArrivalTicks);

/// <summary>
/// Transport-wide feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1), seen in place. Parsing
/// checks all of it, so enumerating cannot fail.
/// </summary>
//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |      base sequence number     |      packet status count      |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |                 reference time                | fb pkt. count |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |          packet chunk         |         packet chunk          |
// |         recv delta            |  recv delta   | zero padding  |
public readonly ref struct TransportFeedback
{
    internal const int FixedBodySize = 16, ChunkSize = 2;

    /// <summary>Microseconds of one tick of <see cref="PacketArrival.ArrivalTicks"/>.</summary>
    public const int TickMicroseconds = 250;

    /// <summary>Ticks of one unit of <see cref="ReferenceTime"/>: 64 ms.</summary>
    public const int TicksPerReference = 256;

    private readonly ReadOnlySpan<byte> _body;
    private readonly int _deltaOffset;

    private TransportFeedback(ReadOnlySpan<byte> body, int deltaOffset)
    {
        _body = body;
        _deltaOffset = deltaOffset;
    }

    /// <summary>
    /// Reads the packet; false when it is of another type, reports on no packet, holds too few chunks for its
    /// status count or too few deltas for its chunks, or uses the reserved status symbol.
    /// </summary>
    public static bool TryParse(RtcpPacketView packet, out TransportFeedback feedback)
    {
        feedback = default;
        if (!packet.IsFeedback(
            RtcpType.TransportLayerFeedback,
            RtcpFeedbackFormat.TransportFeedback,
            FixedBodySize + ChunkSize)) return false;

        var body = packet.Body;
        var left = (int)BinaryPrimitives.ReadUInt16BigEndian(body[10..]);
        if (left == 0) return false;

        var offset = FixedBodySize;
        var deltaBytes = 0;
        while (left > 0)
        {
            if (body.Length - offset < ChunkSize) return false;
            var chunk = new StatusChunk(BinaryPrimitives.ReadUInt16BigEndian(body[offset..]));
            var symbols = Math.Min(chunk.Length, left);
            var bytes = chunk.DeltaBytes(symbols);
            if (bytes < 0) return false;

            deltaBytes += bytes;
            left -= symbols;
            offset += ChunkSize;
        }

        if (body.Length - offset < deltaBytes) return false;
        feedback = new TransportFeedback(body, offset);
        return true;
    }

    /// <summary>The receiver that reports.</summary>
    public uint SenderSsrc => BinaryPrimitives.ReadUInt32BigEndian(_body);

    /// <summary>A media source of the transport; the feedback is for all of them.</summary>
    public uint MediaSsrc => BinaryPrimitives.ReadUInt32BigEndian(_body[4..]);

    /// <summary>Sequence number of the first packet reported on.</summary>
    public ushort BaseSequenceNumber => BinaryPrimitives.ReadUInt16BigEndian(_body[8..]);

    /// <summary>Number of packets reported on, at least 1.</summary>
    public int PacketStatusCount => BinaryPrimitives.ReadUInt16BigEndian(_body[10..]);

    /// <summary>Signed 24 bits in units of 64 ms on the receiver's own clock.</summary>
    public int ReferenceTime => BinaryPrimitives.ReadInt32BigEndian(_body[12..]) >> 8;

    /// <summary>Wrapping number of this feedback, which shows lost ones.</summary>
    public byte FeedbackPacketCount => _body[15];

    /// <summary>Walks the packets reported on, in sequence order, <see cref="PacketStatusCount"/> of them.</summary>
    public Enumerator GetEnumerator() => new(_body, _deltaOffset, BaseSequenceNumber, PacketStatusCount);

    /// <summary>Walks the packets reported on without allocating.</summary>
    public ref struct Enumerator
    {
        private readonly ReadOnlySpan<byte> _body;
        private int _chunkOffset;
        private int _deltaOffset;
        private int _left;
        private StatusChunk _chunk;
        private int _symbol;
        private ushort _sequenceNumber;
        private long _ticks;

        internal Enumerator(ReadOnlySpan<byte> body, int deltaOffset, ushort baseSequenceNumber, int count)
        {
            _body = body;
            _chunkOffset = FixedBodySize;
            _deltaOffset = deltaOffset;
            _sequenceNumber = baseSequenceNumber;
            _left = count;
        }

        /// <summary>The packet that <see cref="MoveNext"/> has read.</summary>
        public PacketArrival Current { get; private set; }

        /// <summary>Reads the next packet's entry; false at the end.</summary>
        public bool MoveNext()
        {
            if (_left == 0) return false;

            // A run of length zero says nothing and is passed over.
            while (_symbol >= _chunk.Length)
            {
                _chunk = new StatusChunk(BinaryPrimitives.ReadUInt16BigEndian(_body[_chunkOffset..]));
                _chunkOffset += ChunkSize;
                _symbol = 0;
            }

            var symbol = _chunk.Symbol(_symbol++);
            if (symbol == StatusChunk.SmallDelta)
            {
                _ticks += _body[_deltaOffset++];
            }
            else if (symbol == StatusChunk.LargeDelta)
            {
                _ticks += BinaryPrimitives.ReadInt16BigEndian(_body[_deltaOffset..]);
                _deltaOffset += 2;
            }

            Current = new PacketArrival(_sequenceNumber++, symbol != StatusChunk.NotReceived, _ticks);
            _left--;
            return true;
        }
    }
}
