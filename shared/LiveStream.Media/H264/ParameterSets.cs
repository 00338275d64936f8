namespace LiveStream.Media.H264;

/// <summary>
/// The parameter sets that a stream has carried in band, by id, and what the latest key frame chose among them.
/// Encoders may list several sets and switch between them; a picture names its own.
/// </summary>
internal sealed class ParameterSets
{
    // Real sets have 10 to 100 bytes; one with every scaling list stays below 2 KiB.
    private const int MaxSize = 4096;

    private readonly byte[]?[] sequences = new byte[SequenceParameterSet.MaxId + 1][];
    private readonly byte[]?[] pictures = new byte[PictureParameterSetIds.MaxId + 1][];

    /// <summary>The sets of the latest key frame; the same instance until their bytes change.</summary>
    public VideoParameters? Active { get; private set; }

    /// <summary>Keeps a parameter set; anything else, and a set that does not parse, is ignored.</summary>
    public void Store(ReadOnlySpan<byte> nal)
    {
        if (nal.Length > MaxSize) return;

        if (SequenceParameterSet.TryParse(nal, out var sps) == H264Error.None) Keep(ref sequences[sps.Id], nal);
        else if (PictureParameterSetIds.TryParse(nal, out var pps) == H264Error.None) Keep(ref pictures[pps.Id], nal);
    }

    /// <summary>Makes the sets active that an IDR slice refers to; false when one of them has not been seen.</summary>
    public bool TryActivate(ReadOnlySpan<byte> idrSlice)
    {
        if (SliceHeader.TryParse(idrSlice, out var slice) != H264Error.None) return false;
        if (pictures[slice.PictureParameterSetId] is not { } pps) return false;
        if (PictureParameterSetIds.TryParse(pps, out var ids) != H264Error.None) return false;
        if (sequences[ids.SequenceParameterSetId] is not { } sps) return false;
        if (Active is { } active && active.Sps.Span.SequenceEqual(sps) && active.Pps.Span.SequenceEqual(pps)) return true;
        if (SequenceParameterSet.TryParse(sps, out var parsed) != H264Error.None) return false;

        Active = new VideoParameters(parsed.Width, parsed.Height, parsed.Codec, sps, pps);
        return true;
    }

    // A set that is repeated with every key frame keeps its array; a handed-out array is never written to.
    private static void Keep(ref byte[]? slot, ReadOnlySpan<byte> nal)
    {
        if (slot is null || !nal.SequenceEqual(slot)) slot = nal.ToArray();
    }
}
