using System.Buffers.Binary;

namespace LiveStream.Wire.Rtp;

/// <summary>Transport-wide sequence number (draft-holmer-rmcat-transport-wide-cc-extensions-01 §2).</summary>
/// <param name="Value">Counts the packets of the whole transport, wrapping.</param>
public readonly record struct TransportSequenceNumber(ushort Value)
{
    /// <summary>Bytes of the element's data.</summary>
    public const int Size = 2;

    /// <summary>Reads the element's data; false when it is not 2 bytes.</summary>
    public static bool TryParse(ReadOnlySpan<byte> value, out TransportSequenceNumber sequenceNumber)
    {
        sequenceNumber = default;
        if (value.Length != Size) return false;
        sequenceNumber = new TransportSequenceNumber(BinaryPrimitives.ReadUInt16BigEndian(value));
        return true;
    }

    /// <summary>Writes the element's data and returns its 2 bytes.</summary>
    public int Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt16BigEndian(destination, Value);
        return Size;
    }
}
