using System.Globalization;
using LiveStream.Contracts.Sfu.V1;
using LiveStream.Wire.Rtp;
using LiveStream.Wire.Sdp;

namespace LiveStream.Sfu.Negotiation;

/// <summary>
/// Writes an offer of ours (RFC 8829 §5.2). Every m-line offers all codecs under fixed numbers, so that another track
/// can take it; the client keeps those that it knows. No I/O.
/// </summary>
internal sealed class OfferBuilder(LocalDescription local)
{
    private const byte AudioLevelId = 1, AbsoluteSendTimeId = 2, TransportSequenceId = 3;

    private static readonly string[] VideoFeedback = ["goog-remb", "transport-cc", "ccm fir", "nack", "nack pli"];
    private static readonly string[] AudioFeedback = ["transport-cc"];

    private static readonly RtpMap Opus = new(111, "opus", 48000, 2);
    private const string OpusFmtp = "minptime=10;useinbandfec=1";

    // H264: constrained baseline, baseline and high; a decoder of one mostly copes with the others.
    private static readonly (int PayloadType, string Name, string Fmtp)[] Video =
    [
        (96, "VP8", ""),
        (102, "H264", "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f"),
        (104, "H264", "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42001f"),
        (106, "H264", "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=640c1f"),
        (98, "VP9", "profile-id=0"),
        (100, "AV1", ""),
    ];

    /// <summary>The offer's text; the first m-line has the candidates.</summary>
    /// <param name="offer">What to offer.</param>
    /// <param name="sessionId">Names the session in all its offers.</param>
    public string Build(SubscriberOffer offer, ulong sessionId)
    {
        var session = new SessionDescription { Origin = string.Create(CultureInfo.InvariantCulture, $"livestream {sessionId} {offer.Version} IN IP4 127.0.0.1") };
        session.Add("ice-lite");
        var data = DataChannelSection.Create(SubscriberOffers.DataChannelMid);
        AddTransport(data, offer);
        foreach (var candidate in local.Candidates) data.Add("candidate", candidate);
        data.Add("end-of-candidates");
        session.Media.Add(data);
        var bundle = new List<string> { SubscriberOffers.DataChannelMid };
        foreach (var section in offer.Sections)
        {
            session.Media.Add(Write(section, offer));
            if (!section.IsRefused) bundle.Add(section.Mid);
        }

        session.Add("group", "BUNDLE " + string.Join(' ', bundle));
        session.Add("msid-semantic", "WMS *");
        return session.ToString();
    }

    private MediaDescription Write(OfferedSection section, SubscriberOffer offer)
    {
        var isVideo = section.Kind == MediaKind.Video;
        var media = new MediaDescription
        {
            Kind = isVideo ? "video" : "audio",
            Port = section.IsRefused ? 0 : 9,
            Connection = "IN IP4 0.0.0.0",
            Mid = section.Mid,
            Direction = section is { Track: not null, IsRefused: false } ? MediaDirection.SendOnly : MediaDirection.Inactive,
            RtcpMux = true,
            RtcpReducedSize = true,
        };
        if (isVideo) AddVideoCodecs(media);
        else media.AddCodec(Opus, OpusFmtp, AudioFeedback);
        if (section.IsRefused) return media;

        AddTransport(media, offer);
        AddExtension(media, TransportSequenceId, HeaderExtensionUris.TransportSequenceNumber);
        if (isVideo) AddExtension(media, AbsoluteSendTimeId, HeaderExtensionUris.AbsoluteSendTime);
        else AddExtension(media, AudioLevelId, HeaderExtensionUris.AudioLevel);
        if (section.Track is { } track) AddTrack(media, section, track);
        return media;
    }

    // The publisher's own names are all by which the client knows whose track it is.
    private static void AddTrack(MediaDescription media, OfferedSection section, Track track)
    {
        // A hyphen means no stream (RFC 8830 §2), for which clients look in vain.
        var stream = track.StreamId is "" or "-" ? track.TrackId : track.StreamId;
        media.Add("msid", $"{stream} {track.TrackId}");
        if (section.RtxSsrc != 0) media.Add("ssrc-group", string.Create(CultureInfo.InvariantCulture, $"FID {section.Ssrc} {section.RtxSsrc}"));
        foreach (var ssrc in new[] { section.Ssrc, section.RtxSsrc })
            if (ssrc != 0) media.Add("ssrc", string.Create(CultureInfo.InvariantCulture, $"{ssrc} cname:{stream}"));
    }

    private static void AddVideoCodecs(MediaDescription media)
    {
        foreach (var (payloadType, name, fmtp) in Video)
        {
            media.AddCodec(new RtpMap(payloadType, name, 90000, 1), fmtp, VideoFeedback);
            media.AddCodec(new RtpMap(payloadType + 1, "rtx", 90000, 1), string.Create(CultureInfo.InvariantCulture, $"apt={payloadType}"), []);
        }
    }

    private static void AddExtension(MediaDescription media, byte id, string uri) => media.Add("extmap", new ExtMap(id, uri, null).ToString());

    private void AddTransport(MediaDescription media, SubscriberOffer offer)
    {
        media.IceUfrag = offer.Credentials.UserFragment;
        media.IcePwd = offer.Credentials.Password;
        media.Add("fingerprint", "sha-256 " + local.FingerprintText);
        // The client takes the active part (RFC 5763 §5), so that this side chooses the cipher.
        media.Setup = SetupRole.ActPass;
    }
}
