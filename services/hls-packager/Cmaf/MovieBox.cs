namespace LiveStream.HlsPackager.Cmaf;

/// <summary>
/// <c>moov</c> with one track and no samples (ISO/IEC 14496-12 §8.2): the samples come in fragments,
/// so every table is empty and every duration is zero.
/// </summary>
internal static class MovieBox
{
    /// <summary>Each file carries one track; its id is the same everywhere.</summary>
    public const uint TrackId = 1;

    private const uint TrackEnabledInMovieAndPreview = 0x7;
    private const uint MediaDataInSameFile = 0x1;
    private const ushort UndeterminedLanguage = 0x55C4; // "und", three 5-bit letters

    private static ReadOnlySpan<byte> UnityMatrix =>
    [
        0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0x40, 0, 0, 0,
    ];

    /// <summary>Writes the whole box; <paramref name="sampleEntry"/> writes the one entry of <c>stsd</c>.</summary>
    public static void Write(BoxWriter writer, bool video, uint timescale, int width, int height, Action<BoxWriter> sampleEntry)
    {
        var moov = writer.Begin("moov"u8);
        WriteMovieHeader(writer, timescale);

        var trak = writer.Begin("trak"u8);
        WriteTrackHeader(writer, video, width, height);
        var mdia = writer.Begin("mdia"u8);
        WriteMediaHeader(writer, timescale);
        WriteHandler(writer, video);
        WriteMediaInformation(writer, video, sampleEntry);
        writer.End(mdia);
        writer.End(trak);

        var mvex = writer.Begin("mvex"u8);
        var trex = writer.BeginFull("trex"u8, 0, 0);
        writer.U32(TrackId);
        writer.U32(1); // default_sample_description_index
        writer.Zeros(12); // default duration, size and flags: each fragment gives its own
        writer.End(trex);
        writer.End(mvex);
        writer.End(moov);
    }

    private static void WriteMovieHeader(BoxWriter writer, uint timescale)
    {
        var box = writer.BeginFull("mvhd"u8, 0, 0);
        writer.Zeros(8); // creation and modification time
        writer.U32(timescale);
        writer.U32(0); // duration
        writer.U32(0x00010000); // rate 1.0
        writer.U16(0x0100); // volume 1.0
        writer.Zeros(10);
        writer.Bytes(UnityMatrix);
        writer.Zeros(24);
        writer.U32(TrackId + 1); // next_track_ID
        writer.End(box);
    }

    private static void WriteTrackHeader(BoxWriter writer, bool video, int width, int height)
    {
        var box = writer.BeginFull("tkhd"u8, 0, TrackEnabledInMovieAndPreview);
        writer.Zeros(8);
        writer.U32(TrackId);
        writer.Zeros(4 + 4 + 8); // reserved, duration, reserved
        writer.U16(0); // layer
        writer.U16(0); // alternate_group
        writer.U16(video ? (ushort)0 : (ushort)0x0100);
        writer.U16(0);
        writer.Bytes(UnityMatrix);
        writer.U32((uint)width << 16); // 16.16 fixed point
        writer.U32((uint)height << 16);
        writer.End(box);
    }

    private static void WriteMediaHeader(BoxWriter writer, uint timescale)
    {
        var box = writer.BeginFull("mdhd"u8, 0, 0);
        writer.Zeros(8);
        writer.U32(timescale);
        writer.U32(0);
        writer.U16(UndeterminedLanguage);
        writer.U16(0);
        writer.End(box);
    }

    private static void WriteHandler(BoxWriter writer, bool video)
    {
        var box = writer.BeginFull("hdlr"u8, 0, 0);
        writer.U32(0);
        writer.Bytes(video ? "vide"u8 : "soun"u8);
        writer.Zeros(12);
        writer.Bytes(video ? "VideoHandler\0"u8 : "SoundHandler\0"u8);
        writer.End(box);
    }

    private static void WriteMediaInformation(BoxWriter writer, bool video, Action<BoxWriter> sampleEntry)
    {
        var minf = writer.Begin("minf"u8);
        var header = video ? writer.BeginFull("vmhd"u8, 0, 1) : writer.BeginFull("smhd"u8, 0, 0);
        writer.Zeros(video ? 8 : 4);
        writer.End(header);

        var dinf = writer.Begin("dinf"u8);
        var dref = writer.BeginFull("dref"u8, 0, 0);
        writer.U32(1);
        writer.End(writer.BeginFull("url "u8, 0, MediaDataInSameFile));
        writer.End(dref);
        writer.End(dinf);

        var stbl = writer.Begin("stbl"u8);
        var stsd = writer.BeginFull("stsd"u8, 0, 0);
        writer.U32(1);
        sampleEntry(writer);
        writer.End(stsd);
        WriteEmptyTable(writer, "stts"u8, 4);
        WriteEmptyTable(writer, "stsc"u8, 4);
        WriteEmptyTable(writer, "stsz"u8, 8);
        WriteEmptyTable(writer, "stco"u8, 4);
        writer.End(stbl);
        writer.End(minf);
    }

    private static void WriteEmptyTable(BoxWriter writer, ReadOnlySpan<byte> type, int size)
    {
        var box = writer.BeginFull(type, 0, 0);
        writer.Zeros(size);
        writer.End(box);
    }
}
