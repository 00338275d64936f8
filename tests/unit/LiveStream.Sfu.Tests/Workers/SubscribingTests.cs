using LiveStream.Contracts.Sfu.V1;
using LiveStream.Sfu.Ice;
using LiveStream.Sfu.Negotiation;
using LiveStream.Sfu.Router;
using LiveStream.Sfu.Tests.Router;
using LiveStream.Sfu.Transports;
using LiveStream.Sfu.Workers;
using LiveStream.Wire.Sdp;

namespace LiveStream.Sfu.Tests.Workers;

/// <summary>
/// Tracks come and go while a viewer is offered what there is: in the end it was offered, and is sent, all of it and nothing
/// else, by descriptions that a browser takes.
/// </summary>
public sealed class SubscribingTests : IDisposable
{
    private const string Fingerprint = "AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89";

    private readonly RouterRig _rig = new();
    private readonly List<PublishedTrack> _tracks = [];
    private readonly MediaTransport _transport;
    private readonly Subscribing _subscribing = new(new TransportTable(), null!);
    private uint _nextSsrc = 1;

    // What a browser keeps of each m-line: kind for good, and what it was told of last.
    private List<(string Kind, string Mid, string? Msid)> _lines = [];

    public SubscribingTests()
    {
        var description = new SessionDescription();
        description.Add("fingerprint", "sha-256 " + Fingerprint);
        var request = new OpenTransportRequest { RoomId = "room", TransportId = "t", PeerId = "viewer" };
        _transport = new MediaTransport(1, request, null, _rig.Room, new IceLiteAgent(IceCredentials.Create()), null!)
        {
            Offers = new SubscriberOffers(() => _nextSsrc++),
            // As after a first answer, so that no association of DTLS begins.
            Fingerprint = OfferNegotiator.FindFingerprint(description, new MediaDescription()),
        };
        _transport.Subscriber = new Subscriber("viewer", ["broadcaster"], new Egress(_transport), isOffered: true);
        _rig.Room.Subscribe(_transport.Subscriber);
    }

    [Fact]
    public void TwoTracksComeWhileAnOfferWaits_BothAreInTheNextAndAreSent()
    {
        Add("camera", video: true);
        var offer = Offer()!;
        Add("screen", video: true);
        Add("screen-sound", video: false);
        Answer(offer);
        AgreeUntilQuiet();
        Check();
        Assert.Equal(3, _transport.Subscriber!.Egress.Subscriptions.Length);
    }

