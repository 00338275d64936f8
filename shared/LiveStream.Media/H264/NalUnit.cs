namespace LiveStream.Media.H264;

/// <summary>NAL unit types of ITU-T H.264 table 7-1 and of the RTP payload (RFC 6184 §5.2).</summary>
public enum NalUnitType : byte
{
    Unspecified = 0,
    NonIdrSlice = 1,
    DataPartitionA = 2,
    DataPartitionB = 3,
    DataPartitionC = 4,
    IdrSlice = 5,
    SupplementalEnhancementInformation = 6,
    SequenceParameterSet = 7,
    PictureParameterSet = 8,
    AccessUnitDelimiter = 9,
    EndOfSequence = 10,
    EndOfStream = 11,
    FillerData = 12,
    StapA = 24,
    StapB = 25,
    Mtap16 = 26,
    Mtap24 = 27,
    FuA = 28,
    FuB = 29,
}

/// <summary>The first byte of a NAL unit: <c>forbidden_zero_bit(1) nal_ref_idc(2) nal_unit_type(5)</c>.</summary>
public static class NalUnit
{
    /// <summary>Mask of <c>nal_unit_type</c>.</summary>
    public const byte TypeMask = 0x1F;

    /// <summary>Mask of <c>forbidden_zero_bit</c> and <c>nal_ref_idc</c>, as a fragment's indicator carries them.</summary>
    public const byte ReferenceMask = 0xE0;

    /// <summary>The type of a NAL unit; <see cref="NalUnitType.Unspecified"/> when it is empty.</summary>
    public static NalUnitType TypeOf(ReadOnlySpan<byte> nal) =>
        nal.IsEmpty ? NalUnitType.Unspecified : (NalUnitType)(nal[0] & TypeMask);

    /// <summary>True for a coded slice, whatever its kind.</summary>
    public static bool IsSlice(NalUnitType type) => type is >= NalUnitType.NonIdrSlice and <= NalUnitType.IdrSlice;

    /// <summary>True for what a sample of an <c>avc1</c> track carries: slices, and SEI that is not mere filler.</summary>
    public static bool BelongsInSample(ReadOnlySpan<byte> nal)
    {
        const byte FillerPayload = 3;
        return TypeOf(nal) switch
        {
            >= NalUnitType.NonIdrSlice and <= NalUnitType.IdrSlice => nal.Length > 1,
            NalUnitType.SupplementalEnhancementInformation => nal.Length > 1 && nal[1] != FillerPayload,
            _ => false,
        };
    }
}
