using LiveStream.Media;

namespace LiveStream.HlsPackager.Cmaf;

/// <summary><c>avc1</c> with <c>avcC</c> (ISO/IEC 14496-15 §5.3.3.1, §5.4.2.1): parameter sets live here and not in the samples.</summary>
internal static class AvcSampleEntry
{
    private const byte FourByteLengths = 0xFC | 3;
    private const byte OneSequenceParameterSet = 0xE0 | 1;

    public static void Write(BoxWriter writer, VideoParameters parameters)
    {
        var avc1 = writer.Begin("avc1"u8);
        writer.Zeros(6);
        writer.U16(1); // data_reference_index
        writer.Zeros(16);
        writer.U16((ushort)parameters.Width);
        writer.U16((ushort)parameters.Height);
        writer.U32(0x00480000); // 72 dpi
        writer.U32(0x00480000);
        writer.U32(0);
        writer.U16(1); // frame_count
        writer.Zeros(32); // compressorname
        writer.U16(0x0018); // depth
        writer.U16(0xFFFF); // pre_defined
        WriteConfiguration(writer, parameters);
        writer.End(avc1);
    }

    // aligned(8) class AVCDecoderConfigurationRecord: version, profile, compatibility, level, 6+2 bits lengthSizeMinusOne,
    // 3+5 bits SPS count, SPS, PPS count, PPS; High profiles add chroma format, bit depths and an SPS extension count.
    private static void WriteConfiguration(BoxWriter writer, VideoParameters parameters)
    {
        var sps = parameters.Sps.Span;
        var pps = parameters.Pps.Span;
        var box = writer.Begin("avcC"u8);
        writer.U8(1);
        writer.Bytes(sps.Slice(1, 3)); // profile_idc, constraint flags, level_idc follow the NAL header
        writer.U8(FourByteLengths);
        writer.U8(OneSequenceParameterSet);
        writer.U16((ushort)sps.Length);
        writer.Bytes(sps);
        writer.U8(1);
        writer.U16((ushort)pps.Length);
        writer.Bytes(pps);
        if (sps[1] is 100 or 110 or 122 or 144)
        {
            // WebRTC's H.264 profiles (RFC 7742, RFC 6184 §8.1) are 4:2:0 with 8 bits.
            writer.U8(0xFC | 1);
            writer.U8(0xF8);
            writer.U8(0xF8);
            writer.U8(0);
        }

        writer.End(box);
    }
}
