using System.Security.Cryptography;
using LiveStream.Contracts;
using LiveStream.Contracts.Sfu.V1;
using LiveStream.Sfu.Dtls;
using LiveStream.Sfu.Router;
using LiveStream.Sfu.Transports;
using LiveStream.Wire.Rtp;
using LiveStream.Wire.Sdp;

namespace LiveStream.Sfu.Negotiation;

/// <summary>
/// Reads a client's offer under the policies of its role (RFC 8829 as answerer): which m-lines are taken, in which
/// codecs, with which extensions. No I/O. A wrong offer fails with <see cref="ControlError.InvalidArgument"/> and the reason.
/// </summary>
internal sealed class OfferNegotiator(string nodeId, Func<uint> nextExportSsrc)
{
    private const int MaximumMedia = 32, MaximumExtensionId = 14, MaximumMid = 64, MaximumTrackId = 128;

    // Each layer has its packets kept. A camera and a screen of up to four layers are the most that a client is known to send.
    private const int MaximumVideoLayers = 16;

    /// <summary>Decides on an offer.</summary>
    /// <param name="request">The policies, and the client's names where it gives some.</param>
    /// <param name="offer">The client's description.</param>
    /// <param name="before">What was agreed on before, for a further offer: tracks that go on stay the same objects.</param>
    public TransportPlan Negotiate(OpenTransportRequest request, SessionDescription offer, TransportPlan? before = null)
    {
        if (offer.Media.Count == 0) throw Invalid("The offer has no media sections.");
        if (offer.Media.Count > MaximumMedia) throw Invalid($"The offer has more than {MaximumMedia} media sections.");
        RequireMids(offer);
        var first = TransportSection(offer);
        var fragment = offer.FindIceUfrag(first) ?? throw Invalid("The offer has no ice-ufrag.");
        if (offer.FindIcePwd(first) is null) throw Invalid("The offer has no ice-pwd.");
        if (offer.FindSetup(first) == SetupRole.Passive) throw Invalid("The offer must let this side be the DTLS server (a=setup:actpass or active).");
        var fingerprint = FindFingerprint(offer, first);
        var plans = new List<(PublishFormat? Publish, OutgoingMedia? Receive)>();
        foreach (var media in offer.Media) plans.Add(Plan(request, offer, media, before));
        RequireDistinctTracks(plans);
        if (plans.Sum(plan => plan.Publish?.Description is { Kind: MediaKind.Video } track ? track.Layers.Count : 0) > MaximumVideoLayers)
            throw Invalid($"The offer has more than {MaximumVideoLayers} layers of video.");
        // WHIP and WHEP have no use for data channels.
        var dataChannel = request.Named is null ? null : offer.Media.Select(DataChannelSection.Read).FirstOrDefault(section => section is not null);
        if (dataChannel is null && plans.TrueForAll(plan => plan is { Publish: null, Receive: null }))
            throw Invalid("The offer has no audio or video that this role may use, in a codec that is supported (Opus; H264, VP8, VP9, AV1).");
        RequireOneTransport(offer);

        var sending = offer.Media.Where((_, index) => plans[index].Publish is not null).ToArray();
        return new TransportPlan(
            fragment,
            fingerprint,
            [.. offer.Media.Select(Mid)],
            [.. plans.Select(plan => plan.Publish).OfType<PublishFormat>()],
            new IncomingExtensions(
                Id(sending, HeaderExtensionUris.Mid),
                Id(sending, HeaderExtensionUris.RtpStreamId),
                Id(sending, HeaderExtensionUris.RepairedRtpStreamId),
                Id(sending, HeaderExtensionUris.TransportSequenceNumber),
                Id(sending, HeaderExtensionUris.AudioLevel)),
            sending.Any(media => media.RtpMaps.Any(map => media.RtcpFeedback(map.PayloadType).Contains("transport-cc"))),
            [.. plans.Select(plan => plan.Receive).OfType<OutgoingMedia>()],
            dataChannel);
    }

    /// <summary>Mid of an m-line; clients without bundling leave it out.</summary>
    public static string Mid(MediaDescription media) => media.Mid ?? "";

    /// <summary>False for an m-line that the client itself refuses or has stopped (RFC 8829 §5.2.2).</summary>
    public static bool IsOpen(MediaDescription media) => media.Port != 0 || media.BundleOnly;

    /// <summary>The m-line whose transport the bundle uses: the first that is open (RFC 9143 §7.2).</summary>
    public static MediaDescription TransportSection(SessionDescription offer) =>
        offer.Media.Find(media => media.Port != 0) ?? offer.Media.Find(IsOpen) ?? offer.Media[0];

