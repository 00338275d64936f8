using LiveStream.Contracts;
using LiveStream.Contracts.Sfu.V1;
using LiveStream.Sfu.Ice;
using LiveStream.Sfu.Negotiation;
using LiveStream.Wire.Sdp;

namespace LiveStream.Sfu.Tests.Negotiation;

public sealed class SubscriberOffersTests
{
    private readonly IceCredentials _ice = IceCredentials.Create();
    private readonly SubscriberOffers _offers;
    private uint _ssrc = 100;

    public SubscriberOffersTests() => _offers = new SubscriberOffers(() => _ssrc++);

    [Fact]
    public void Next_NothingToReceive_OffersOnceForTheDataChannelAlone()
    {
        Assert.Empty(Take()!.Sections);
        Assert.Null(Take());
    }

    [Fact]
    public void Next_OfferBeforeHasNoAnswer_IsReplacedAndCanNoLongerBeAnswered()
    {
        var lost = Offer(Video("a"))!;
        var again = Offer(Video("a"))!;
        Assert.Equal(lost.Version + 1, again.Version);
        Assert.Equal(lost.Sections, again.Sections);
        Assert.False(_offers.Answered(lost, [true]));
        Assert.True(_offers.Answered(again, [true]));
        Assert.Null(Offer(Video("a")));
    }

    [Fact]
    public void Next_TracksCome_EachHasALineWithItsNameAndNumbersThatCountUp()
    {
        Take(Audio("a"));
        var offer = Take(Audio("a"), Video("v"))!;
        Assert.Equal(["1", "2"], offer.Sections.Select(section => section.Mid));
        Assert.Equal(["a", "v"], offer.Sections.Select(section => section.Track!.TrackId));
        Assert.Equal(0u, offer.Sections[0].RtxSsrc);
        Assert.Equal(3, new[] { offer.Sections[0].Ssrc, offer.Sections[1].Ssrc, offer.Sections[1].RtxSsrc }.Distinct().Count());
    }

    [Fact]
    public void Next_TrackEnds_LineIsInactiveUntilTheNextOfTheKindTakesItUnderANewSsrc()
    {
        var first = Take(Video("v"), Audio("a"))!;
        var without = Take(Audio("a"))!;
        Assert.Null(without.Sections[0].Track);
        Assert.NotNull(without.Sections[1].Track);
        var again = Take(Audio("a"), Video("w"))!;
        Assert.Equal(2, again.Sections.Count);
        Assert.Equal("w", again.Sections[0].Track!.TrackId);
        Assert.NotEqual(first.Sections[0].Ssrc, again.Sections[0].Ssrc);
    }

    [Fact]
    public void Next_TrackEndsAndAnotherComesInOneOffer_TakesALineThatIsAtRest()
    {
        Take(Video("v"));
        // A browser that never saw the line inactive would not tell its page of the new track.
        var both = Take(Video("w"))!;
        Assert.Equal([null, "w"], both.Sections.Select(section => section.Track?.TrackId));
        var third = Take(Video("w"), Video("x"))!;
        Assert.Equal(["x", "w"], third.Sections.Select(section => section.Track?.TrackId));
    }

    [Fact]
    public void Next_TracksChangePlacesWhereNoLineIsLeft_TakeThoseThatAreThere()
    {
        Track[] Named(string prefix) => [.. Enumerable.Range(0, SubscriberOffers.MaximumSections).Select(i => Video($"{prefix}{i}"))];
        Take(Named("a"));
        var offer = Take(Named("b"))!;
        Assert.Equal(SubscriberOffers.MaximumSections, offer.Sections.Count(section => section.Track is not null));
    }

    [Fact]
    public void Next_SameTrackForAnotherRole_NeedsNoOffer()
    {
        Take(Video("v"));
        var other = Video("v");
        other.Role = "stage";
        Assert.Null(Take(other));
        Assert.Equal("stage", _offers.Sections[0].Track!.Role);
    }

    [Fact]
    public void Answered_ClientTakesNoCodecOfALine_LineStaysClosedAndIsNotOfferedAgain()
    {
        var offer = Offer(Video("v"))!;
        Assert.True(_offers.Answered(offer, [false]));
        Assert.Null(Take(Video("v")));
        var next = Take(Video("v"), Video("w"))!;
        Assert.True(next.Sections[0].IsRefused);
        Assert.Equal("w", next.Sections[1].Track!.TrackId);
    }

