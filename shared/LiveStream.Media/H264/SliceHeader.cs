namespace LiveStream.Media.H264;

/// <summary>The first fields of a slice header (ITU-T H.264 §7.3.3), enough to find the parameter sets of a picture.</summary>
/// <param name="FirstMacroblock"><c>first_mb_in_slice</c>; 0 starts a picture.</param>
/// <param name="PictureParameterSetId"><c>pic_parameter_set_id</c>, 0 to 255.</param>
public readonly record struct SliceHeader(uint FirstMacroblock, int PictureParameterSetId)
{
    /// <summary>Parses the beginning of a slice NAL unit (types 1, 2 and 5), header byte included.</summary>
    public static H264Error TryParse(ReadOnlySpan<byte> nal, out SliceHeader header)
    {
        header = default;
        if (NalUnit.TypeOf(nal) is not (NalUnitType.NonIdrSlice or NalUnitType.DataPartitionA or NalUnitType.IdrSlice))
        {
            return H264Error.WrongType;
        }

        var bits = new RbspReader(nal[1..]);
        var first = bits.ReadUnsignedExpGolomb();
        bits.ReadUnsignedExpGolomb(); // slice_type
        var id = bits.ReadUnsignedExpGolomb();
        if (bits.Failed) return H264Error.Truncated;
        if (id > PictureParameterSetIds.MaxId) return H264Error.OutOfRange;

        header = new SliceHeader(first, (int)id);
        return H264Error.None;
    }
}

/// <summary>The two ids that begin a picture parameter set (§7.3.2.2).</summary>
/// <param name="Id"><c>pic_parameter_set_id</c>, 0 to 255.</param>
/// <param name="SequenceParameterSetId"><c>seq_parameter_set_id</c>, 0 to 31.</param>
public readonly record struct PictureParameterSetIds(int Id, int SequenceParameterSetId)
{
    /// <summary>Largest id (§7.4.2.2).</summary>
    public const int MaxId = 255;

    /// <summary>Parses the beginning of a NAL unit of type 8, header byte included.</summary>
    public static H264Error TryParse(ReadOnlySpan<byte> nal, out PictureParameterSetIds ids)
    {
        ids = default;
        if (NalUnit.TypeOf(nal) != NalUnitType.PictureParameterSet) return H264Error.WrongType;

        var bits = new RbspReader(nal[1..]);
        var id = bits.ReadUnsignedExpGolomb();
        var sequence = bits.ReadUnsignedExpGolomb();
        if (bits.Failed) return H264Error.Truncated;
        if (id > MaxId || sequence > SequenceParameterSet.MaxId) return H264Error.OutOfRange;

        ids = new PictureParameterSetIds((int)id, (int)sequence);
        return H264Error.None;
    }
}
