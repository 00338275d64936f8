namespace LiveStream.Media.Aac;

/// <summary>Why an ADTS header was refused.</summary>
public enum AdtsError : byte
{
    None,
    /// <summary>More bytes are needed to see the header.</summary>
    TooShort,
    /// <summary>The bytes do not begin with the sync word and layer 0.</summary>
    NoSync,
    /// <summary>A reserved sampling frequency, or a frame shorter than its header.</summary>
    OutOfRange,
    /// <summary>More than one raw data block in the frame.</summary>
    Unsupported,
}

/// <summary>Header of an ADTS frame (ISO/IEC 13818-7 §6.2, 14496-3 §1.A.2).</summary>
/// <param name="ObjectType">Audio object type: 2 is AAC-LC.</param>
/// <param name="SampleRate">Samples per second.</param>
/// <param name="ChannelConfiguration">0 to 7; 1 and 2 are mono and stereo.</param>
/// <param name="HeaderLength">7, or 9 with a CRC.</param>
/// <param name="FrameLength">Header and payload in bytes.</param>
public readonly record struct AdtsHeader(int ObjectType, int SampleRate, int ChannelConfiguration, int HeaderLength, int FrameLength)
{
    /// <summary>Shortest header.</summary>
    public const int MinLength = 7;

    /// <summary>Largest frame: its length has 13 bits.</summary>
    public const int MaxFrameLength = 8191;

    /// <summary>Samples per channel of a raw data block.</summary>
    public const int SamplesPerFrame = 1024;

    // syncword(12) ID(1) layer(2) protection_absent(1) profile(2) sampling_frequency_index(4) private(1)
    // channel_configuration(3) original(1) home(1) | copyright id(2) aac_frame_length(13) buffer fullness(11) blocks(2)
    /// <summary>Parses the header at the start of <paramref name="data"/>.</summary>
    public static AdtsError TryParse(ReadOnlySpan<byte> data, out AdtsHeader header)
    {
        header = default;
        if (data.Length < MinLength) return AdtsError.TooShort;
        if (data[0] != 0xFF || (data[1] & 0xF6) != 0xF0) return AdtsError.NoSync;

        var headerLength = (data[1] & 1) != 0 ? MinLength : MinLength + 2;
        var frequencyIndex = (data[2] >> 2) & 0xF;
        var frameLength = ((data[3] & 3) << 11) | (data[4] << 3) | (data[5] >> 5);
        if (!AudioSpecificConfig.TryGetFrequency(frequencyIndex, out var sampleRate) || frameLength <= headerLength) return AdtsError.OutOfRange;
        if ((data[6] & 3) != 0) return AdtsError.Unsupported;

        var channels = ((data[2] & 1) << 2) | (data[3] >> 6);
        header = new AdtsHeader((data[2] >> 6) + 1, sampleRate, channels, headerLength, frameLength);
        return AdtsError.None;
    }
}
