namespace LiveStream.Sfu.Router.Codecs;

/// <summary>AV1 aggregation header as far as forwarding reads it (AV1 RTP payload specification §4.4).</summary>
internal static class Av1Payload
{
    private const int FirstOfCodedVideoSequence = 0x08;

    /// <summary>The N bit: the packet is the first of a coded video sequence.</summary>
    public static bool StartsKeyFrame(ReadOnlySpan<byte> payload) => !payload.IsEmpty && (payload[0] & FirstOfCodedVideoSequence) != 0;
}
