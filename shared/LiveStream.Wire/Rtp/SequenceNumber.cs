namespace LiveStream.Wire.Rtp;

/// <summary>16-bit sequence number that wraps (RFC 3550 §5.1, compared as in RFC 1982).</summary>
/// <param name="Value">The number on the wire.</param>
public readonly record struct SequenceNumber(ushort Value)
{
    /// <summary>Whether this number is at most half the number space ahead of <paramref name="other"/>.</summary>
    public bool IsNewerThan(SequenceNumber other) => Value != other.Value && (ushort)(Value - other.Value) < 0x8000;

    /// <summary>Steps from this number to <paramref name="other"/> by the shorter way, -32768 to 32767.</summary>
    public int DistanceTo(SequenceNumber other) => (short)(other.Value - Value);

    /// <summary>The number after this one.</summary>
    public SequenceNumber Next() => new((ushort)(Value + 1));
}
