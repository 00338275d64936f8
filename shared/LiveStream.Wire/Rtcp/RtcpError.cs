namespace LiveStream.Wire.Rtcp;

/// <summary>Why the reading of a compound RTCP packet ended early.</summary>
public enum RtcpError : byte
{
    /// <summary>All of it was read.</summary>
    None,

    /// <summary>Fewer than the 4 bytes of a header are left, or there is no packet at all.</summary>
    TooShort,

    /// <summary>The version field is not 2.</summary>
    BadVersion,

    /// <summary>The length field points past the end.</summary>
    LengthTruncated,

    /// <summary>The padding count is zero or larger than the body.</summary>
    PaddingInvalid,
}
