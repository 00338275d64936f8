using System.Globalization;
using System.Text;
using LiveStream.Wire.Rtp;

namespace LiveStream.Testing.Rtc;

/// <summary>
/// The SDP offer of a client, in the lines that a browser writes (RFC 8829): one bundled section for audio and one for
/// video, no candidates, since the server learns the address from the checks.
/// </summary>
public sealed class RtcOffer
{
    private const string UfragAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    private RtcOffer(RtcOfferOptions options, Random random)
    {
        Options = options;
        Ufrag = RandomText(random, 4);
        Pwd = RandomText(random, 24);
        AudioSsrc = RandomSsrc(random);
        VideoSsrc = RandomSsrc(random);
        VideoRtxSsrc = RandomSsrc(random);
    }

    /// <summary>What was asked for.</summary>
    public RtcOfferOptions Options { get; }

    /// <summary>Local ICE user fragment.</summary>
    public string Ufrag { get; }

    /// <summary>Local ICE password.</summary>
    public string Pwd { get; }

    /// <summary>SSRC of the audio that is sent, or of reports when receiving.</summary>
    public uint AudioSsrc { get; }

    /// <summary>SSRC of the video that is sent without simulcast.</summary>
    public uint VideoSsrc { get; }

    /// <summary>SSRC of its retransmissions.</summary>
    public uint VideoRtxSsrc { get; }

    /// <summary>The offer.</summary>
    public string Sdp { get; private set; } = "";

    /// <summary>"audio" and "video" sections by mid.</summary>
    public IReadOnlyDictionary<string, string> KindByMid { get; private set; } = new Dictionary<string, string>();

    /// <summary>Builds an offer; <paramref name="fingerprint"/> is the SHA-256 text of the DTLS certificate.</summary>
    public static RtcOffer Create(RtcOfferOptions options, string fingerprint, Random random)
    {
        var offer = new RtcOffer(options, random);
        var kinds = new Dictionary<string, string>();
        if (options.Audio.Count > 0) kinds.Add(kinds.Count.ToString(CultureInfo.InvariantCulture), "audio");
        if (options.Video.Count > 0) kinds.Add(kinds.Count.ToString(CultureInfo.InvariantCulture), "video");
        offer.KindByMid = kinds;
        offer.Sdp = offer.Write(fingerprint, random.NextInt64(1, long.MaxValue));
        return offer;
    }

    private string Write(string fingerprint, long sessionId)
    {
        var sdp = new StringBuilder();
        Line(sdp, "v=0");
        Line(sdp, $"o=- {sessionId} 2 IN IP4 127.0.0.1");
        Line(sdp, "s=-");
        Line(sdp, "t=0 0");
        Line(sdp, $"a=group:BUNDLE {string.Join(' ', KindByMid.Keys)}");
        Line(sdp, "a=extmap-allow-mixed");
        Line(sdp, "a=msid-semantic: WMS");
        foreach (var (mid, kind) in KindByMid)
            WriteSection(sdp, mid, kind, kind == "audio" ? Options.Audio : Options.Video, fingerprint);
        return sdp.ToString();
    }

    private void WriteSection(StringBuilder sdp, string mid, string kind, IReadOnlyList<RtcCodec> codecs, string fingerprint)
    {
        var types = codecs.SelectMany(codec => codec.RtxPayloadType == 0 ? [codec.PayloadType] : (byte[])[codec.PayloadType, codec.RtxPayloadType]);
        Line(sdp, $"m={kind} 9 UDP/TLS/RTP/SAVPF {string.Join(' ', types)}");
        Line(sdp, "c=IN IP4 0.0.0.0");
        Line(sdp, "a=rtcp:9 IN IP4 0.0.0.0");
        Line(sdp, $"a=ice-ufrag:{Ufrag}");
        Line(sdp, $"a=ice-pwd:{Pwd}");
        Line(sdp, "a=ice-options:trickle");
        Line(sdp, $"a=fingerprint:sha-256 {fingerprint}");
        Line(sdp, "a=setup:actpass");
        Line(sdp, $"a=mid:{mid}");
        WriteExtensions(sdp, kind);
        Line(sdp, Options.Sending ? "a=sendonly" : "a=recvonly");
        if (Options.Sending) Line(sdp, $"a=msid:stream {kind}");
        Line(sdp, "a=rtcp-mux");
        Line(sdp, "a=rtcp-rsize");
        foreach (var codec in codecs) WriteCodec(sdp, codec);
        if (!Options.Sending) return;
        if (kind == "audio") WriteSsrc(sdp, AudioSsrc);
        else WriteVideoStreams(sdp, codecs);
    }

