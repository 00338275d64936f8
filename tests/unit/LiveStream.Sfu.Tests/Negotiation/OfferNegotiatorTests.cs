using LiveStream.Contracts;
using LiveStream.Sfu.Router.Codecs;
using LiveStream.Wire.Rtp;
using LiveStream.Wire.Sdp;

namespace LiveStream.Sfu.Tests.Negotiation;

public sealed class OfferNegotiatorTests
{
    [Fact]
    public void Negotiate_ChromiumSimulcast_TakesOpusAndH264InThreeLayers()
    {
        var (plan, answer) = Offers.Negotiate(Offers.Read("chromium-simulcast.sdp"), Offers.All, null);
        Assert.Equal(["OPUS", "H264"], plan.Publishing.Select(format => format.Description.Codec.Name));
        var video = plan.Publishing[1];
        Assert.Equal(3, video.Description.Layers.Count);
        Assert.Equal(102, video.PayloadType);
        Assert.Equal((byte)103, video.RtxPayloadType);
        Assert.True(video is { HasNack: true, HasPli: true, HasFir: true });
        Assert.True(plan.TransportFeedback);
        Assert.Equal((4, 10, 11, 3, 1), ((int)plan.IncomingExtensions.Mid, (int)plan.IncomingExtensions.Rid, (int)plan.IncomingExtensions.RepairedRid,
            (int)plan.IncomingExtensions.TransportSequence, (int)plan.IncomingExtensions.AudioLevel));
        Assert.Equal(["102", "103"], answer.Media[1].Formats);
        Assert.Equal(video.Description.Layers.Select(layer => layer.Rid).Order(), answer.Media[1].Simulcast!.Receive.Select(stream => stream.Alternatives[0].Id).Order());
        Assert.All(answer.Media, media => Assert.Equal(MediaDirection.RecvOnly, media.Direction));
        Assert.NotEmpty(answer.Media[0].Candidates);
        Assert.Empty(answer.Media[1].Candidates);
        Assert.Equal(["0", "1"], answer.BundleGroup);
    }

    [Fact]
    public void Negotiate_ChromiumRecvOnly_SendsEveryCodecThatIsOurs()
    {
        var (plan, answer) = Offers.Negotiate(Offers.Read("chromium-recvonly.sdp"), null, Offers.Everyone);
        Assert.Empty(plan.Publishing);
        Assert.Equal(2, plan.Receiving.Count);
        var video = plan.Receiving.Single(media => media.RtxSsrc != 0);
        Assert.Subset(new HashSet<CodecKind> { CodecKind.H264, CodecKind.Vp8, CodecKind.Vp9, CodecKind.Av1 }, video.Format.Formats.Select(format => format.Codec).ToHashSet());
        foreach (var media in answer.Media)
        {
            Assert.Equal(MediaDirection.SendOnly, media.Direction);
            // Neither redundancy nor error correction, which the router does not make.
            Assert.DoesNotContain(media.RtpMaps, map => map.Name is "red" or "ulpfec" or "flexfec-03");
            Assert.Equal(media.Formats.Count, media.Formats.Distinct().Count());
        }
    }

    [Fact]
    public void Negotiate_ChromiumWithDataChannel_RefusesTheDataSectionAndKeepsItOutOfTheBundle()
    {
        var (plan, answer) = Offers.Negotiate(Offers.Read("chromium-data-and-video.sdp"), Offers.All, Offers.Everyone);
        var data = answer.Media.Single(media => media.Kind == "application");
        Assert.Equal(0, data.Port);
        Assert.DoesNotContain(data.Mid!, answer.BundleGroup);
        Assert.Equal(plan.Publishing.Count + plan.Receiving.Count, answer.Media.Count(media => media.Port != 0));
    }

    [Fact]
    public void Negotiate_FirstSectionIsRefusedByTheClient_TransportIsReadFromTheNext()
    {
        var sdp = Offers.Session("a=group:BUNDLE 1\n", Offers.Audio("0", port: 0, transport: ""), Offers.Video("1"));
        var (plan, answer) = Offers.Negotiate(sdp, Offers.All, null);
        Assert.Equal("abcd", plan.RemoteFragment);
        Assert.Equal(0, answer.Media[0].Port);
        Assert.Equal(["1"], answer.BundleGroup);
        Assert.NotEmpty(answer.Media[1].Candidates);
    }

