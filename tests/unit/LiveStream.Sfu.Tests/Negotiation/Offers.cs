using LiveStream.Contracts.Sfu.V1;
using LiveStream.Sfu.Ice;
using LiveStream.Sfu.Negotiation;
using LiveStream.Wire.Sdp;

namespace LiveStream.Sfu.Tests.Negotiation;

/// <summary>Offers, of Chromium and by hand, and the way through negotiation to an answer.</summary>
internal static class Offers
{
    public const string Transport = "a=ice-ufrag:abcd\na=ice-pwd:0123456789012345678901\na=setup:actpass\n"
        + "a=fingerprint:sha-256 B9:EE:F7:A1:9D:D3:D3:FA:7D:42:A9:42:33:AE:B9:B0:C9:1A:1C:34:A1:0A:7A:60:05:E6:2F:F9:C0:EE:7F:BA\n";

    public static PublishPolicy All { get; } = new() { Audio = true, Video = true, Screen = true, VideoCodecs = { "H264" } };

    public static SubscribePolicy Everyone { get; } = new() { FromRoles = { "broadcaster" } };

    public static string Read(string file) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Negotiation", "data", file));

    /// <summary>A session part and these sections.</summary>
    public static string Session(string attributes, params string[] sections) =>
        "v=0\no=- 1 2 IN IP4 127.0.0.1\ns=-\nt=0 0\n" + attributes + string.Concat(sections);

    public static string Video(string mid, string more = "", int port = 9, string direction = "sendonly", string transport = Transport) =>
        $"m=video {port} UDP/TLS/RTP/SAVPF 102 103\nc=IN IP4 0.0.0.0\n{transport}"
        + (mid.Length > 0 ? $"a=mid:{mid}\n" : "")
        + $"a={direction}\na=rtcp-mux\na=rtpmap:102 H264/90000\na=fmtp:102 packetization-mode=1;profile-level-id=42e01f\n"
        + "a=rtcp-fb:102 nack\na=rtcp-fb:102 nack pli\na=rtcp-fb:102 transport-cc\na=rtpmap:103 rtx/90000\na=fmtp:103 apt=102\n"
        + "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\na=extmap:10 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id\n" + more;

    public static string Audio(string mid, int port = 9, string direction = "sendonly", string transport = Transport) =>
        $"m=audio {port} UDP/TLS/RTP/SAVPF 111\nc=IN IP4 0.0.0.0\n{transport}"
        + (mid.Length > 0 ? $"a=mid:{mid}\n" : "") + $"a={direction}\na=rtcp-mux\na=rtpmap:111 opus/48000/2\n";

    public static (TransportPlan Plan, SessionDescription Answer) Negotiate(string sdp, PublishPolicy? publish, SubscribePolicy? subscribe)
    {
        var request = new OpenTransportRequest { RoomId = "r", TransportId = "t", PeerId = "p", Role = "broadcaster", Publish = publish, Subscribe = subscribe, OfferSdp = sdp };
        Assert.True(SessionDescription.TryParse(sdp, out var offer, out var error), error);
        var ssrc = 1000u;
        var plan = new OfferNegotiator("node", () => ssrc++).Negotiate(request, offer);
        var local = new LocalDescription("node", "AB:CD", ["1 1 udp 1 127.0.0.1 7882 typ host"]);
        var text = new AnswerBuilder(local).Build(offer, plan, request, IceCredentials.Create());
        Assert.True(SessionDescription.TryParse(text, out var answer, out error), error);
        Assert.Equal(offer.Media.Count, answer.Media.Count);
        return (plan, answer);
    }
}
