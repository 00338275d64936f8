namespace LiveStream.HlsPackager.Cmaf;

/// <summary>Brands of init segments and of media segments (ISO/IEC 14496-12 §4.3, §8.16.2; CMAF ISO/IEC 23000-19 §7.2).</summary>
internal static class FileTypeBox
{
    /// <summary><c>ftyp</c> of a CMAF track's header.</summary>
    public static void Write(BoxWriter writer)
    {
        var box = writer.Begin("ftyp"u8);
        writer.Bytes("iso6"u8);
        writer.U32(0);
        writer.Bytes("iso6cmfcmp41"u8);
        writer.End(box);
    }

    /// <summary><c>styp</c> in front of the first chunk of a segment.</summary>
    public static void WriteSegmentType(BoxWriter writer)
    {
        var box = writer.Begin("styp"u8);
        writer.Bytes("msdh"u8);
        writer.U32(0);
        writer.Bytes("msdhcmfsiso6"u8);
        writer.End(box);
    }
}
