using LiveStream.Contracts.Sfu.V1;
using LiveStream.Sfu.Router.Codecs;

namespace LiveStream.Sfu.Router;

/// <summary>One payload format that a subscriber accepted.</summary>
/// <param name="Codec">The codec.</param>
/// <param name="PayloadType">Its payload type at the subscriber.</param>
/// <param name="RtxPayloadType">Payload type of its retransmissions (RFC 4588); null without.</param>
/// <param name="ProfileLevelId">H.264: the six hex digits of RFC 6184 §8.1; empty otherwise.</param>
public sealed record PayloadFormat(CodecKind Codec, byte PayloadType, byte? RtxPayloadType, string ProfileLevelId);

/// <summary>Header extension ids of one outgoing m-line (RFC 8285); 0 where not negotiated.</summary>
public readonly record struct OutgoingExtensions(byte TransportSequence, byte AbsoluteSendTime, byte AudioLevel);

/// <summary>What one outgoing m-line may carry.</summary>
public sealed record SubscriptionFormat(MediaKind Kind, IReadOnlyList<PayloadFormat> Formats, OutgoingExtensions Extensions, bool Nack)
{
    /// <summary>The format to send a track in; null when the subscriber cannot decode it.</summary>
    public PayloadFormat? Match(CodecKind codec, string fmtp)
    {
        PayloadFormat? match = null;
        foreach (var format in Formats)
        {
            if (format.Codec != codec) continue;
            match ??= format;
            // The same profile, if it is there; a decoder of another H.264 profile mostly copes.
            if (format.ProfileLevelId.Length > 0 && fmtp.Contains("profile-level-id=" + format.ProfileLevelId, StringComparison.OrdinalIgnoreCase)) return format;
        }

        return match;
    }
}
