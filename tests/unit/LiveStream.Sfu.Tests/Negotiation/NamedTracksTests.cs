using LiveStream.Contracts;
using LiveStream.Contracts.Sfu.V1;
using LiveStream.Sfu.Ice;
using LiveStream.Sfu.Negotiation;
using LiveStream.Wire.Sdp;

namespace LiveStream.Sfu.Tests.Negotiation;

/// <summary>Offers of clients that name their tracks, and add and end some by further offers.</summary>
public sealed class NamedTracksTests
{
    private const string Data = "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\nc=IN IP4 0.0.0.0\n" + Offers.Transport + "a=mid:0\na=sctp-port:5000\na=max-message-size:262144\n";
    private uint _ssrc = 1000;

    [Fact]
    public void Negotiate_DataChannelAlone_IsAcceptedAndAnswered()
    {
        var (plan, answer) = Open(Session("0", Data));
        Assert.Empty(plan.Publishing);
        Assert.Equal("0", plan.DataChannel!.Mid);
        Assert.Equal((9, 5000, SetupRole.Passive), (answer.Media[0].Port, answer.Media[0].SctpPort, answer.Media[0].Setup));
        Assert.NotEmpty(answer.Media[0].Candidates);
        Assert.Equal(["0"], answer.BundleGroup);
    }

    [Fact]
    public void Renegotiate_TrackIsAdded_HasTheClientsNameAndSource()
    {
        var (plan, _) = Open(Session("0", Data));
        var next = Update(plan, Session("0 1", Data, Camera("1", "cam")), ("cam", TrackSource.Regular));
        var track = Assert.Single(next.Publishing).Description;
        Assert.Equal(("cam", "s1", TrackSource.Regular, "broadcaster"), (track.TrackId, track.StreamId, track.Source, track.Role));
    }

    [Fact]
    public void Renegotiate_AnotherTrackComes_TheFirstStaysTheSameObject()
    {
        var (plan, _) = Open(Session("0 1", Data, Camera("1", "cam")), ("cam", TrackSource.Regular));
        var next = Update(plan, Session("0 1 2", Data, Camera("1", "cam"), Camera("2", "screen")), ("cam", TrackSource.Regular), ("screen", TrackSource.Screen));
        Assert.Same(plan.Publishing[0].Description, next.Publishing[0].Description);
        Assert.Equal(TrackSource.Screen, next.Publishing[1].Description.Source);
    }

    [Theory]
    [InlineData("inactive")]
    [InlineData("recvonly")]
    public void Renegotiate_TrackIsTakenAway_LeavesThePlan(string direction)
    {
        var (plan, _) = Open(Session("0 1", Data, Camera("1", "cam")), ("cam", TrackSource.Regular));
        Assert.Empty(Update(plan, Session("0 1", Data, Camera("1", "cam", direction))).Publishing);
    }

    [Fact]
    public void Renegotiate_AnotherTrackOnTheSameLine_IsANewOne()
    {
        var (plan, _) = Open(Session("0 1", Data, Camera("1", "cam")), ("cam", TrackSource.Regular));
        var next = Update(plan, Session("0 1", Data, Camera("1", "other")), ("other", TrackSource.Regular));
        Assert.NotSame(plan.Publishing[0].Description, Assert.Single(next.Publishing).Description);
        Assert.NotEqual(plan.Publishing[0].Description.Layers[0].ExportSsrc, next.Publishing[0].Description.Layers[0].ExportSsrc);
    }

    [Fact]
    public void Negotiate_LineWithANameThatIsNotAnnounced_IsTakenWithoutATrack()
    {
        var (plan, answer) = Open(Session("0 1", Data, Camera("1", "cam")));
        Assert.Empty(plan.Publishing);
        // Refused, the browser would stop the sender, and the client could not take its track away any more.
        Assert.Equal((9, MediaDirection.RecvOnly), (answer.Media[1].Port, answer.Media[1].Direction));
        Assert.Equal(["0", "1"], answer.BundleGroup);
    }

    [Fact]
    public void Renegotiate_LayersMayNotBePublishedAnyMore_WhatWasAgreedOnStays()
    {
        const string Layers = "a=extmap:11 urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id\na=msid:s1 cam\na=rid:f send\na=rid:q send\na=simulcast:send f;q\n";
        var offer = Session("0 1", Data, Offers.Video("1", Layers));
        var (_, allowed) = Open(offer, ("cam", TrackSource.Regular));
        var (plan, declined) = Open(new PublishPolicy(), offer, ("cam", TrackSource.Regular));
        Assert.Empty(plan.Publishing);
        var (before, after) = (allowed.Media[1], declined.Media[1]);
        Assert.Equal(before.Direction, after.Direction);
        Assert.Equal(before.Formats, after.Formats);
        Assert.Equal(before.Values("simulcast"), after.Values("simulcast"));
        Assert.Equal(before.Values("rid"), after.Values("rid"));
        // Chrome offers no layers again without the extension that tells them apart.
        Assert.Equal(before.ExtMaps.Select(map => (map.Id, map.Uri)).Order(), after.ExtMaps.Select(map => (map.Id, map.Uri)).Order());
        Assert.Contains(after.ExtMaps, map => map.Uri.EndsWith("rtp-stream-id", StringComparison.Ordinal));
    }

