using System.Numerics;

namespace LiveStream.Wire.Rtcp;

/// <summary>
/// Packet status chunk of transport-wide feedback
/// (draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1.2 to §3.1.4).
/// </summary>
//  0                   1
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |0| S |       run length        |   run length chunk
// |1|0|       symbol list         |   status vector chunk, 14 symbols of one bit
// |1|1|       symbol list         |   status vector chunk, 7 symbols of two bits
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
internal readonly record struct StatusChunk(ushort Value)
{
    public const int NotReceived = 0, SmallDelta = 1, LargeDelta = 2, Reserved = 3;
    public const int MaxRunLength = 0x1FFF, OneBitSymbols = 14, TwoBitSymbols = 7;

    private const int VectorBit = 0x8000, TwoBitBit = 0x4000;

    private bool IsVector => (Value & VectorBit) != 0;

    private bool IsTwoBit => (Value & TwoBitBit) != 0;

    /// <summary>Symbols that the chunk holds, those past the status count included.</summary>
    public int Length => !IsVector ? Value & MaxRunLength : IsTwoBit ? TwoBitSymbols : OneBitSymbols;

    /// <summary>A chunk of one symbol repeated.</summary>
    public static StatusChunk Run(int symbol, int length) => new((ushort)(symbol << 13 | length));

    /// <summary>A chunk of up to 14 symbols of 0 or 1, the rest zero.</summary>
    public static StatusChunk OneBitVector(ReadOnlySpan<byte> symbols)
    {
        var value = VectorBit;
        for (var i = 0; i < symbols.Length; i++) value |= symbols[i] << (OneBitSymbols - 1 - i);
        return new StatusChunk((ushort)value);
    }

    /// <summary>A chunk of up to 7 symbols, the rest zero.</summary>
    public static StatusChunk TwoBitVector(ReadOnlySpan<byte> symbols)
    {
        var value = VectorBit | TwoBitBit;
        for (var i = 0; i < symbols.Length; i++) value |= symbols[i] << (2 * (TwoBitSymbols - 1 - i));
        return new StatusChunk((ushort)value);
    }

    /// <summary>Symbol <paramref name="index"/>, below <see cref="Length"/>.</summary>
    public int Symbol(int index) =>
        !IsVector ? Value >> 13 & 3
        : IsTwoBit ? Value >> (2 * (TwoBitSymbols - 1 - index)) & 3
        : Value >> (OneBitSymbols - 1 - index) & 1;

    /// <summary>Bytes of the deltas of the first <paramref name="count"/> symbols; -1 when one is reserved.</summary>
    public int DeltaBytes(int count)
    {
        if (!IsVector)
        {
            var symbol = Symbol(0);
            return count == 0 || symbol != Reserved ? symbol * count : -1;
        }

        if (!IsTwoBit) return BitOperations.PopCount((uint)(Value & 0x3FFF) >> (OneBitSymbols - count));

        // Symbols are their own delta size: 0, 1 or 2 bytes.
        var bytes = 0;
        for (var i = 0; i < count; i++)
        {
            var symbol = Symbol(i);
            if (symbol == Reserved) return -1;
            bytes += symbol;
        }

        return bytes;
    }
}
