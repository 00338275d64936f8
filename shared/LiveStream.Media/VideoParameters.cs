namespace LiveStream.Media;

/// <summary>
/// What a decoder must know before the first access unit of an H.264 stream. Equality is by the bytes of the parameter sets,
/// so that a publisher who repeats them with every key frame does not look like one who changes them.
/// </summary>
/// <param name="Width">Width in luma samples after cropping.</param>
/// <param name="Height">Height in luma samples after cropping.</param>
/// <param name="Codec">RFC 6381 name, for example <c>avc1.42E01F</c>.</param>
/// <param name="Sps">Sequence parameter set, one NAL unit with its header byte, without start code or length.</param>
/// <param name="Pps">Picture parameter set, in the same form.</param>
public sealed record VideoParameters(int Width, int Height, string Codec, ReadOnlyMemory<byte> Sps, ReadOnlyMemory<byte> Pps)
{
    /// <summary>True when both parameter sets have the same bytes.</summary>
    public bool Equals(VideoParameters? other) =>
        ReferenceEquals(this, other)
        || (other is not null && Sps.Span.SequenceEqual(other.Sps.Span) && Pps.Span.SequenceEqual(other.Pps.Span));

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.AddBytes(Sps.Span);
        hash.AddBytes(Pps.Span);
        return hash.ToHashCode();
    }
}
