using LiveStream.Wire.Rtp;
using LiveStream.Wire.Sdp;

namespace LiveStream.Wire.Tests.Sdp;

public class MediaDescriptionTests
{
    private static readonly SessionDescription Simulcast = Offer("chromium-simulcast.sdp");

    [Fact]
    public void Codecs_OfChromium_AreReadWithParametersAndFeedback()
    {
        var (audio, video) = (Simulcast.Media[0], Simulcast.Media[1]);
        Assert.Equal(new RtpMap(111, "opus", 48000, 2), audio.FindRtpMap(111));
        Assert.True(audio.FindRtpMap(111)!.Is("OPUS"));
        Assert.Equal("10", audio.FmtpParameters(111)["MINPTIME"]);
        Assert.Equal(["transport-cc"], audio.RtcpFeedback(111));

        var h264 = video.RtpMaps.First(m => m.Is("H264"));
        Assert.Equal(90000, h264.ClockRate);
        Assert.Equal("42001f", video.FmtpParameters(h264.PayloadType)["profile-level-id"]);
        Assert.Contains("nack pli", video.RtcpFeedback(h264.PayloadType));
        Assert.Contains("ccm fir", video.RtcpFeedback(h264.PayloadType));
        Assert.Equal("apt=96", video.Fmtp(97));
        Assert.Null(video.Fmtp(1));
        Assert.Empty(video.FmtpParameters(1));
        Assert.Null(video.FindRtpMap(1));
    }

    [Fact]
    public void ExtMaps_OfChromium_CarryTheKnownUris()
    {
        var uris = Simulcast.Media[1].ExtMaps.Select(e => e.Uri).ToList();
        Assert.Contains(HeaderExtensionUris.TransportSequenceNumber, uris);
        Assert.Contains(HeaderExtensionUris.AbsoluteSendTime, uris);
        Assert.Contains(HeaderExtensionUris.VideoOrientation, uris);
        Assert.Contains(HeaderExtensionUris.PlayoutDelay, uris);
        Assert.Contains(HeaderExtensionUris.Mid, uris);
        Assert.Contains(HeaderExtensionUris.RtpStreamId, uris);
        Assert.Contains(HeaderExtensionUris.RepairedRtpStreamId, uris);
        Assert.Equal(new ExtMap(1, HeaderExtensionUris.AudioLevel, null), Simulcast.Media[0].ExtMaps[0]);
    }

    [Fact]
    public void Rids_OfChromium_MatchItsSimulcast()
    {
        var video = Simulcast.Media[1];
        Assert.Equal(["q send", "h send", "f send"], video.Rids.Select(r => r.ToString()));
        Assert.Equal(["q", "h", "f"], video.Simulcast!.Send.Select(s => s.Alternatives.Single().Id));
        Assert.Empty(video.Simulcast.Receive);
        Assert.Null(Simulcast.Media[0].Simulcast);
    }

    [Fact]
    public void Sources_OfChromium_AreGroupedWithTheirRetransmission()
    {
        var video = Offer("chromium-data-and-video.sdp").Media[0];
        Assert.Equal("FID 1939063185 3752414268", Assert.Single(video.SsrcGroups).ToString());
        Assert.Equal([1939063185u, 3752414268u], video.Ssrcs);
        Assert.Equal(new SsrcAttribute(1939063185, "cname", "XoaMskcU4NG3vHCm"), video.SsrcAttributes[0]);
        Assert.Equal("de1ef1a0-1c7c-4685-99d5-c7d27462a50e", video.Msid!.Track);
    }

    [Fact]
    public void SctpPort_OfChromium_IsRead()
    {
        var data = Offer("chromium-data-and-video.sdp").Media[1];
        Assert.Equal("application", data.Kind);
        Assert.Equal(["webrtc-datachannel"], data.Formats);
        Assert.Empty(data.PayloadTypes);
        Assert.Equal(5000, data.SctpPort);
    }

    [Theory]
    [InlineData("128 VP8/90000")]
    [InlineData("96 VP8")]
    [InlineData("96 /90000")]
    [InlineData("96 VP8/0")]
    [InlineData("96 VP8/+90000")]
    [InlineData("96 VP8/99999999999")]
    [InlineData("96 opus/48000/0")]
    [InlineData("96 opus/48000/2/3")]
    [InlineData("96")]
    [InlineData("")]
    public void RtpMap_Malformed_IsLeftOut(string value)
    {
        var media = new MediaDescription();
        media.Add("rtpmap", value);
        media.Add("rtpmap", "0 PCMU/8000/1");
        Assert.Equal(new RtpMap(0, "PCMU", 8000, 1), Assert.Single(media.RtpMaps));
    }

