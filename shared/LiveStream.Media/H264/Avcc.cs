using System.Buffers.Binary;

namespace LiveStream.Media.H264;

/// <summary>Walks NAL units behind 4-byte big-endian lengths (ISO/IEC 14496-15 §5.3.4.2). Total.</summary>
public ref struct AvccReader(ReadOnlySpan<byte> sample)
{
    private ReadOnlySpan<byte> rest = sample;

    /// <summary>True after the walk when the sample ended inside a length or a unit.</summary>
    public bool Truncated { get; private set; }

    /// <summary>Reads the next unit, which may be empty.</summary>
    public bool TryRead(out ReadOnlySpan<byte> nal)
    {
        nal = default;
        if (rest.IsEmpty || Truncated) return false;

        var length = rest.Length < AvccWriter.LengthSize ? uint.MaxValue : BinaryPrimitives.ReadUInt32BigEndian(rest);
        if (length > rest.Length - AvccWriter.LengthSize)
        {
            Truncated = true;
            return false;
        }

        nal = rest.Slice(AvccWriter.LengthSize, (int)length);
        rest = rest[(AvccWriter.LengthSize + (int)length)..];
        return true;
    }
}

/// <summary>Writes NAL units behind 4-byte lengths.</summary>
public static class AvccWriter
{
    /// <summary>Size of the length field.</summary>
    public const int LengthSize = 4;

    /// <summary>Writes the unit's length and the unit; returns the bytes written, 0 when they do not fit.</summary>
    public static int Write(Span<byte> destination, ReadOnlySpan<byte> nal)
    {
        if (destination.Length < LengthSize + nal.Length) return 0;

        BinaryPrimitives.WriteInt32BigEndian(destination, nal.Length);
        nal.CopyTo(destination[LengthSize..]);
        return LengthSize + nal.Length;
    }
}
