namespace LiveStream.Sfu.Router.Codecs;

/// <summary>Codecs the SFU forwards, by their RTP payload format.</summary>
public enum CodecKind
{
    /// <summary>Not one of ours.</summary>
    Unknown,
    /// <summary>RFC 7587.</summary>
    Opus,
    /// <summary>RFC 6184.</summary>
    H264,
    /// <summary>RFC 7741.</summary>
    Vp8,
    /// <summary>RFC 9628.</summary>
    Vp9,
    /// <summary>AV1 RTP payload specification, version 1.0.0.</summary>
    Av1,
}

/// <summary>Facts of each codec's payload format that forwarding needs. Total functions over the payload.</summary>
public static class CodecFacts
{
    /// <summary>The kind for an encoding name of <c>a=rtpmap</c>.</summary>
    public static CodecKind Parse(string? encodingName) => encodingName?.ToUpperInvariant() switch
    {
        "OPUS" => CodecKind.Opus,
        "H264" => CodecKind.H264,
        "VP8" => CodecKind.Vp8,
        "VP9" => CodecKind.Vp9,
        "AV1" => CodecKind.Av1,
        _ => CodecKind.Unknown,
    };

    /// <summary>True where the packet is the first of a picture from which decoding can start.</summary>
    public static bool StartsKeyFrame(CodecKind codec, ReadOnlySpan<byte> payload) => codec switch
    {
        CodecKind.H264 => H264Payload.StartsKeyFrame(payload),
        CodecKind.Vp8 => Vp8Descriptor.TryParse(payload, out var descriptor) && descriptor.StartsKeyFrame,
        CodecKind.Vp9 => Vp9Payload.StartsKeyFrame(payload),
        CodecKind.Av1 => Av1Payload.StartsKeyFrame(payload),
        // Every audio packet stands alone.
        _ => true,
    };
}
