namespace LiveStream.Wire.Sdp;

/// <summary>Why a text is not a session description that this parser takes (RFC 8866 §5, and limits of its own).</summary>
public enum SdpError : byte
{
    /// <summary>The text is taken.</summary>
    None,

    /// <summary>More than <see cref="SdpLimits.TextLength"/> characters.</summary>
    TextTooLong,

    /// <summary>A line of more than <see cref="SdpLimits.LineLength"/> characters.</summary>
    LineTooLong,

    /// <summary>More than <see cref="SdpLimits.Media"/> media sections.</summary>
    TooManyMedia,

    /// <summary>More than <see cref="SdpLimits.Attributes"/> attributes in a section.</summary>
    TooManyAttributes,

    /// <summary>The first line is not <c>v=0</c>.</summary>
    VersionMissing,

    /// <summary>No <c>o=</c> line before the first media section.</summary>
    OriginMissing,

    /// <summary>No <c>s=</c> line before the first media section.</summary>
    SessionNameMissing,

    /// <summary>A line that is not a lower-case letter, an equals sign and a value without control characters.</summary>
    LineMalformed,

    /// <summary>An <c>m=</c> line without kind, port 0 to 65535, protocol and a format.</summary>
    MediaMalformed,

    /// <summary>An <c>a=</c> line without a name.</summary>
    AttributeMalformed,
}

/// <summary>Limits on session descriptions from the network.</summary>
public static class SdpLimits
{
    /// <summary>Characters of the whole text.</summary>
    public const int TextLength = 256 * 1024;

    /// <summary>Characters of a line.</summary>
    public const int LineLength = 4 * 1024;

    /// <summary>Media sections.</summary>
    public const int Media = 128;

    /// <summary>Attributes of the session, and of each media section.</summary>
    public const int Attributes = 512;

    /// <summary>Other lines of a kind (<c>b=</c>) that are kept in a section.</summary>
    public const int Bandwidths = 16;
}