    [Fact]
    public void Negotiate_RefusedAndOpenSectionBothWithoutMid_OnlyTheOpenOneIsTaken()
    {
        var (_, answer) = Offers.Negotiate(Offers.Session("", Offers.Video(""), Offers.Video("", port: 0)), Offers.All, null);
        Assert.NotEqual(0, answer.Media[0].Port);
        Assert.Equal(0, answer.Media[1].Port);
    }

    [Theory]
    [InlineData("a=group:BUNDLE 0 0\n", "0", "0")]
    [InlineData("a=group:BUNDLE 0\n", "0", "1")]
    [InlineData("", "0", "1")]
    public void Negotiate_SectionsThatCannotShareATransport_FailsWithInvalidArgument(string group, string first, string second) =>
        AssertInvalid(Offers.Session(group, Offers.Audio(first), Offers.Video(second)));

    [Theory]
    [InlineData("0 1")]
    [InlineData("a\tb")]
    public void Negotiate_MidIsNoToken_FailsWithInvalidArgument(string mid) => AssertInvalid(Offers.Session("", Offers.Video(mid)));

    [Fact]
    public void Negotiate_NoBundleGroupOffered_NoneIsAnswered()
    {
        var (_, answer) = Offers.Negotiate(Offers.Session("", Offers.Video("v")), Offers.All, null);
        Assert.Empty(answer.BundleGroup);
    }

    [Fact]
    public void Negotiate_MidAttributeTwice_FirstCounts()
    {
        var (plan, answer) = Offers.Negotiate(Offers.Session("", Offers.Video("v", more: "a=mid:w\n")), Offers.All, null);
        Assert.Equal("v", plan.Publishing[0].Mid);
        Assert.Equal("v", answer.Media[0].Mid);
    }

    [Fact]
    public void Negotiate_TwoVideoSections_MakesTwoTracks()
    {
        var sdp = Offers.Session("a=group:BUNDLE 0 1\n", Offers.Video("0", "a=ssrc:5 cname:x\n"), Offers.Video("1", "a=ssrc:6 cname:x\n"));
        var (plan, _) = Offers.Negotiate(sdp, Offers.All, null);
        Assert.Equal(2, plan.Publishing.Select(format => format.Description.TrackId).Distinct().Count());
        Assert.Equal([5u, 6u], plan.Publishing.Select(format => format.SsrcByLayer[0]));
    }

    [Theory]
    [InlineData("a=rid:a send\na=simulcast:send b\n")]
    [InlineData("a=rid:a send\na=simulcast:send a;a;b\n")]
    [InlineData("a=rid:a send\na=rid:b send\na=simulcast:send a,c;b\n")]
    [InlineData("a=rid:a send\na=rid:b recv\na=simulcast:send ~a recv b\n")]
    [InlineData("a=rid:1 send\na=rid:2 send\na=rid:3 send\na=rid:4 send\na=rid:5 send\na=simulcast:send 1;2;3;4;5\n")]
    public void Negotiate_OddSimulcast_AnswerListsEachTakenRidOnce(string lines)
    {
        var (plan, answer) = Offers.Negotiate(Offers.Session("", Offers.Video("v", lines)), Offers.All, null);
        var section = answer.Media[0];
        var taken = plan.Publishing[0].Description.Layers.Select(layer => layer.Rid).Where(rid => rid.Length > 0).ToArray();
        Assert.InRange(plan.Publishing[0].Description.Layers.Count, 1, 4);
        Assert.Equal(taken, section.Rids.Select(rid => rid.Id));
        foreach (var value in section.Values("simulcast")) Assert.True(SimulcastDescription.TryParse(value, out _), value);
        if (section.Simulcast is { } simulcast)
            Assert.Equal(simulcast.Receive.Count, simulcast.Receive.Select(stream => stream.Alternatives[0].Id).Distinct().Count());
    }

    [Theory]
    [InlineData("0;1;2", "2,1,0")]
    [InlineData("0;1;2;3", "3,2,1,0")]
    [InlineData("f;h;q", "q,h,f")]
    public void Negotiate_SimulcastOfKnownNames_LayersAreLowestFirst(string sent, string layers)
    {
        var rids = string.Concat(sent.Split(';').Select(rid => $"a=rid:{rid} send\n"));
        var (plan, _) = Offers.Negotiate(Offers.Session("", Offers.Video("v", $"{rids}a=simulcast:send {sent}\n")), Offers.All, null);
        Assert.Equal(layers.Split(','), plan.Publishing[0].Description.Layers.Select(layer => layer.Rid));
    }

