namespace LiveStream.Media.Aac;

/// <summary>AAC-LC access units that decode to 1024 samples of silence, for bridging the time without an encoder.</summary>
public static class SilentAac
{
    // One channel pair or single channel element: global gain, a long window, no scale factor band, end element.
    private static readonly byte[] Mono = [0x01, 0x18, 0x20, 0x07];
    private static readonly byte[] Stereo = [0x21, 0x10, 0x04, 0x60, 0x8C, 0x1C];

    /// <summary>The silent unit for 1 or 2 channels; never written to.</summary>
    public static ReadOnlyMemory<byte> Of(int channels) => channels == 1 ? Mono : Stereo;
}
