namespace LiveStream.Media.Opus;

/// <summary>Opus packets that decode to silence: CELT full band, mono, with a payload that only carries the silence flag.</summary>
public static class SilentOpus
{
    /// <summary>Samples at 48 kHz of the shortest packet (2.5 ms); every fill is a multiple of it.</summary>
    public const int Granularity = 120;

    private const int Longest = 960;

    /// <summary>The longest silent packet that is no longer than <paramref name="samples"/>; empty below 2.5 ms.</summary>
    public static ReadOnlySpan<byte> UpTo(long samples, out int packetSamples)
    {
        packetSamples = Longest;
        while (packetSamples > samples && packetSamples >= Granularity) packetSamples /= 2;

        // Configurations 28 to 31 are CELT full band with 2.5, 5, 10 and 20 ms (RFC 6716 table 2).
        switch (packetSamples)
        {
            case 960: return [0xF8, 0xFF, 0xFE];
            case 480: return [0xF0, 0xFF, 0xFE];
            case 240: return [0xE8, 0xFF, 0xFE];
            case 120: return [0xE0, 0xFF, 0xFE];
            default:
                packetSamples = 0;
                return default;
        }
    }
}