    [Fact]
    public void Negotiate_PhoneThatMarksItsOrientation_IsMadeToTurnItsPictures()
    {
        const string Orientation = "a=extmap:13 urn:3gpp:video-orientation\n";
        var (_, publishing) = Offers.Negotiate(Offers.Session("", Offers.Video("v", Orientation)), Offers.All, null);
        Assert.DoesNotContain(publishing.Media[0].ExtMaps, map => map.Uri == HeaderExtensionUris.VideoOrientation);
        var (_, receiving) = Offers.Negotiate(Offers.Session("", Offers.Video("v", Orientation, direction: "recvonly")), null, Offers.Everyone);
        Assert.DoesNotContain(receiving.Media[0].ExtMaps, map => map.Uri == HeaderExtensionUris.VideoOrientation);
    }

    [Fact]
    public void Negotiate_ExtensionIdsBeyondOneByte_AreNotTaken()
    {
        var sdp = Offers.Session("", Offers.Video("v", "a=extmap:15 urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id\na=extmap:200 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\n"));
        var (plan, answer) = Offers.Negotiate(sdp, Offers.All, null);
        Assert.Equal(0, plan.IncomingExtensions.RepairedRid);
        Assert.Equal(0, plan.IncomingExtensions.TransportSequence);
        Assert.All(answer.Media[0].ExtMaps, map => Assert.InRange(map.Id, 1, 14));
    }

    [Fact]
    public void Negotiate_ThirtyThreeSections_FailsWithInvalidArgument() =>
        AssertInvalid(Offers.Session("", [.. Enumerable.Range(0, 33).Select(i => Offers.Audio(i.ToString(System.Globalization.CultureInfo.InvariantCulture)))]));

    [Theory]
    [InlineData(4, true)]
    [InlineData(5, false)]
    public void Negotiate_LayersInManySections_AreTakenUpToSixteen(int sections, bool isTaken)
    {
        const string Layers = "a=rid:q send\na=rid:h send\na=rid:f send\na=rid:x send\na=simulcast:send q;h;f;x\n";
        var mids = Enumerable.Range(0, sections).Select(i => i.ToString(System.Globalization.CultureInfo.InvariantCulture)).ToArray();
        var sdp = Offers.Session($"a=group:BUNDLE {string.Join(' ', mids)}\n", [.. mids.Select(mid => Offers.Video(mid, Layers))]);
        if (isTaken) Assert.Equal(16, Offers.Negotiate(sdp, Offers.All, null).Plan.Publishing.Sum(format => format.Description.Layers.Count));
        else AssertInvalid(sdp);
    }

    [Theory]
    [InlineData("a=ice-ufrag:abcd\n")]
    [InlineData("a=ice-pwd:0123456789012345678901\n")]
    [InlineData("a=rtcp-mux\n")]
    [InlineData("a=fingerprint:sha-256 B9:EE:F7:A1:9D:D3:D3:FA:7D:42:A9:42:33:AE:B9:B0:C9:1A:1C:34:A1:0A:7A:60:05:E6:2F:F9:C0:EE:7F:BA\n")]
    public void Negotiate_NecessaryLineIsMissing_FailsWithInvalidArgument(string line) =>
        AssertInvalid(Offers.Session("", Offers.Video("v")).Replace(line, "", StringComparison.Ordinal));

    [Fact]
    public void Negotiate_ClientWantsToBeTheDtlsServer_FailsWithInvalidArgument() =>
        AssertInvalid(Offers.Session("", Offers.Video("v")).Replace("actpass", "passive", StringComparison.Ordinal));

    [Fact]
    public void Negotiate_PublisherMayNotSendVideo_VideoSectionIsRefused()
    {
        var sdp = Offers.Session("a=group:BUNDLE 0 1\n", Offers.Audio("0"), Offers.Video("1"));
        var (plan, answer) = Offers.Negotiate(sdp, new() { Audio = true }, null);
        Assert.Single(plan.Publishing);
        Assert.Equal(0, answer.Media[1].Port);
    }

    [Fact]
    public void Build_BandwidthLimit_IsToldInBothForms()
    {
        var policy = Offers.All.Clone();
        policy.MaxVideoKbps = 1500;
        var (_, answer) = Offers.Negotiate(Offers.Session("", Offers.Video("v")), policy, null);
        Assert.Equal(["AS:1500", "TIAS:1500000"], answer.Media[0].Bandwidths);
    }

    private static void AssertInvalid(string sdp)
    {
        var failure = Assert.Throws<ControlException>(() => Offers.Negotiate(sdp, Offers.All, Offers.Everyone));
        Assert.Equal(ControlError.InvalidArgument, failure.Error);
    }
}
