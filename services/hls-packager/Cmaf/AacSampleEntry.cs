using LiveStream.Media;

namespace LiveStream.HlsPackager.Cmaf;

/// <summary><c>mp4a</c> with <c>esds</c> (ISO/IEC 14496-14 §5.6, descriptors of ISO/IEC 14496-1 §7.2.6).</summary>
internal static class AacSampleEntry
{
    private const byte EsDescriptor = 0x03, DecoderConfigDescriptor = 0x04, DecoderSpecificInfo = 0x05, SyncLayerConfig = 0x06;
    private const byte Mpeg4Audio = 0x40;
    private const byte AudioStream = 5 << 2 | 1; // streamType 5, upStream 0, reserved 1

    public static void Write(BoxWriter writer, AacParameters parameters)
    {
        var mp4a = writer.Begin("mp4a"u8);
        writer.Zeros(6);
        writer.U16(1); // data_reference_index
        writer.Zeros(8);
        writer.U16((ushort)parameters.Channels);
        writer.U16(16); // samplesize
        writer.U32(0);
        writer.U32((uint)parameters.SampleRate << 16);
        WriteElementaryStream(writer, parameters);
        writer.End(mp4a);
    }

    // Every descriptor is a tag, a length below 128, and its content.
    private static void WriteElementaryStream(BoxWriter writer, AacParameters parameters)
    {
        var specific = parameters.AudioSpecificConfig.Span;
        var decoderConfigLength = 13 + 2 + specific.Length;
        var box = writer.BeginFull("esds"u8, 0, 0);
        writer.U8(EsDescriptor);
        writer.U8((byte)(3 + 2 + decoderConfigLength + 2 + 1));
        writer.U16(0); // ES_ID: 0 in a file
        writer.U8(0);
        writer.U8(DecoderConfigDescriptor);
        writer.U8((byte)decoderConfigLength);
        writer.U8(Mpeg4Audio);
        writer.U8(AudioStream);
        writer.Zeros(3); // bufferSizeDB: unknown
        writer.U32(0); // maxBitrate: unknown
        writer.U32(0); // avgBitrate: variable
        writer.U8(DecoderSpecificInfo);
        writer.U8((byte)specific.Length);
        writer.Bytes(specific);
        writer.U8(SyncLayerConfig);
        writer.U8(1);
        writer.U8(2); // predefined for MP4 files
        writer.End(box);
    }
}
