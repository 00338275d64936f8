namespace LiveStream.Media.H264;

/// <summary>Why a parameter set or slice header was refused.</summary>
public enum H264Error : byte
{
    None,
    /// <summary>The NAL unit is of another type, or empty.</summary>
    WrongType,
    /// <summary>The bits end before the fields that must be there.</summary>
    Truncated,
    /// <summary>A field lies outside the range that the specification gives it.</summary>
    OutOfRange,
}

/// <summary>The fields of a sequence parameter set (ITU-T H.264 §7.3.2.1.1) up to the picture size.</summary>
/// <param name="ProfileIdc"><c>profile_idc</c>.</param>
/// <param name="ConstraintFlags"><c>constraint_set0_flag</c> (most significant) to <c>reserved_zero_2bits</c>.</param>
/// <param name="LevelIdc"><c>level_idc</c>.</param>
/// <param name="Id"><c>seq_parameter_set_id</c>, 0 to 31.</param>
/// <param name="FrameNumberBits"><c>log2_max_frame_num_minus4 + 4</c>.</param>
/// <param name="Width">Luma samples after cropping.</param>
/// <param name="Height">Luma samples after cropping.</param>
public readonly record struct SequenceParameterSet(
    byte ProfileIdc, byte ConstraintFlags, byte LevelIdc, int Id, int FrameNumberBits, int Width, int Height)
{
    /// <summary>Largest id (§7.4.2.1.1).</summary>
    public const int MaxId = 31;

    // Level 6.2 allows 139 264 macroblocks; a side is at most sqrt(8 x that) = 1055 macroblocks (§A.3.1).
    private const uint MaxSideInMacroblocks = 1055;
    private const int MaxReferenceFramesInCycle = 255;

    /// <summary>RFC 6381 §3.3 name: <c>avc1.</c>, then profile, constraints and level in hex.</summary>
    public string Codec => $"avc1.{ProfileIdc:X2}{ConstraintFlags:X2}{LevelIdc:X2}";

    /// <summary>Parses a NAL unit of type 7, header byte included.</summary>
    public static H264Error TryParse(ReadOnlySpan<byte> nal, out SequenceParameterSet sps)
    {
        sps = default;
        if (NalUnit.TypeOf(nal) != NalUnitType.SequenceParameterSet) return H264Error.WrongType;

        var bits = new RbspReader(nal[1..]);
        var profile = (byte)bits.ReadBits(8);
        var constraints = (byte)bits.ReadBits(8);
        var level = (byte)bits.ReadBits(8);
        var id = bits.ReadUnsignedExpGolomb();
        if (!bits.Failed && id > MaxId) return H264Error.OutOfRange;

        var chroma = ChromaFormat.Yuv420;
        if (HasChromaFields(profile) && !TryReadChroma(ref bits, out chroma)) return Reason(bits);

        var frameNumberBits = bits.ReadUnsignedExpGolomb();
        if (frameNumberBits > 12) return H264Error.OutOfRange;

        if (!TrySkipPictureOrderCount(ref bits)) return Reason(bits);

        bits.ReadUnsignedExpGolomb(); // max_num_ref_frames
        bits.ReadFlag(); // gaps_in_frame_num_value_allowed_flag
        var widthInMacroblocks = bits.ReadUnsignedExpGolomb() + 1;
        var heightInMapUnits = bits.ReadUnsignedExpGolomb() + 1;
        var frameMacroblocksOnly = bits.ReadFlag();
        if (!frameMacroblocksOnly) bits.ReadFlag(); // mb_adaptive_frame_field_flag
        bits.ReadFlag(); // direct_8x8_inference_flag
        var crop = bits.ReadFlag() ? ReadCrop(ref bits) : default;
        if (bits.Failed) return H264Error.Truncated;
        if (widthInMacroblocks > MaxSideInMacroblocks || heightInMapUnits > MaxSideInMacroblocks) return H264Error.OutOfRange;

        var fieldFactor = frameMacroblocksOnly ? 1 : 2;
        var width = (16L * widthInMacroblocks) - (chroma.CropUnitX * ((long)crop.Left + crop.Right));
        var height = (16L * heightInMapUnits * fieldFactor) - (chroma.CropUnitY * fieldFactor * ((long)crop.Top + crop.Bottom));
        if (width <= 0 || height <= 0) return H264Error.OutOfRange;

        sps = new SequenceParameterSet(profile, constraints, level, (int)id, (int)frameNumberBits + 4, (int)width, (int)height);
        return H264Error.None;
    }

    private static H264Error Reason(in RbspReader bits) => bits.Failed ? H264Error.Truncated : H264Error.OutOfRange;

    // §7.3.2.1.1: the profiles whose parameter sets carry chroma_format_idc.
    private static bool HasChromaFields(byte profile) =>
        profile is 100 or 110 or 122 or 244 or 44 or 83 or 86 or 118 or 128 or 138 or 139 or 134 or 135;

    private static bool TryReadChroma(ref RbspReader bits, out ChromaFormat chroma)
    {
        var format = bits.ReadUnsignedExpGolomb();
        if (format == 3) bits.ReadFlag(); // separate_colour_plane_flag
        chroma = ChromaFormat.Of(format);
        var lumaDepth = bits.ReadUnsignedExpGolomb();
        var chromaDepth = bits.ReadUnsignedExpGolomb();
        bits.ReadFlag(); // qpprime_y_zero_transform_bypass_flag
        if (format > 3 || lumaDepth > 6 || chromaDepth > 6) return false;

        if (!bits.ReadFlag()) return !bits.Failed; // seq_scaling_matrix_present_flag

        var lists = format == 3 ? 12 : 8;
        for (var i = 0; i < lists; i++)
        {
            if (bits.ReadFlag()) SkipScalingList(ref bits, i < 6 ? 16 : 64);
        }

        return !bits.Failed;
    }

    // §7.3.2.1.1.1
    private static void SkipScalingList(ref RbspReader bits, int size)
    {
        int last = 8, next = 8;
        for (var i = 0; i < size && next != 0 && !bits.Failed; i++)
        {
            next = (last + bits.ReadSignedExpGolomb()) & 0xFF;
            if (next != 0) last = next;
        }
    }

    private static bool TrySkipPictureOrderCount(ref RbspReader bits)
    {
        switch (bits.ReadUnsignedExpGolomb())
        {
            case 0:
                return bits.ReadUnsignedExpGolomb() <= 12 && !bits.Failed; // log2_max_pic_order_cnt_lsb_minus4
            case 1:
                bits.ReadFlag(); // delta_pic_order_always_zero_flag
                bits.ReadSignedExpGolomb(); // offset_for_non_ref_pic
                bits.ReadSignedExpGolomb(); // offset_for_top_to_bottom_field
                var cycle = bits.ReadUnsignedExpGolomb();
                if (cycle > MaxReferenceFramesInCycle) return false;
                for (var i = 0; i < cycle && !bits.Failed; i++) bits.ReadSignedExpGolomb();
                return !bits.Failed;
            case 2:
                return !bits.Failed;
            default:
                return false;
        }
    }

    private static (uint Left, uint Right, uint Top, uint Bottom) ReadCrop(ref RbspReader bits) =>
        (bits.ReadUnsignedExpGolomb(), bits.ReadUnsignedExpGolomb(), bits.ReadUnsignedExpGolomb(), bits.ReadUnsignedExpGolomb());

    // Crop units of formulas 7-19 to 7-22, before the field factor.
    private readonly record struct ChromaFormat(int CropUnitX, int CropUnitY)
    {
        public static ChromaFormat Yuv420 => new(2, 2);

        public static ChromaFormat Of(uint format) => format switch
        {
            1 => Yuv420,
            2 => new(2, 1),
            _ => new(1, 1),
        };
    }
}
