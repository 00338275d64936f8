using System.Buffers.Binary;

namespace LiveStream.Sfu.Sctp;

/// <summary>Writes one packet: header, chunks, and at the end the checksum. The caller sees to it that chunks fit.</summary>
internal ref struct SctpPacketWriter
{
    /// <summary>Bytes of a DATA chunk before its payload (RFC 9260 §3.3.1).</summary>
    public const int DataHeaderSize = 16;

    private readonly Span<byte> _buffer;
    private int _length = SctpPacketView.HeaderSize;

    public SctpPacketWriter(Span<byte> buffer, ushort sourcePort, ushort destinationPort, uint verificationTag)
    {
        _buffer = buffer;
        BinaryPrimitives.WriteUInt16BigEndian(buffer, sourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(buffer[2..], destinationPort);
        BinaryPrimitives.WriteUInt32BigEndian(buffer[4..], verificationTag);
    }

    /// <summary>Whether no chunk was written.</summary>
    public readonly bool IsEmpty => _length == SctpPacketView.HeaderSize;

    /// <summary>Bytes that a chunk may still have.</summary>
    public readonly int Room => (_buffer.Length - _length) & ~3;

    /// <summary>Begins a chunk whose value has a known length, and returns the place for it.</summary>
    public Span<byte> Chunk(SctpChunkType type, byte flags, int valueLength) => Element((ushort)((byte)type << 8 | flags), valueLength);

    /// <summary>A chunk with this value.</summary>
    public void Chunk(SctpChunkType type, byte flags, ReadOnlySpan<byte> value) => value.CopyTo(Chunk(type, flags, value.Length));

    /// <summary>A DATA chunk.</summary>
    public void Data(SctpSendChunk chunk)
    {
        var value = Chunk(SctpChunkType.Data, chunk.Flags, DataHeaderSize - SctpElements.HeaderSize + chunk.Payload.Length);
        BinaryPrimitives.WriteUInt32BigEndian(value, chunk.Tsn);
        BinaryPrimitives.WriteUInt16BigEndian(value[4..], chunk.Stream);
        BinaryPrimitives.WriteUInt16BigEndian(value[6..], chunk.StreamSequenceNumber);
        BinaryPrimitives.WriteUInt32BigEndian(value[8..], chunk.PayloadProtocol);
        chunk.Payload.Span.CopyTo(value[12..]);
    }

    /// <summary>The packet, to be sent before the buffer is used again.</summary>
    public readonly ReadOnlySpan<byte> Finish()
    {
        var packet = _buffer[.._length];
        SctpChecksum.Write(packet);
        return packet;
    }

    /// <summary>Writes a parameter into a chunk's value; returns its length with padding.</summary>
    public static int Parameter(Span<byte> place, ushort type, ReadOnlySpan<byte> value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(place, type);
        BinaryPrimitives.WriteUInt16BigEndian(place[2..], (ushort)(SctpElements.HeaderSize + value.Length));
        value.CopyTo(place[SctpElements.HeaderSize..]);
        var padded = (value.Length + 3) & ~3;
        place.Slice(SctpElements.HeaderSize + value.Length, padded - value.Length).Clear();
        return SctpElements.HeaderSize + padded;
    }

    private Span<byte> Element(ushort head, int valueLength)
    {
        var place = _buffer[_length..];
        BinaryPrimitives.WriteUInt16BigEndian(place, head);
        BinaryPrimitives.WriteUInt16BigEndian(place[2..], (ushort)(SctpElements.HeaderSize + valueLength));
        var padded = (valueLength + 3) & ~3;
        place.Slice(SctpElements.HeaderSize + valueLength, padded - valueLength).Clear();
        _length += SctpElements.HeaderSize + padded;
        return place.Slice(SctpElements.HeaderSize, valueLength);
    }
}