    [Fact]
    public void OfferWasNotSeen_TheNextOneReplacesIt()
    {
        Add("camera", video: true);
        Assert.NotNull(Offer());
        Assert.NotNull(Offer());
        AgreeUntilQuiet();
        Check();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void AnyOrderOfEvents_EndsWithExactlyTheTracksThatThereAre(int part)
    {
        for (var seed = 0; seed < 40; seed++)
        {
            var random = new Random((part * 1000) + seed);
            SubscriberOffer? outstanding = null;
            for (var step = 0; step < 60; step++)
            {
                switch (random.Next(8))
                {
                    case 0 or 1:
                        Add($"t{random.Next(6)}", random.Next(3) > 0);
                        break;
                    case 2 when _tracks.Count > 0:
                        Remove(_tracks[random.Next(_tracks.Count)]);
                        break;
                    case 3 when _tracks.Count > 0:
                        // Its publisher has another role: the same id, at once or after a while.
                        var track = _tracks[random.Next(_tracks.Count)];
                        Remove(track);
                        if (random.Next(2) == 0) Add(track.Id, track.IsVideo);
                        break;
                    case 4:
                        _rig.Room.ChangeRoles(_transport.Subscriber!, random.Next(2) == 0 ? ["nobody"] : ["broadcaster"]);
                        break;
                    case 5 or 6 when outstanding is null || random.Next(10) == 0:
                        // Now and then an offer that was lost on its way is made once more.
                        outstanding = Offer();
                        break;
                    case 7 when outstanding is not null:
                        Answer(outstanding);
                        outstanding = null;
                        break;
                }
            }

            _rig.Room.ChangeRoles(_transport.Subscriber!, ["broadcaster"]);
            if (outstanding is not null) Answer(outstanding);
            AgreeUntilQuiet();
            Check();
        }
    }

    public void Dispose() => _rig.Dispose();

    private void AgreeUntilQuiet()
    {
        for (var rounds = 0; Offer() is { } offer; rounds++)
        {
            Assert.True(rounds < 3, "offers without end");
            Answer(offer);
        }
    }

    private void Check()
    {
        var wanted = _tracks.Select(track => $"stream {track.Id}").Order().ToArray();
        Assert.Equal(wanted, _lines.Where(line => line.Msid is not null).Select(line => line.Msid!).Order());
        var egress = _transport.Subscriber!.Egress;
        Assert.Equal(_tracks.OrderBy(track => track.Id, StringComparer.Ordinal), egress.Subscriptions.Select(sent => sent.Track!).OrderBy(track => track.Id, StringComparer.Ordinal));
        foreach (var sent in egress.Subscriptions) Assert.Equal($"stream {sent.Track!.Id}", _lines[int.Parse(sent.Mid, System.Globalization.CultureInfo.InvariantCulture)].Msid);
    }

    private void Add(string id, bool video)
    {
        if (_tracks.Exists(track => track.Id == id)) return;
        var description = new Track
        {
            TrackId = id,
            StreamId = "stream",
            PeerId = "publisher",
            Role = "broadcaster",
            Kind = video ? MediaKind.Video : MediaKind.Audio,
            Codec = new Codec { Name = video ? "VP8" : "OPUS", ClockRate = video ? 90000u : 48000u },
        };
        var track = new PublishedTrack(description, [("", 1u)], new PublisherClock()) { IsNamed = true };
        _tracks.Add(track);
        _rig.Room.Publish(track);
    }

    private void Remove(PublishedTrack track)
    {
        _tracks.Remove(track);
        _rig.Room.Unpublish(track, "test");
    }

    private SubscriberOffer? Offer()
    {
        var offer = _subscribing.Offer(_transport, restartIce: false);
        // No line sends what it is not offered for.
        foreach (var sent in _transport.Subscriber!.Egress.Subscriptions)
            Assert.Contains(_transport.Offers!.Sections, section => section.Ssrc == sent.Ssrc && section.Track?.TrackId == sent.TrackId);
        return offer;
    }

    // As a browser does: it refuses lines that move, change their kind or have ids that it had before.
    private void Answer(SubscriberOffer offer)
    {
        var text = new OfferBuilder(new LocalDescription("node", Fingerprint, ["1 1 udp 1 127.0.0.1 7882 typ host"])).Build(offer, 7);
        Assert.True(SessionDescription.TryParse(text, out var description, out var error), error);
        var lines = description.Media.Select(media => (media.Kind, media.Mid!, media.Direction == MediaDirection.SendOnly ? media.Value("msid") : null)).ToList();
        Assert.True(lines.Count >= _lines.Count);
        Assert.Equal(_lines.Select(line => (line.Kind, line.Mid)), lines.Take(_lines.Count).Select(line => (line.Kind, line.Item2)));
        Assert.Equal(Enumerable.Range(0, lines.Count), lines.Select(line => int.Parse(line.Item2, System.Globalization.CultureInfo.InvariantCulture)));
        // Nor does it tell of a track that takes the place of another without an inactive line in between.
        Assert.All(_lines.Zip(lines), line => Assert.True(line.First.Msid is null || line.Second.Item3 is null || line.First.Msid == line.Second.Item3, $"{line}"));
        var ssrcs = description.Media.SelectMany(media => media.Ssrcs).ToArray();
        Assert.Equal(ssrcs.Length, ssrcs.Distinct().Count());
        _lines = lines;
        foreach (var media in description.Media)
        {
            media.Setup = SetupRole.Active;
            if (media.Kind != "application") media.Direction = media.Direction == MediaDirection.SendOnly ? MediaDirection.RecvOnly : MediaDirection.Inactive;
        }

        _subscribing.Answer(_transport, offer, AnswerReader.Read(offer, description), _rig.Now);
    }
}
