namespace LiveStream.Wire.Rtp;

/// <summary>Protocols that share one media port.</summary>
public enum DatagramKind : byte
{
    /// <summary>None of the others; to be dropped.</summary>
    Unknown,

    /// <summary>STUN (RFC 8489).</summary>
    Stun,

    /// <summary>DTLS (RFC 6347).</summary>
    Dtls,

    /// <summary>RTP or SRTP.</summary>
    Rtp,

    /// <summary>RTCP or SRTCP.</summary>
    Rtcp,
}

/// <summary>Tells the protocols on a media port apart.</summary>
public static class MediaDatagram
{
    /// <summary>The protocol of a datagram, judged by its first two bytes only.</summary>
    // First byte decides (RFC 7983 §7); the second splits RTP from RTCP (RFC 5761 §4).
    public static DatagramKind Classify(ReadOnlySpan<byte> datagram) => datagram switch
    {
        [<= 3, ..] => DatagramKind.Stun,
        [>= 20 and <= 63, ..] => DatagramKind.Dtls,
        [>= 128 and <= 191, >= 192 and <= 223, ..] => DatagramKind.Rtcp,
        [>= 128 and <= 191, ..] => DatagramKind.Rtp,
        _ => DatagramKind.Unknown,
    };
}
