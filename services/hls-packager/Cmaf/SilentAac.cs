namespace LiveStream.HlsPackager.Cmaf;

/// <summary>
/// An AAC-LC frame of silence (ISO/IEC 14496-3 §4.4.2): one channel element without a single spectral band.
/// Puts sound of the right length where there is none.
/// </summary>
internal static class SilentAac
{
    private const int SingleChannelElement = 0, ChannelPairElement = 1, EndOfFrame = 7;

    public static byte[] Frame(int channels)
    {
        var bits = new BitList();
        bits.Add(channels > 1 ? ChannelPairElement : SingleChannelElement, 3);
        bits.Add(0, 4); // element_instance_tag
        if (channels > 1)
        {
            bits.Add(1, 1); // common_window
            AddStreamInfo(bits);
            bits.Add(0, 2); // ms_mask_present
            AddChannel(bits, ownInfo: false);
            AddChannel(bits, ownInfo: false);
        }
        else
        {
            AddChannel(bits, ownInfo: true);
        }

        bits.Add(EndOfFrame, 3);
        return bits.ToArray();
    }

    // ics_info: reserved, window_sequence (2 bits, long), window_shape, max_sfb (6 bits, no band), predictor_data_present.
    private static void AddStreamInfo(BitList bits) => bits.Add(0, 1 + 2 + 1 + 6 + 1);

    // individual_channel_stream: global_gain, ics_info, then pulse, TNS and gain control data absent.
    private static void AddChannel(BitList bits, bool ownInfo)
    {
        bits.Add(0, 8);
        if (ownInfo) AddStreamInfo(bits);
        bits.Add(0, 3);
    }

    private sealed class BitList
    {
        private readonly List<byte> bytes = [];
        private int count;

        public void Add(int value, int width)
        {
            for (var bit = width - 1; bit >= 0; bit--)
            {
                if (count % 8 == 0) bytes.Add(0);
                if ((value >> bit & 1) != 0) bytes[^1] |= (byte)(0x80 >> count % 8);
                count++;
            }
        }

        public byte[] ToArray() => [.. bytes];
    }
}
