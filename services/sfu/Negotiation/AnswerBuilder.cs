using System.Globalization;
using LiveStream.Contracts;
using LiveStream.Contracts.Sfu.V1;
using LiveStream.Sfu.Ice;
using LiveStream.Sfu.Transports;
using LiveStream.Wire.Rtp;
using LiveStream.Wire.Sdp;

namespace LiveStream.Sfu.Negotiation;

/// <summary>Writes the answer to an offer from the plan made of it (RFC 8829 §5.3). No I/O.</summary>
internal sealed class AnswerBuilder(LocalDescription local)
{
    private static readonly string[] PublishedVideoFeedback = ["transport-cc", "ccm fir", "nack", "nack pli"];
    private static readonly string[] AudioFeedback = ["transport-cc"];
    private static readonly string[] DeclinedExtensions =
    [
        HeaderExtensionUris.Mid, HeaderExtensionUris.RtpStreamId, HeaderExtensionUris.RepairedRtpStreamId, HeaderExtensionUris.TransportSequenceNumber,
    ];
    private static readonly string[] ReceivedVideoFeedback = ["goog-remb", "transport-cc", "ccm fir", "nack", "nack pli"];

    /// <summary>The answer's text; every accepted m-line carries the ICE and DTLS parameters, the first also all candidates.</summary>
    public string Build(SessionDescription offer, TransportPlan plan, OpenTransportRequest request, IceCredentials credentials)
    {
        var answer = new SessionDescription { Origin = $"livestream {Math.Abs((long)credentials.Key)} 1 IN IP4 127.0.0.1" };
        var accepted = new List<string>();
        foreach (var media in offer.Media)
        {
            var mid = OfferNegotiator.Mid(media);
            var open = OfferNegotiator.IsOpen(media);
            var published = open ? plan.Publishing.FirstOrDefault(format => format.Mid == mid) : null;
            var received = open ? plan.Receiving.FirstOrDefault(format => format.Mid == mid) : null;
            var carriesData = open && plan.DataChannel is { } data && data.Mid == mid && media.Kind == "application";
            var section = published is not null ? Publishing(media, published, plan, request)
                : received is not null ? Receiving(media, received, request)
                : carriesData ? DataChannelSection.Create(mid)
                : open && request.Named is not null ? Declined(offer, media, request)
                : Refused(media);
            if (section.Port != 0)
            {
                AddTransport(section, credentials, withCandidates: accepted.Count == 0);
                accepted.Add(mid);
            }

            answer.Media.Add(section);
        }

        answer.Add("ice-lite");
        // Only what was offered in a group is answered in one (RFC 9143 §7.3).
        if (accepted.Count > 0 && accepted.TrueForAll(offer.BundleGroup.Contains)) answer.Add("group", "BUNDLE " + string.Join(' ', accepted));
        answer.Add("msid-semantic", "WMS *");
        return answer.ToString();
    }

    private static MediaDescription Start(MediaDescription media, MediaDirection direction)
    {
        var section = new MediaDescription { Kind = media.Kind, Port = 9, Protocol = media.Protocol, Connection = "IN IP4 0.0.0.0" };
        if (media.Mid is { } mid) section.Mid = mid;
        section.Direction = direction;
        section.RtcpMux = true;
        if (media.RtcpReducedSize) section.RtcpReducedSize = true;
        return section;
    }

    // What the role may not send now: taken as if it might, and dropped on arrival. A client takes its tracks away one by one,
    // and waits after each for the browser to ask for a negotiation. The browser asks when the direction agreed on changes
    // (RFC 8829 §4.1.9): on a line that is inactive or refused already it would never, and the client would wait for ever. Nor
    // may a line lose what was agreed on: Chrome cannot offer layers again whose rid extension was dropped. Only a line that
    // the client itself has stopped is refused, so that the next track can have its place.
    private static MediaDescription Declined(SessionDescription offer, MediaDescription media, OpenTransportRequest request)
    {
        var formats = CodecSelection.Supported(media);
        var isVideo = media.Kind == "video";
        if (!offer.FindDirection(media).Sends() || CodecSelection.ForPublishing(formats, isVideo ? request.Publish?.VideoCodecs ?? [] : []) is not { } format)
            return Refused(media);
        var section = Start(media, MediaDirection.RecvOnly);
        AddCodec(section, format, isVideo ? PublishedVideoFeedback : AudioFeedback);
        foreach (var uri in DeclinedExtensions) AddExtension(section, media, uri, OfferNegotiator.Id([media], uri));
        if (isVideo) AddSimulcast(section, media, SimulcastOrder.Rids(media));
        return section;
    }

    private static MediaDescription Refused(MediaDescription media)
    {
        // A zero port refuses the m-line (RFC 3264 §6); it keeps its place and formats.
        var section = new MediaDescription { Kind = media.Kind, Port = 0, Protocol = media.Protocol, Connection = "IN IP4 0.0.0.0" };
        if (media.Mid is { } mid) section.Mid = mid;
        section.Direction = MediaDirection.Inactive;
        section.Formats.AddRange(media.Formats);
        return section;
    }

