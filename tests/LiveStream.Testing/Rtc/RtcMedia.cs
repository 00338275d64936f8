namespace LiveStream.Testing.Rtc;

/// <summary>A codec in an offer.</summary>
/// <param name="Kind">"audio" or "video".</param>
/// <param name="Name">Encoding name as in rtpmap.</param>
/// <param name="PayloadType">Dynamic payload type.</param>
/// <param name="ClockRate">RTP clock in Hz.</param>
/// <param name="Channels">Audio channels; 0 for video.</param>
/// <param name="Parameters">The fmtp value, or null.</param>
/// <param name="RtxPayloadType">Payload type of its retransmissions (RFC 4588); 0 for none.</param>
public sealed record RtcCodec(
    string Kind, string Name, byte PayloadType, int ClockRate, int Channels = 0, string? Parameters = null, byte RtxPayloadType = 0)
{
    /// <summary>Opus as browsers offer it.</summary>
    public static RtcCodec Opus { get; } = new("audio", "opus", 111, 48000, 2, "minptime=10;useinbandfec=1");

    /// <summary>Constrained baseline H.264, packetization mode 1.</summary>
    public static RtcCodec H264 { get; } =
        new("video", "H264", 102, 90000, 0, "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f", 103);

    /// <summary>VP8.</summary>
    public static RtcCodec Vp8 { get; } = new("video", "VP8", 96, 90000, 0, null, 97);
}

/// <summary>Header extension identifiers that <see cref="RtcOffer"/> offers, the same in every section (BUNDLE).</summary>
public static class RtcExtensionIds
{
    /// <summary>RFC 6464.</summary>
    public const byte AudioLevel = 1;

    /// <summary>abs-send-time.</summary>
    public const byte AbsoluteSendTime = 2;

    /// <summary>Transport-wide sequence number.</summary>
    public const byte TransportSequenceNumber = 3;

    /// <summary>MID (RFC 9143).</summary>
    public const byte Mid = 4;

    /// <summary>RID (RFC 8852).</summary>
    public const byte RtpStreamId = 10;

    /// <summary>Repaired RID (RFC 8852).</summary>
    public const byte RepairedRtpStreamId = 11;
}

/// <summary>What an offer asks for.</summary>
public sealed record RtcOfferOptions
{
    /// <summary>True offers sendonly sections (WHIP), false recvonly (WHEP).</summary>
    public required bool Sending { get; init; }

    /// <summary>Audio codecs; empty leaves audio out.</summary>
    public IReadOnlyList<RtcCodec> Audio { get; init; } = [RtcCodec.Opus];

    /// <summary>Video codecs in order of preference; empty leaves video out.</summary>
    public IReadOnlyList<RtcCodec> Video { get; init; } = [RtcCodec.H264, RtcCodec.Vp8];

    /// <summary>Simulcast layers of the video when sending; empty is a single stream with its SSRC in the offer.</summary>
    public IReadOnlyList<string> Rids { get; init; } = [];
}
