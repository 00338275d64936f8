namespace LiveStream.Media;

/// <summary>One AAC-LC access unit.</summary>
/// <param name="Time">Capture time of its first sample in 48 kHz ticks since the stream's epoch.</param>
/// <param name="Samples">Samples per channel: 1024.</param>
/// <param name="Data">Raw access unit, without ADTS header.</param>
public sealed record AacFrame(long Time, int Samples, ReadOnlyMemory<byte> Data);

/// <summary>What a decoder must know before the first AAC frame.</summary>
/// <param name="SampleRate">Samples per second.</param>
/// <param name="Channels">1 or 2.</param>
/// <param name="AudioSpecificConfig">ISO/IEC 14496-3 §1.6.2.1, as carried in <c>esds</c>.</param>
public sealed record AacParameters(int SampleRate, int Channels, ReadOnlyMemory<byte> AudioSpecificConfig)
{
    /// <summary>True when the configuration has the same bytes.</summary>
    public bool Equals(AacParameters? other) =>
        ReferenceEquals(this, other)
        || (other is not null && AudioSpecificConfig.Span.SequenceEqual(other.AudioSpecificConfig.Span));

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.AddBytes(AudioSpecificConfig.Span);
        return hash.ToHashCode();
    }
}
