namespace LiveStream.Media.Aac;

/// <summary>Decoder configuration of AAC (ISO/IEC 14496-3 §1.6.2.1).</summary>
public static class AudioSpecificConfig
{
    /// <summary>Audio object type of AAC-LC.</summary>
    public const int LowComplexity = 2;

    private static ReadOnlySpan<int> Frequencies =>
        [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350];

    /// <summary>Sampling frequency of an index (table 1.16); false for the reserved ones.</summary>
    public static bool TryGetFrequency(int index, out int frequency)
    {
        frequency = (uint)index < (uint)Frequencies.Length ? Frequencies[index] : 0;
        return frequency != 0;
    }

    /// <summary>
    /// The two bytes <c>audioObjectType(5) samplingFrequencyIndex(4) channelConfiguration(4)</c> and a GASpecificConfig of
    /// zeros (1024-sample frames).
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The rate has no index, or the channels are not 1 to 7.</exception>
    public static byte[] Create(int objectType, int sampleRate, int channels)
    {
        var index = Frequencies.IndexOf(sampleRate);
        ArgumentOutOfRangeException.ThrowIfNegative(index, nameof(sampleRate));
        ArgumentOutOfRangeException.ThrowIfNotEqual(channels is >= 1 and <= 7, true, nameof(channels));

        var bits = (objectType << 11) | (index << 7) | (channels << 3);
        return [(byte)(bits >> 8), (byte)bits];
    }
}