    private static MediaDescription Publishing(MediaDescription media, PublishFormat format, TransportPlan plan, OpenTransportRequest request)
    {
        var section = Start(media, MediaDirection.RecvOnly);
        var isVideo = media.Kind == "video";
        var offered = CodecSelection.Supported(media).FirstOrDefault(candidate => candidate.Map.PayloadType == format.PayloadType)
            ?? throw new ControlException(ControlError.FailedPrecondition, "The offer no longer has the codec that was agreed on.");
        AddCodec(section, offered, isVideo ? PublishedVideoFeedback : AudioFeedback);
        var extensions = plan.IncomingExtensions;
        AddExtension(section, media, HeaderExtensionUris.Mid, extensions.Mid);
        AddExtension(section, media, HeaderExtensionUris.TransportSequenceNumber, extensions.TransportSequence);
        if (isVideo)
        {
            AddExtension(section, media, HeaderExtensionUris.RtpStreamId, extensions.Rid);
            AddExtension(section, media, HeaderExtensionUris.RepairedRtpStreamId, extensions.RepairedRid);
            // Not the video orientation: a phone would mark its pictures as turned, which a live stream does not show and a recording
            // does not keep. Without it the phone turns them before it encodes them (3GPP TS 26.114 §7.4.5).
            AddSimulcast(section, media, [.. format.Description.Layers.Select(layer => layer.Rid)]);
            if (request.Publish.MaxVideoKbps > 0)
            {
                section.Bandwidths.Add(string.Create(CultureInfo.InvariantCulture, $"AS:{request.Publish.MaxVideoKbps}"));
                section.Bandwidths.Add(string.Create(CultureInfo.InvariantCulture, $"TIAS:{request.Publish.MaxVideoKbps * 1000UL}"));
            }
        }
        else
        {
            AddExtension(section, media, HeaderExtensionUris.AudioLevel, extensions.AudioLevel);
        }

        return section;
    }

    private static void AddSimulcast(MediaDescription section, MediaDescription media, IReadOnlyList<string> layers)
    {
        var rids = layers.Where(rid => rid.Length > 0).ToArray();
        foreach (var rid in rids) section.Add("rid", rid + " recv");
        if (rids.Length == 0 || media.Simulcast is not { } simulcast) return;
        // The client's own order, in its own words.
        var streams = simulcast.Send.Where(stream => rids.Contains(stream.Alternatives[0].Id)).Select(stream => stream.Alternatives[0].Id).Distinct().ToArray();
        if (streams.Length > 0) section.Add("simulcast", "recv " + string.Join(';', streams));
    }

    private static MediaDescription Receiving(MediaDescription media, OutgoingMedia outgoing, OpenTransportRequest request)
    {
        var section = Start(media, MediaDirection.SendOnly);
        var isVideo = media.Kind == "video";
        foreach (var offered in CodecSelection.Supported(media)) AddCodec(section, offered, isVideo ? ReceivedVideoFeedback : AudioFeedback);
        var extensions = outgoing.Format.Extensions;
        AddExtension(section, media, HeaderExtensionUris.TransportSequenceNumber, extensions.TransportSequence);
        AddExtension(section, media, HeaderExtensionUris.AbsoluteSendTime, extensions.AbsoluteSendTime);
        AddExtension(section, media, HeaderExtensionUris.AudioLevel, extensions.AudioLevel);
        // One stream for all m-lines: the browser keeps its sound and picture together.
        var track = $"{request.TransportId}-{media.Kind}-{outgoing.Mid}";
        section.Add("msid", $"{request.TransportId} {track}");
        if (outgoing.RtxSsrc != 0 && outgoing.Format.Formats.Any(format => format.RtxPayloadType is not null))
            section.Add("ssrc-group", string.Create(CultureInfo.InvariantCulture, $"FID {outgoing.Ssrc} {outgoing.RtxSsrc}"));
        foreach (var ssrc in new[] { outgoing.Ssrc, outgoing.RtxSsrc })
        {
            if (ssrc == 0) continue;
            section.Add("ssrc", string.Create(CultureInfo.InvariantCulture, $"{ssrc} cname:{request.RoomId}"));
            section.Add("ssrc", string.Create(CultureInfo.InvariantCulture, $"{ssrc} msid:{request.TransportId} {track}"));
        }

        return section;
    }

    private static void AddCodec(MediaDescription section, CodecSelection.Offered offered, IReadOnlyList<string> feedback)
    {
        // NACK without RTX is not taken up: a packet is never sent twice under one nonce.
        var usable = feedback.Where(offered.Feedback.Contains).Where(message => message != "nack" || offered.RtxPayloadType is not null || section.Direction == MediaDirection.RecvOnly);
        section.AddCodec(offered.Map, offered.Fmtp, usable);
        if (offered.RtxPayloadType is { } rtx)
            section.AddCodec(new RtpMap(rtx, "rtx", offered.Map.ClockRate, 1), string.Create(CultureInfo.InvariantCulture, $"apt={offered.Map.PayloadType}"), []);
    }

    private static void AddExtension(MediaDescription section, MediaDescription offered, string uri, byte id)
    {
        if (id != 0 && offered.ExtMaps.Any(map => map.Id == id && map.Uri == uri)) section.Add("extmap", new ExtMap(id, uri, null).ToString());
    }

    private void AddTransport(MediaDescription section, IceCredentials credentials, bool withCandidates)
    {
        section.IceUfrag = credentials.UserFragment;
        section.IcePwd = credentials.Password;
        section.Add("fingerprint", "sha-256 " + local.FingerprintText);
        section.Setup = SetupRole.Passive;
        if (!withCandidates) return;
        foreach (var candidate in local.Candidates) section.Add("candidate", candidate);
        section.Add("end-of-candidates");
    }
}
