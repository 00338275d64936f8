namespace LiveStream.Benchmarks.Load;

/// <summary>
/// Payload bytes: real RTP payload headers (RFC 6184 FU-A and STAP-A, RFC 7587 TOC) in front of noise that carries a
/// <see cref="PacketStamp"/>, so that a server which looks for key frames finds them.
/// </summary>
internal static class MediaPayload
{
    /// <summary>Where the stamp stands.</summary>
    public const int StampOffset = 3;

    private const byte StapA = 0x78, FuA = 0x7C; // NRI 3
    private const byte FuStart = 0x80, FuEnd = 0x40, NonIdr = 1, Idr = 5;
    private const byte PSliceStart = 0x9A, ISliceStart = 0x88; // first_mb 0, slice_type 5 and 7, parameter set 0
    private const byte OpusCelt20Ms = 0xF8;

    // 1280x720, constrained baseline 3.1.
    private static ReadOnlySpan<byte> SequenceParameterSet => [0x67, 0x42, 0xE0, 0x1F, 0xDA, 0x01, 0x40, 0x16, 0xE4];

    private static ReadOnlySpan<byte> PictureParameterSet => [0x68, 0xCE, 0x38, 0x80];

    private static readonly byte[] Noise = MakeNoise();

    /// <summary>Writes the payload of a packet; returns its size.</summary>
    public static int Write(Span<byte> destination, in MediaPacket packet, PacketStamp stamp)
    {
        if (packet.Kind == MediaPacketKind.ParameterSets) return WriteParameterSets(destination);
        Noise.AsSpan(0, packet.Size).CopyTo(destination);
        switch (packet.Kind)
        {
            case MediaPacketKind.Audio:
                destination[0] = OpusCelt20Ms;
                break;
            default:
                destination[0] = FuA;
                destination[1] = FuHeader(packet.Kind);
                destination[2] = packet.Kind == MediaPacketKind.KeyFrameStart ? ISliceStart : PSliceStart;
                break;
        }
        stamp.Write(destination[StampOffset..]);
        return packet.Size;
    }

    private static byte FuHeader(MediaPacketKind kind) => kind switch
    {
        MediaPacketKind.KeyFrameStart => FuStart | Idr,
        MediaPacketKind.KeyFrameMiddle => Idr,
        MediaPacketKind.KeyFrameEnd => FuEnd | Idr,
        MediaPacketKind.FrameStart => FuStart | NonIdr,
        MediaPacketKind.FrameEnd => FuEnd | NonIdr,
        _ => NonIdr,
    };

    private static int WriteParameterSets(Span<byte> destination)
    {
        destination[0] = StapA;
        var offset = 1 + Append(destination[1..], SequenceParameterSet);
        return offset + Append(destination[offset..], PictureParameterSet);
    }

    private static int Append(Span<byte> destination, ReadOnlySpan<byte> unit)
    {
        destination[0] = 0;
        destination[1] = (byte)unit.Length;
        unit.CopyTo(destination[2..]);
        return 2 + unit.Length;
    }

    private static byte[] MakeNoise()
    {
        var noise = new byte[1500];
        new Random(6184).NextBytes(noise);
        return noise;
    }
}
