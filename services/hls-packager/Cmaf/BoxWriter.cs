using System.Buffers.Binary;

namespace LiveStream.HlsPackager.Cmaf;

/// <summary>
/// Writes ISO base media boxes (ISO/IEC 14496-12 §4.2) into one growing array: a box is begun, filled and ended,
/// and its 32-bit size is put in when it ends. Used by one thread; <see cref="Reset"/> makes it ready for the next file.
/// </summary>
internal sealed class BoxWriter
{
    private byte[] buffer;

    public BoxWriter(int capacity = 2048) => buffer = new byte[capacity];

    /// <summary>Bytes written so far; also the position of the next byte.</summary>
    public int Length { get; private set; }

    /// <summary>What is written so far; valid until the next write.</summary>
    public ReadOnlySpan<byte> Written => buffer.AsSpan(0, Length);

    /// <summary>Starts over in the same array.</summary>
    public void Reset() => Length = 0;

    /// <summary>Begins a box; the result goes to <see cref="End"/>.</summary>
    public int Begin(ReadOnlySpan<byte> type)
    {
        var start = Length;
        U32(0);
        Bytes(type);
        return start;
    }

    /// <summary>Begins a FullBox: version and 24 bits of flags follow the type.</summary>
    public int BeginFull(ReadOnlySpan<byte> type, byte version, uint flags)
    {
        var start = Begin(type);
        U32((uint)version << 24 | flags);
        return start;
    }

    /// <summary>Ends the box that began at <paramref name="start"/>.</summary>
    public void End(int start) => PatchU32(start, (uint)(Length - start));

    /// <summary>Overwrites four bytes written earlier.</summary>
    public void PatchU32(int position, uint value) => BinaryPrimitives.WriteUInt32BigEndian(buffer.AsSpan(position, 4), value);

    public void U8(byte value) => Take(1)[0] = value;

    public void U16(ushort value) => BinaryPrimitives.WriteUInt16BigEndian(Take(2), value);

    public void U32(uint value) => BinaryPrimitives.WriteUInt32BigEndian(Take(4), value);

    public void U64(ulong value) => BinaryPrimitives.WriteUInt64BigEndian(Take(8), value);

    public void Bytes(ReadOnlySpan<byte> value) => value.CopyTo(Take(value.Length));

    public void Zeros(int count) => Take(count).Clear();

    private Span<byte> Take(int count)
    {
        if (buffer.Length - Length < count) Array.Resize(ref buffer, Math.Max(buffer.Length * 2, Length + count));
        var span = buffer.AsSpan(Length, count);
        Length += count;
        return span;
    }
}
