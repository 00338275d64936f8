using System.Text;
using LiveStream.Contracts;
using LiveStream.Contracts.Sfu.V1;
using LiveStream.Sfu.Ice;
using LiveStream.Sfu.Negotiation;
using LiveStream.Wire.Sdp;

namespace LiveStream.Fuzz.Targets;

/// <summary>
/// Descriptions of clients, as offers and as answers: each is refused with a reason, or leads to a description of ours that
/// fits it. The same offer again changes nothing.
/// </summary>
public sealed class NegotiationTarget : IFuzzTarget
{
    private static readonly LocalDescription s_local = new("node", "AB:CD", ["1 1 udp 1 127.0.0.1 7882 typ host"]);
    private static readonly SubscriberOffer s_offer = Offer();

    public string Name => "Negotiation";

    public void Run(ReadOnlySpan<byte> input)
    {
        if (!SessionDescription.TryParse(Encoding.Latin1.GetString(input), out SessionDescription description, out _)) return;
        try
        {
            AsOffer(description);
        }
        catch (ControlException e)
        {
            Oracle.Holds(e.Error is ControlError.InvalidArgument or ControlError.FailedPrecondition, e.Message);
        }

        try
        {
            var answer = AnswerReader.Read(s_offer, description);
            Oracle.Same(s_offer.Sections.Count, answer.Formats.Count, "formats");
        }
        catch (ControlException e)
        {
            Oracle.Same(ControlError.InvalidArgument, e.Error, e.Message);
        }
    }

    private static void AsOffer(SessionDescription offer)
    {
        var ssrc = 1000u;
        var negotiator = new OfferNegotiator("node", () => ssrc++);
        var request = new OpenTransportRequest
        {
            RoomId = "r", TransportId = "t", PeerId = "p", Role = "stage", Publish = new PublishPolicy { Audio = true, Video = true, Screen = true }, Named = new NamedTracks(),
        };
        foreach (var msid in offer.Media.SelectMany(media => media.Msids))
            if (msid.Track is not null) request.Named.Tracks.Add(new NamedTrack { TrackId = msid.Track, Source = TrackSource.Regular });
        var plan = negotiator.Negotiate(request, offer);
        Oracle.Same(plan.Publishing.Count, plan.Publishing.Select(format => format.Description.TrackId).Distinct().Count(), "tracks");

        var credentials = IceCredentials.Create();
        var text = new AnswerBuilder(s_local).Build(offer, plan, request, credentials);
        Oracle.Holds(SessionDescription.TryParse(text, out SessionDescription answer, out var error), error);
        Oracle.Same(offer.Media.Count, answer.Media.Count, "media sections");
        foreach (var track in plan.Publishing)
            Oracle.Holds(answer.Media.Exists(media => OfferNegotiator.Mid(media) == track.Mid && media.Direction == MediaDirection.RecvOnly), $"section of {track.Mid}");

        var update = new UpdateTransportRequest { TransportId = "t", Named = request.Named };
        var again = Renegotiation.Of(plan, request, credentials, update, offer, negotiator);
        Oracle.Holds(again.Credentials == credentials, "no restart of ICE");
        Oracle.Holds(plan.Publishing.Select(format => format.Description).SequenceEqual(again.Plan.Publishing.Select(format => format.Description)), "tracks go on");
    }

    private static SubscriberOffer Offer()
    {
        var ssrc = 1u;
        Track[] tracks = [new() { TrackId = "mic", StreamId = "s", Kind = MediaKind.Audio }, new() { TrackId = "cam", StreamId = "s", Kind = MediaKind.Video }];
        return new SubscriberOffers(() => ssrc++).Next(tracks, IceCredentials.Create(), isRequired: false)!;
    }
}
