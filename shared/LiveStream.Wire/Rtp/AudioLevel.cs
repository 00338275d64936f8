namespace LiveStream.Wire.Rtp;

/// <summary>Client-to-mixer audio level (RFC 6464 §3).</summary>
/// <param name="Level">-dBov, 0 (loudest) to 127 (silence).</param>
/// <param name="Voice">The V flag: the sender believes that the packet holds speech.</param>
public readonly record struct AudioLevel(byte Level, bool Voice)
{
    /// <summary>Bytes of the element's data.</summary>
    public const int Size = 1;

    private const byte VoiceBit = 0x80, LevelMask = 0x7F;

    /// <summary>Reads the element's data; false when it is not 1 byte.</summary>
    public static bool TryParse(ReadOnlySpan<byte> value, out AudioLevel audioLevel)
    {
        audioLevel = default;
        if (value.Length != Size) return false;
        audioLevel = new AudioLevel((byte)(value[0] & LevelMask), (value[0] & VoiceBit) != 0);
        return true;
    }

    /// <summary>Writes the element's data and returns its 1 byte.</summary>
    public int Write(Span<byte> destination)
    {
        destination[0] = (byte)((Voice ? VoiceBit : 0) | (Level & LevelMask));
        return Size;
    }
}
