namespace LiveStream.Media.H264;

/// <summary>
/// Walks the NAL units of a byte stream (ITU-T H.264 annex B): units stand behind start codes <c>00 00 01</c>, with any
/// number of zero bytes before a start code. Total: bytes before the first start code are skipped, empty units are left out.
/// </summary>
public ref struct AnnexBReader(ReadOnlySpan<byte> stream)
{
    private ReadOnlySpan<byte> rest = SkipToUnit(stream);

    private static ReadOnlySpan<byte> StartCode => [0, 0, 1];

    /// <summary>Reads the next unit, without start code and trailing zero bytes.</summary>
    public bool TryRead(out ReadOnlySpan<byte> nal)
    {
        while (!rest.IsEmpty)
        {
            var end = rest.IndexOf(StartCode);
            nal = (end < 0 ? rest : rest[..end]).TrimEnd((byte)0);
            rest = end < 0 ? default : rest[(end + StartCode.Length)..];
            if (!nal.IsEmpty) return true;
        }

        nal = default;
        return false;
    }

    private static ReadOnlySpan<byte> SkipToUnit(ReadOnlySpan<byte> stream)
    {
        var start = stream.IndexOf(StartCode);
        return start < 0 ? default : stream[(start + StartCode.Length)..];
    }
}

/// <summary>Writes a byte stream (annex B).</summary>
public static class AnnexBWriter
{
    /// <summary>Bytes that <see cref="Write"/> puts before a unit.</summary>
    public const int StartCodeLength = 4;

    /// <summary>Writes a start code and the unit; returns the bytes written, 0 when they do not fit.</summary>
    public static int Write(Span<byte> destination, ReadOnlySpan<byte> nal)
    {
        if (destination.Length < StartCodeLength + nal.Length) return 0;

        destination[0] = destination[1] = destination[2] = 0;
        destination[3] = 1;
        nal.CopyTo(destination[StartCodeLength..]);
        return StartCodeLength + nal.Length;
    }
}