    private void WriteExtensions(StringBuilder sdp, string kind)
    {
        if (kind == "audio") Line(sdp, $"a=extmap:{RtcExtensionIds.AudioLevel} {HeaderExtensionUris.AudioLevel}");
        Line(sdp, $"a=extmap:{RtcExtensionIds.AbsoluteSendTime} {HeaderExtensionUris.AbsoluteSendTime}");
        Line(sdp, $"a=extmap:{RtcExtensionIds.TransportSequenceNumber} {HeaderExtensionUris.TransportSequenceNumber}");
        Line(sdp, $"a=extmap:{RtcExtensionIds.Mid} {HeaderExtensionUris.Mid}");
        if (kind == "audio") return;
        Line(sdp, $"a=extmap:{RtcExtensionIds.RtpStreamId} {HeaderExtensionUris.RtpStreamId}");
        Line(sdp, $"a=extmap:{RtcExtensionIds.RepairedRtpStreamId} {HeaderExtensionUris.RepairedRtpStreamId}");
    }

    private static void WriteCodec(StringBuilder sdp, RtcCodec codec)
    {
        var channels = codec.Channels > 1 ? $"/{codec.Channels}" : "";
        Line(sdp, $"a=rtpmap:{codec.PayloadType} {codec.Name}/{codec.ClockRate}{channels}");
        Line(sdp, $"a=rtcp-fb:{codec.PayloadType} transport-cc");
        if (codec.Kind == "video")
        {
            Line(sdp, $"a=rtcp-fb:{codec.PayloadType} goog-remb");
            Line(sdp, $"a=rtcp-fb:{codec.PayloadType} ccm fir");
            Line(sdp, $"a=rtcp-fb:{codec.PayloadType} nack");
            Line(sdp, $"a=rtcp-fb:{codec.PayloadType} nack pli");
        }
        if (codec.Parameters is not null) Line(sdp, $"a=fmtp:{codec.PayloadType} {codec.Parameters}");
        if (codec.RtxPayloadType == 0) return;
        Line(sdp, $"a=rtpmap:{codec.RtxPayloadType} rtx/{codec.ClockRate}");
        Line(sdp, $"a=fmtp:{codec.RtxPayloadType} apt={codec.PayloadType}");
    }

    private void WriteVideoStreams(StringBuilder sdp, IReadOnlyList<RtcCodec> codecs)
    {
        if (Options.Rids.Count > 0)
        {
            foreach (var rid in Options.Rids) Line(sdp, $"a=rid:{rid} send");
            Line(sdp, $"a=simulcast:send {string.Join(';', Options.Rids)}");
            return;
        }
        var rtx = codecs[0].RtxPayloadType != 0;
        if (rtx) Line(sdp, $"a=ssrc-group:FID {VideoSsrc} {VideoRtxSsrc}");
        WriteSsrc(sdp, VideoSsrc);
        if (rtx) WriteSsrc(sdp, VideoRtxSsrc);
    }

    private static void WriteSsrc(StringBuilder sdp, uint ssrc) => Line(sdp, $"a=ssrc:{ssrc} cname:peer");

    private static void Line(StringBuilder sdp, FormattableString line) =>
        sdp.Append(line.ToString(CultureInfo.InvariantCulture)).Append("\r\n");

    private static void Line(StringBuilder sdp, string line) => sdp.Append(line).Append("\r\n");

    private static string RandomText(Random random, int length) =>
        string.Create(length, random, static (text, random) =>
        {
            for (var i = 0; i < text.Length; i++) text[i] = UfragAlphabet[random.Next(UfragAlphabet.Length)];
        });

    private static uint RandomSsrc(Random random) => (uint)random.NextInt64(1, uint.MaxValue);
}