    [Theory]
    [InlineData("1 urn:x", "1 urn:x")]
    [InlineData("255/recvonly urn:x attributes here", "255/recvonly urn:x")]
    [InlineData("4096 urn:x", "4096 urn:x")]
    [InlineData("0 urn:x", null)]
    [InlineData("256 urn:x", null)]
    [InlineData("4352 urn:x", null)]
    [InlineData("1/sideways urn:x", null)]
    [InlineData("1", null)]
    public void ExtMap_TryParse_TakesWhatRfc8285Allows(string value, string? expected) =>
        Assert.Equal(expected, ExtMap.TryParse(value, out var map) ? map.ToString() : null);

    [Theory]
    [InlineData("1 send pt=97,98;max-width=1280;max-height=720", true)]
    [InlineData("hi-res_2 recv", true)]
    [InlineData("1 sendrecv", false)]
    [InlineData("a,b send", false)]
    [InlineData(" send", false)]
    public void RidDescription_TryParse_WritesBackEqual(string value, bool valid)
    {
        Assert.Equal(valid, RidDescription.TryParse(value, out var rid));
        if (valid) Assert.Equal(value, rid!.ToString());
    }

    [Fact]
    public void SimulcastDescription_ExampleOfRfc8853_ReadsAlternativesAndPauses()
    {
        Assert.True(SimulcastDescription.TryParse("send 1,2,3;~4,~5 recv 6;~7,~8", out var simulcast));
        Assert.Equal(2, simulcast.Send.Count);
        Assert.Equal(["1", "2", "3"], simulcast.Send[0].Alternatives.Select(a => a.Id));
        Assert.All(simulcast.Send[1].Alternatives, a => Assert.True(a.Paused));
        Assert.Equal([false, true], simulcast.Receive.Select(s => s.Alternatives[0].Paused));
        Assert.Equal("send 1,2,3;~4,~5 recv 6;~7,~8", simulcast.ToString());
        Assert.True(SimulcastDescription.TryParse("recv 1 send 2", out simulcast));
        Assert.Equal("send 2 recv 1", simulcast.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("send")]
    [InlineData("send 1 send 2")]
    [InlineData("send 1;;2")]
    [InlineData("send ~~1")]
    [InlineData("both 1")]
    public void SimulcastDescription_Malformed_IsRefused(string value) => Assert.False(SimulcastDescription.TryParse(value, out _));

    [Theory]
    [InlineData("SHA-256 12:DF:3e:5D", true)]
    [InlineData("sha-256", false)]
    [InlineData("sha-256 12:DF:3", false)]
    [InlineData("sha-256 12-DF", false)]
    [InlineData("sha-256 1G:DF", false)]
    public void Fingerprint_TryParse_TakesColonHex(string value, bool valid)
    {
        Assert.Equal(valid, Fingerprint.TryParse(value, out var fingerprint));
        if (!valid) return;
        Assert.Equal("sha-256 12:DF:3E:5D", fingerprint!.ToString());
        Assert.Equal(new Fingerprint("sha-256", [0x12, 0xDF, 0x3E, 0x5D]), fingerprint);
        Assert.Equal(new Fingerprint("sha-256", [0x12, 0xDF, 0x3E, 0x5D]).GetHashCode(), fingerprint.GetHashCode());
    }

    [Fact]
    public void RtcpFeedback_Wildcard_HoldsForEveryType()
    {
        var media = new MediaDescription();
        media.Add("rtcp-fb", "* nack");
        media.Add("rtcp-fb", "96  nack  pli");
        media.Add("rtcp-fb", "97");
        Assert.Equal(["nack", "nack pli"], media.RtcpFeedback(96));
        Assert.Equal(["nack"], media.RtcpFeedback(97));
    }

    [Fact]
    public void Set_SeveralOfAName_LeavesOneInTheFirstPlace()
    {
        var media = new MediaDescription();
        media.Add("a", "1");
        media.Add("b", "2");
        media.Add("a", "3");
        media.Set("a", "4");
        Assert.Equal(["a:4", "b:2"], media.Attributes.Select(a => a.ToString()));
        media.Remove("a");
        Assert.False(media.Has("a"));
    }

    private static SessionDescription Offer(string file)
    {
        Assert.True(SessionDescription.TryParse(SdpData.Read(file), out var session, out var error), error);
        return session;
    }
}
