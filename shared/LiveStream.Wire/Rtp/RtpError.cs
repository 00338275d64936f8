namespace LiveStream.Wire.Rtp;

/// <summary>Why bytes are not an RTP packet (RFC 3550 §5.1).</summary>
public enum RtpError : byte
{
    /// <summary>The packet is well formed.</summary>
    None,

    /// <summary>Fewer bytes than the fixed header of 12.</summary>
    TooShort,

    /// <summary>The version field is not 2.</summary>
    BadVersion,

    /// <summary>The CSRC list runs past the end.</summary>
    CsrcTruncated,

    /// <summary>The header extension runs past the end.</summary>
    ExtensionTruncated,

    /// <summary>The padding count is zero or larger than the payload.</summary>
    PaddingInvalid,
}
