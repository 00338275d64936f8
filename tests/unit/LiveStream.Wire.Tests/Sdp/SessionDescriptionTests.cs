using LiveStream.Wire.Sdp;

namespace LiveStream.Wire.Tests.Sdp;

public class SessionDescriptionTests
{
    private const string Start = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n";

    [Theory]
    [InlineData("chromium-simulcast.sdp")]
    [InlineData("chromium-recvonly.sdp")]
    [InlineData("chromium-data-and-video.sdp")]
    public void TryParse_ChromiumOffer_WritesBackEqual(string file)
    {
        var text = SdpData.Read(file);
        Assert.True(SessionDescription.TryParse(text, out var session, out var error), error);
        // Chromium writes the session's lines in the RFC's order, so nothing moves.
        Assert.Equal(text, session.ToString());
    }

    [Fact]
    public void TryParse_ChromiumSimulcastOffer_ReadsTransportAndSections()
    {
        Assert.True(SessionDescription.TryParse(SdpData.Read("chromium-simulcast.sdp"), out var session, out _));
        Assert.Equal("- 1737935707166221992 2 IN IP4 127.0.0.1", session.Origin);
        Assert.Equal(["0", "1"], session.BundleGroup);
        Assert.False(session.IceLite);
        Assert.Equal(2, session.Media.Count);

        var (audio, video) = (session.Media[0], session.Media[1]);
        Assert.Equal("audio", audio.Kind);
        Assert.Equal(9, audio.Port);
        Assert.Equal("UDP/TLS/RTP/SAVPF", audio.Protocol);
        Assert.Equal("IN IP4 0.0.0.0", audio.Connection);
        Assert.Equal(111, audio.PayloadTypes[0]);
        Assert.Equal("0", audio.Mid);
        Assert.Same(video, session.FindMedia("1"));
        Assert.Equal("g8lI", session.FindIceUfrag(audio));
        Assert.Equal("u4UVne2xx7FrPxLevwe4yzFM", session.FindIcePwd(audio));
        Assert.Equal(["trickle"], audio.IceOptions);
        Assert.Equal(SetupRole.ActPass, session.FindSetup(video));
        Assert.Equal(MediaDirection.SendOnly, session.FindDirection(video));
        Assert.True(audio.RtcpMux);
        Assert.True(video.RtcpReducedSize);
        Assert.Equal("sha-256", session.FindFingerprint(audio)!.Algorithm);
        Assert.Equal(32, session.FindFingerprint(audio)!.Value.Length);
    }

    [Fact]
    public void Find_AttributeOfTheSession_HoldsForSectionsWithoutTheirOwn()
    {
        var text = Start + "a=ice-lite\r\na=ice-ufrag:SESS\r\na=setup:active\r\na=recvonly\r\n"
            + "m=audio 9 RTP/AVP 0\r\na=ice-ufrag:MEDI\r\nm=video 9 RTP/AVP 96\r\na=sendonly\r\n";
        Assert.True(SessionDescription.TryParse(text, out var session, out _));
        Assert.True(session.IceLite);
        Assert.Equal("MEDI", session.FindIceUfrag(session.Media[0]));
        Assert.Equal("SESS", session.FindIceUfrag(session.Media[1]));
        Assert.Equal("SESS", session.Find(session.Media[1], "ice-ufrag")?.Value);
        Assert.Null(session.Find(session.Media[1], "mid"));
        Assert.Equal(SetupRole.Active, session.FindSetup(session.Media[1]));
        Assert.Equal(MediaDirection.RecvOnly, session.FindDirection(session.Media[0]));
        Assert.Equal(MediaDirection.SendOnly, session.FindDirection(session.Media[1]));
        Assert.Null(session.Media[0].Direction);
        Assert.Null(session.FindFingerprint(session.Media[0]));
    }

    [Fact]
    public void TryParse_LineFeedsOnlyAndBlankEnd_IsTaken()
    {
        Assert.True(SessionDescription.TryParse("v=0\no=x\ns=\nm=audio 9/2 RTP/AVP 0\n\n", out var session, out _));
        Assert.Equal("v=0\r\no=x\r\ns=\r\nt=0 0\r\nm=audio 9 RTP/AVP 0\r\n", session.ToString());
    }