    [Fact]
    public void Answered_ToAnOlderOffer_ChangesNothing()
    {
        var old = Take(Video("v"))!;
        var now = Offer(Video("v"), Video("w"))!;
        Assert.False(_offers.Answered(old, [true]));
        Assert.Same(now, _offers.Outstanding);
    }

    [Fact]
    public void Next_MoreTracksThanAClientTakes_OffersThoseOfPrecedence()
    {
        var tracks = Enumerable.Range(0, SubscriberOffers.MaximumSections + 5).Select(number => Video("v" + number)).ToArray();
        Assert.Equal(SubscriberOffers.MaximumSections, Take(tracks)!.Sections.Count);
        Assert.Null(Take(tracks));
    }

    [Fact]
    public void Build_OfferWithTracks_IsSdpThatNamesPublishersTracksAndSources()
    {
        var offer = Take(Audio("mic"), Video("cam"))!;
        var sdp = Text(offer);
        Assert.Equal(["application", "audio", "video"], sdp.Media.Select(media => media.Kind));
        Assert.Equal(["0", "1", "2"], sdp.BundleGroup);
        Assert.All(sdp.Media, media => Assert.Equal(SetupRole.ActPass, media.Setup));
        Assert.Equal(new Msid("stream", "cam"), sdp.Media[2].Msid);
        Assert.Equal([offer.Sections[1].Ssrc, offer.Sections[1].RtxSsrc], sdp.Media[2].Ssrcs);
        Assert.Equal(MediaDirection.SendOnly, sdp.Media[1].Direction);
        Assert.NotEmpty(sdp.Media[0].Candidates);
    }

    [Fact]
    public void Build_TrackWithoutStream_GivesItOneThatIsNoHyphen()
    {
        var track = Video("cam");
        track.StreamId = "-";
        Assert.Equal("cam", Text(Take(track)!).Media[1].Msid!.Stream);
    }

    [Theory]
    [InlineData("sections")]
    [InlineData("mids")]
    [InlineData("passive")]
    [InlineData("fingerprint")]
    [InlineData("ice")]
    [InlineData("refused")]
    public void Read_AnswerDoesNotFitTheOffer_IsRefused(string fault)
    {
        var offer = Take(Video("cam"))!;
        var answer = Text(offer);
        foreach (var media in answer.Media)
        {
            media.Setup = fault == "passive" ? SetupRole.Passive : SetupRole.Active;
            if (fault == "mids") media.Mid += "1";
            if (fault == "fingerprint") media.Remove("fingerprint");
            if (fault == "ice") media.Remove("ice-pwd");
            if (fault == "refused") media.Port = 0;
        }

        if (fault == "sections") answer.Media.RemoveAt(1);
        var failure = Assert.Throws<ControlException>(() => AnswerReader.Read(offer, answer));
        Assert.Equal(ControlError.InvalidArgument, failure.Error);
    }

    private static SessionDescription Text(SubscriberOffer offer)
    {
        var fingerprint = string.Join(':', Enumerable.Repeat("AB", 32));
        var text = new OfferBuilder(new LocalDescription("node", fingerprint, ["1 1 udp 1 127.0.0.1 7882 typ host"])).Build(offer, 7);
        Assert.True(SessionDescription.TryParse(text, out var session, out var error), error);
        return session;
    }

    private SubscriberOffer? Offer(params Track[] tracks) => _offers.Next(tracks, _ice, isRequired: false);

    private SubscriberOffer? Take(params Track[] tracks)
    {
        var offer = Offer(tracks);
        if (offer is not null) Assert.True(_offers.Answered(offer, [.. offer.Sections.Select(section => section is { Track: not null, IsRefused: false })]));
        return offer;
    }

    private static Track Audio(string id) => new() { TrackId = id, StreamId = "stream", Kind = MediaKind.Audio };

    private static Track Video(string id) => new() { TrackId = id, StreamId = "stream", Kind = MediaKind.Video };
}
