using LiveStream.Contracts;
using LiveStream.Sfu.Dtls;
using LiveStream.Sfu.Router;
using LiveStream.Wire.Sdp;

namespace LiveStream.Sfu.Negotiation;

/// <summary>What a client's answer to an offer of ours says.</summary>
/// <param name="Fingerprint">Hash of the certificate that DTLS must show.</param>
/// <param name="Formats">For each section of the offer, how it is received; null for one that is not.</param>
/// <param name="DataChannel">Null when the client refused data channels.</param>
internal sealed record SubscriberAnswer(DtlsFingerprint Fingerprint, IReadOnlyList<SubscriptionFormat?> Formats, DataChannelMedia? DataChannel);

/// <summary>
/// Reads a client's answer (RFC 8829 §5.10 from the offerer's side). No I/O. A wrong one fails with
/// <see cref="ControlError.InvalidArgument"/> and the reason.
/// </summary>
internal static class AnswerReader
{
    /// <summary>Reads the answer to an offer.</summary>
    public static SubscriberAnswer Read(SubscriberOffer offer, SessionDescription answer)
    {
        if (answer.Media.Count != offer.Sections.Count + 1) throw Invalid("The answer does not have the media sections of the offer.");
        RequireSection(answer.Media[0], "application", SubscriberOffers.DataChannelMid);
        for (var i = 0; i < offer.Sections.Count; i++)
            RequireSection(answer.Media[i + 1], offer.Sections[i].Kind == Contracts.Sfu.V1.MediaKind.Video ? "video" : "audio", offer.Sections[i].Mid);
        var first = OfferNegotiator.TransportSection(answer);
        if (!OfferNegotiator.IsOpen(first)) throw Invalid("The answer refuses every media section.");
        if (answer.FindIceUfrag(first) is null || answer.FindIcePwd(first) is null) throw Invalid("The answer has no ice-ufrag or ice-pwd.");
        if (answer.FindSetup(first) != SetupRole.Active) throw Invalid("The answer must take the active part of DTLS (a=setup:active).");
        return new SubscriberAnswer(
            OfferNegotiator.FindFingerprint(answer, first),
            [.. offer.Sections.Select((section, index) => FormatOf(section, answer, answer.Media[index + 1]))],
            DataChannelSection.Read(answer.Media[0]));
    }

    private static SubscriptionFormat? FormatOf(OfferedSection section, SessionDescription answer, MediaDescription media)
    {
        if (section.Track is null || section.IsRefused || !OfferNegotiator.IsOpen(media)) return null;
        if (!answer.FindDirection(media).Receives() || !media.RtcpMux) return null;
        var formats = CodecSelection.Supported(media);
        return formats.Count == 0 ? null : OfferNegotiator.FormatOf(media, formats);
    }

    private static void RequireSection(MediaDescription media, string kind, string mid)
    {
        if (media.Kind != kind || OfferNegotiator.Mid(media) != mid) throw Invalid("The answer's media sections are not those of the offer.");
    }

    private static ControlException Invalid(string message) => new(ControlError.InvalidArgument, message);
}