    private static void RequireMids(SessionDescription offer)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var media in offer.Media)
        {
            if (media.Mid is not { } mid) continue;
            // A token (RFC 5888 §4), because the answer lists it among others.
            if (mid.Length is 0 or > MaximumMid || !mid.All(character => char.IsAsciiLetterOrDigit(character) || "!#$%&'*+-.^_`{|}~".Contains(character)))
                throw Invalid("An a=mid of the offer is not a token.");
            if (!seen.Add(mid)) throw Invalid("Two media sections of the offer have the same a=mid.");
        }
    }

    private static void RequireOneTransport(SessionDescription offer)
    {
        var open = offer.Media.Where(IsOpen).ToArray();
        if (open.Length > 1 && !open.All(media => media.Mid is { } mid && offer.BundleGroup.Contains(mid)))
            throw Invalid("The offer must bundle all media on one transport (a=group:BUNDLE).");
        if (open.Any(media => media.Kind is "audio" or "video" && !media.RtcpMux)) throw Invalid("The offer must multiplex RTP and RTCP (a=rtcp-mux).");
    }

    private static void RequireDistinctTracks(List<(PublishFormat? Publish, OutgoingMedia? Receive)> plans)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (publish, _) in plans)
            if (publish is not null && !seen.Add(publish.Description.TrackId)) throw Invalid("Two media sections of the offer have the same track in a=msid.");
    }

    private (PublishFormat? Publish, OutgoingMedia? Receive) Plan(OpenTransportRequest request, SessionDescription offer, MediaDescription media, TransportPlan? before)
    {
        if (media.Kind is not ("audio" or "video") || !IsOpen(media)) return default;
        if (!media.Protocol.EndsWith("RTP/SAVPF", StringComparison.Ordinal)) return default;
        var direction = media.Direction ?? offer.Direction ?? MediaDirection.SendRecv;
        var formats = CodecSelection.Supported(media);
        if (formats.Count == 0) return default;
        if (direction.Sends())
        {
            if (request.Named is not null)
                return FindName(request, media) is { } named && MayPublish(request.Publish, media.Kind, named.Source)
                    ? (Publish(request, media, formats, named, before), null)
                    : default;
            if (MayPublish(request.Publish, media.Kind)) return (Publish(request, media, formats, null, before), null);
        }

        if (direction.Receives() && request.Subscribe is not null) return (null, Receive(media, formats));
        return default;
    }

    private static bool MayPublish(PublishPolicy? policy, string kind) =>
        policy is not null && (kind == "audio" ? policy.Audio : policy.Video || policy.Screen);

    /// <summary>Whether a policy allows a track of that kind and source.</summary>
    public static bool MayPublish(PublishPolicy? policy, string kind, TrackSource source) =>
        policy is not null && (source == TrackSource.Screen ? policy.Screen : kind == "audio" ? policy.Audio : policy.Video);

    private static NamedTrack? FindName(OpenTransportRequest request, MediaDescription media)
    {
        foreach (var msid in media.Msids)
        {
            // Both words go into other clients' offers, as they are.
            if (!IsToken(msid.Stream) || msid.Track is not { } track || !IsToken(track)) continue;
            foreach (var named in request.Named.Tracks)
                if (named.TrackId == track) return named;
        }

        return null;
    }

    private static bool IsToken(string id) => id.Length is > 0 and <= MaximumTrackId && id.All(character => character is > ' ' and <= '~');

    private PublishFormat Publish(OpenTransportRequest request, MediaDescription media, IReadOnlyList<CodecSelection.Offered> formats, NamedTrack? named, TransportPlan? before)
    {
        var isVideo = media.Kind == "video";
        var rids = isVideo ? SimulcastOrder.Rids(media) : [""];
        var source = named?.Source ?? (!isVideo || request.Publish.Video ? TrackSource.Regular : TrackSource.Screen);
        var goesOn = before?.Publishing.FirstOrDefault(known => GoesOn(known, media, formats, rids, named, source));
        var format = goesOn is null
            ? CodecSelection.ForPublishing(formats, isVideo ? request.Publish.VideoCodecs : [])!
            : formats.First(offered => offered.Map.PayloadType == goesOn.PayloadType);
        var track = goesOn?.Description ?? Describe(request, media, format, rids, named, source);
        // With rids the SSRCs are learnt from the packets (RFC 8852); without, the offer may name them.
        var ssrcs = rids.Count == 1 && rids[0].Length == 0 ? NamedSsrcs(media) : ([], []);
        return new PublishFormat(
            Mid(media),
            track,
            (byte)format.Map.PayloadType,
            (byte?)format.RtxPayloadType,
            ssrcs.Media,
            ssrcs.Rtx,
            format.Feedback.Contains("nack"),
            format.Feedback.Contains("nack pli"),
            format.Feedback.Contains("ccm fir"));
    }

    // The same track on the same m-line, in the codec and with the layers that it has.
    private static bool GoesOn(
        PublishFormat known, MediaDescription media, IReadOnlyList<CodecSelection.Offered> formats, IReadOnlyList<string> rids, NamedTrack? named, TrackSource source)
    {
        var track = known.Description;
        return known.Mid == Mid(media)
            && (named is null || (named.TrackId == track.TrackId && source == track.Source))
            && formats.Any(offered => offered.Map.PayloadType == known.PayloadType && CodecSelection.ToContract(offered).Name == track.Codec.Name)
            && rids.SequenceEqual(track.Layers.Select(layer => layer.Rid));
    }

    private Track Describe(OpenTransportRequest request, MediaDescription media, CodecSelection.Offered format, IReadOnlyList<string> rids, NamedTrack? named, TrackSource source)
    {
        var track = new Track
        {
            NodeId = nodeId,
            // Stable over renegotiation, unique on the node, and the client's own name where it gives one.
            TrackId = named?.TrackId ?? $"{request.TransportId}:{Mid(media)}",
            StreamId = media.Msids.FirstOrDefault(msid => named is null || msid.Track == named.TrackId)?.Stream ?? request.TransportId,
            RoomId = request.RoomId,
            PeerId = request.PeerId,
            Role = request.Role,
            TransportId = request.TransportId,
            Kind = media.Kind == "video" ? MediaKind.Video : MediaKind.Audio,
            Source = source,
            Codec = CodecSelection.ToContract(format),
        };
        track.Layers.AddRange(rids.Select(rid => new Layer { Rid = rid, ExportSsrc = nextExportSsrc() }));
        return track;
    }

    private static (IReadOnlyList<uint> Media, IReadOnlyList<uint> Rtx) NamedSsrcs(MediaDescription media)
    {
        // FID pairs a source with its retransmissions (RFC 5576 §4.2).
        if (media.SsrcGroups.FirstOrDefault(group => group.Semantics == "FID" && group.Ssrcs.Count == 2) is { } pair)
            return ([pair.Ssrcs[0]], [pair.Ssrcs[1]]);
        return media.Ssrcs.Count > 0 ? ([media.Ssrcs[0]], []) : ([], []);
    }

    private static OutgoingMedia Receive(MediaDescription media, IReadOnlyList<CodecSelection.Offered> formats) =>
        new(Mid(media), FormatOf(media, formats), NextSsrc(), media.Kind == "video" ? NextSsrc() : 0);

    /// <summary>What the client takes on an m-line: of its offer, or of its answer to ours.</summary>
    public static SubscriptionFormat FormatOf(MediaDescription media, IReadOnlyList<CodecSelection.Offered> formats)
    {
        var isVideo = media.Kind == "video";
        byte IdOf(string uri) => Id([media], uri);
        var extensions = new OutgoingExtensions(
            formats.Any(format => format.Feedback.Contains("transport-cc")) ? IdOf(HeaderExtensionUris.TransportSequenceNumber) : (byte)0,
            isVideo ? IdOf(HeaderExtensionUris.AbsoluteSendTime) : (byte)0,
            isVideo ? (byte)0 : IdOf(HeaderExtensionUris.AudioLevel));
        return new SubscriptionFormat(
            isVideo ? MediaKind.Video : MediaKind.Audio,
            [.. formats.Select(CodecSelection.ToPayloadFormat)],
            extensions,
            isVideo && formats.Any(offered => offered.Feedback.Contains("nack") && offered.RtxPayloadType is not null));
    }

    /// <summary>Id of a header extension that one of the m-lines offers; 0 where none does, or under no one-byte id.</summary>
    public static byte Id(IEnumerable<MediaDescription> media, string uri)
    {
        foreach (var section in media)
            if (section.ExtMaps.FirstOrDefault(map => map.Uri == uri && map.Id is >= 1 and <= MaximumExtensionId) is { } map) return (byte)map.Id;
        return 0;
    }

    /// <summary>The hash of the client's certificate.</summary>
    public static DtlsFingerprint FindFingerprint(SessionDescription offer, MediaDescription media)
    {
        // With several hashes one match is enough (RFC 8122 §5); take the first that we know.
        foreach (var value in media.Values("fingerprint").Concat(offer.Values("fingerprint")))
            if (DtlsFingerprint.TryParse(value, out var fingerprint)) return fingerprint!;
        throw Invalid("The description has no certificate fingerprint of a known hash (sha-256, sha-384 or sha-512).");
    }

    /// <summary>A new SSRC; never 0.</summary>
    public static uint NextSsrc() => (uint)RandomNumberGenerator.GetInt32(1, int.MaxValue);

    private static ControlException Invalid(string message) => new(ControlError.InvalidArgument, message);
}