    [Theory]
    [InlineData("", SdpError.VersionMissing)]
    [InlineData("o=x\r\nv=0\r\n", SdpError.VersionMissing)]
    [InlineData("v=1\r\n", SdpError.VersionMissing)]
    [InlineData("v=0\r\ns=-\r\n", SdpError.OriginMissing)]
    [InlineData("v=0\r\no=x\r\nm=audio 9 RTP/AVP 0\r\ns=-\r\n", SdpError.SessionNameMissing)]
    [InlineData(Start + "hello\r\n", SdpError.LineMalformed)]
    [InlineData(Start + "A=x\r\n", SdpError.LineMalformed)]
    [InlineData(Start + "a\r\n", SdpError.LineMalformed)]
    [InlineData(Start + "a=x\0y\r\n", SdpError.LineMalformed)]
    [InlineData(Start + "a=x\ry\r\n", SdpError.LineMalformed)]
    [InlineData(Start + "a=\r\n", SdpError.AttributeMalformed)]
    [InlineData(Start + "a=:x\r\n", SdpError.AttributeMalformed)]
    [InlineData(Start + "m=audio 9 RTP/AVP\r\n", SdpError.MediaMalformed)]
    [InlineData(Start + "m=audio 65536 RTP/AVP 0\r\n", SdpError.MediaMalformed)]
    [InlineData(Start + "m=audio -1 RTP/AVP 0\r\n", SdpError.MediaMalformed)]
    public void TryParse_Malformed_SaysWhy(string text, SdpError expected)
    {
        Assert.Equal(expected, SessionDescription.TryParse(text, out var session));
        Assert.Empty(session.Media);
        Assert.False(SessionDescription.TryParse(text, out _, out var error));
        Assert.Contains(expected.ToString(), error, StringComparison.Ordinal);
    }

    [Fact]
    public void TryParse_BeyondALimit_SaysWhich()
    {
        static SdpError Error(string text) => SessionDescription.TryParse(text, out _);
        static string Repeat(string line, int count) => string.Concat(Enumerable.Repeat(line, count));

        Assert.Equal(SdpError.None, Error(Start + Repeat("a=x\r\n", SdpLimits.Attributes)));
        Assert.Equal(SdpError.TooManyAttributes, Error(Start + Repeat("a=x\r\n", SdpLimits.Attributes + 1)));
        Assert.Equal(SdpError.None, Error(Start + Repeat("m=audio 9 RTP/AVP 0\r\n", SdpLimits.Media)));
        Assert.Equal(SdpError.TooManyMedia, Error(Start + Repeat("m=audio 9 RTP/AVP 0\r\n", SdpLimits.Media + 1)));
        Assert.Equal(SdpError.LineTooLong, Error(Start + "a=" + new string('x', SdpLimits.LineLength - 1)));
        Assert.Equal(SdpError.TextTooLong, Error(Start + new string('\n', SdpLimits.TextLength)));
        Assert.True(SessionDescription.TryParse(Start + Repeat("b=AS:1\r\n", 1000), out var session, out _));
        Assert.Equal(SdpLimits.Bandwidths, session.Bandwidths.Count);
    }

    [Fact]
    public void ToString_LineBreakInAValue_CannotAddALine()
    {
        var session = new SessionDescription { SessionName = "x\r\na=injected" };
        session.Add("msid", "a\nm=audio 9 RTP/AVP 0");
        Assert.True(SessionDescription.TryParse(session.ToString(), out var read, out _));
        Assert.Equal("xa=injected", read.SessionName);
        Assert.Empty(read.Media);
        Assert.Single(read.Attributes);
    }

    [Fact]
    public void ToString_AnswerBuiltByHand_HasTheExpectedLines()
    {
        var session = new SessionDescription { IceLite = true };
        session.Set("group", "BUNDLE 0");
        var media = new MediaDescription
        {
            Kind = "audio",
            Connection = "IN IP4 0.0.0.0",
            Mid = "0",
            IceUfrag = "u",
            IcePwd = "p",
            Setup = SetupRole.Passive,
            Fingerprint = new Fingerprint("sha-256", [0xAB, 0x01]),
            Direction = MediaDirection.RecvOnly,
            RtcpMux = true,
            RtcpReducedSize = true,
        };
        media.AddCodec(new RtpMap(111, "opus", 48000, 2), "minptime=10;useinbandfec=1", ["transport-cc"]);
        media.Direction = MediaDirection.SendOnly;
        media.RtcpReducedSize = false;
        session.Media.Add(media);

        Assert.Equal(
            "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=ice-lite\r\na=group:BUNDLE 0\r\n"
            + "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\na=ice-ufrag:u\r\na=ice-pwd:p\r\n"
            + "a=setup:passive\r\na=fingerprint:sha-256 AB:01\r\na=rtcp-mux\r\na=rtpmap:111 opus/48000/2\r\n"
            + "a=rtcp-fb:111 transport-cc\r\na=fmtp:111 minptime=10;useinbandfec=1\r\na=sendonly\r\n",
            session.ToString());
    }

    [Fact]
    public void TryParse_MutatedOffers_NeverThrowsAndWritesAFixedPoint()
    {
        var random = new Random(8866);
        var offer = SdpData.Read("chromium-simulcast.sdp");
        for (var i = 0; i < 300; i++)
        {
            var text = offer.ToCharArray();
            for (var j = random.Next(6); j >= 0; j--) text[random.Next(text.Length)] = (char)random.Next(128);
            if (!SessionDescription.TryParse(new string(text), out var session, out _)) continue;
            foreach (var media in session.Media) SdpData.ReadEverything(session, media);
            var once = session.ToString();
            Assert.True(SessionDescription.TryParse(once, out session, out var error), error);
            Assert.Equal(once, session.ToString());
        }
    }
}