    [Fact]
    public void Renegotiate_RoleMayPublishNothingAnyMore_TheBrowserStillAsksForEachTrackThatIsTakenAway()
    {
        // The client takes its microphone away first. An inactive camera would need no negotiation to be taken away after it.
        var offer = Session("0 1 2", Data, Camera("1", "cam"), Offers.Audio("2", direction: "inactive"));
        var (plan, answer) = Open(new PublishPolicy(), offer, ("cam", TrackSource.Regular));
        Assert.Empty(plan.Publishing);
        Assert.Equal(MediaDirection.RecvOnly, answer.Media[1].Direction);
        Assert.Equal(0, answer.Media[2].Port);

        var (_, last) = Open(new PublishPolicy(), Session("0 1", Data, Camera("1", "cam", "inactive")));
        Assert.Equal(0, last.Media[1].Port);
    }

    [Fact]
    public void Negotiate_LineThatTheClientHasStopped_IsClosed()
    {
        var (_, answer) = Open(Session("0 1", Data, Camera("1", "cam", "inactive")));
        Assert.Equal(0, answer.Media[1].Port);
        Assert.Equal(["0"], answer.BundleGroup);
    }

    [Fact]
    public void Negotiate_ScreenWithoutTheRight_IsRefused()
    {
        var policy = new PublishPolicy { Audio = true, Video = true };
        var request = Request(policy, ("cam", TrackSource.Screen));
        Assert.Empty(Negotiator().Negotiate(request, Parse(Session("0 1", Data, Camera("1", "cam")))).Publishing);
    }

    [Fact]
    public void Negotiate_OneTrackOnTwoLines_IsInvalid()
    {
        var failure = Assert.Throws<ControlException>(() => Open(Session("0 1 2", Data, Camera("1", "cam"), Camera("2", "cam")), ("cam", TrackSource.Regular)));
        Assert.Equal(ControlError.InvalidArgument, failure.Error);
    }

    [Fact]
    public void Negotiate_MoreLinesThanAClientNeeds_IsInvalid()
    {
        var lines = Enumerable.Range(1, 40).Select(number => Camera(number.ToString(System.Globalization.CultureInfo.InvariantCulture), "t" + number)).ToArray();
        var failure = Assert.Throws<ControlException>(() => Open(Session("0", [Data, .. lines])));
        Assert.Equal(ControlError.InvalidArgument, failure.Error);
    }

    [Fact]
    public void Renegotiate_CertificateOfAnotherConnection_IsRefused()
    {
        var (plan, _) = Open(Session("0", Data));
        var failure = Assert.Throws<ControlException>(() => Update(plan, Session("0", Data.Replace("B9:EE", "00:11", StringComparison.Ordinal))));
        Assert.Equal(ControlError.FailedPrecondition, failure.Error);
    }

    [Fact]
    public void Renegotiate_FewerLines_IsRefused()
    {
        var (plan, _) = Open(Session("0 1", Data, Camera("1", "cam")), ("cam", TrackSource.Regular));
        Assert.Throws<ControlException>(() => Update(plan, Session("0", Data)));
    }

    private static string Camera(string mid, string track, string direction = "sendonly") => Offers.Video(mid, $"a=msid:s1 {track}\n", direction: direction);

    private static string Session(string bundle, params string[] sections) => Offers.Session($"a=group:BUNDLE {bundle}\n", sections);

    private static SessionDescription Parse(string sdp)
    {
        Assert.True(SessionDescription.TryParse(sdp, out var session, out var error), error);
        return session;
    }

    private static NamedTracks Names((string Id, TrackSource Source)[] tracks) =>
        new() { Tracks = { tracks.Select(track => new NamedTrack { TrackId = track.Id, Source = track.Source }) } };

    private static OpenTransportRequest Request(PublishPolicy policy, params (string Id, TrackSource Source)[] tracks) =>
        new() { RoomId = "r", TransportId = "t", PeerId = "p", Role = "broadcaster", Publish = policy, Named = Names(tracks) };

    private OfferNegotiator Negotiator() => new("node", () => _ssrc++);

    private (TransportPlan Plan, SessionDescription Answer) Open(string sdp, params (string Id, TrackSource Source)[] tracks) => Open(Offers.All, sdp, tracks);

    private (TransportPlan Plan, SessionDescription Answer) Open(PublishPolicy policy, string sdp, params (string Id, TrackSource Source)[] tracks)
    {
        var (request, offer) = (Request(policy, tracks), Parse(sdp));
        var plan = Negotiator().Negotiate(request, offer);
        var answer = new AnswerBuilder(new LocalDescription("node", "AB:CD", ["1 1 udp 1 127.0.0.1 7882 typ host"])).Build(offer, plan, request, IceCredentials.Create());
        return (plan, Parse(answer));
    }

    private TransportPlan Update(TransportPlan before, string sdp, params (string Id, TrackSource Source)[] tracks)
    {
        var update = new UpdateTransportRequest { TransportId = "t", OfferSdp = sdp, Named = Names(tracks) };
        return Renegotiation.Of(before, Request(Offers.All), IceCredentials.Create(), update, Parse(sdp), Negotiator()).Plan;
    }
}
