using LiveStream.Contracts;
using LiveStream.Contracts.Sfu.V1;
using LiveStream.Sfu.Ice;
using LiveStream.Wire.Sdp;

namespace LiveStream.Sfu.Negotiation;

/// <summary>What a further offer of the same client leads to (RFC 8829 §5.3, as answerer). Pure.</summary>
/// <param name="Plan">Agreed on from now on.</param>
/// <param name="Request">As opened, with the client's names of now.</param>
/// <param name="Credentials">New ones when the client restarts ICE (RFC 8445 §9).</param>
internal sealed record Renegotiation(TransportPlan Plan, OpenTransportRequest Request, IceCredentials Credentials)
{
    /// <summary>Decides on the offer.</summary>
    /// <param name="before">What was agreed on.</param>
    /// <param name="opened">What the transport was opened with.</param>
    /// <param name="local">ICE credentials of this side.</param>
    /// <param name="request">The call.</param>
    /// <param name="offer">Its offer.</param>
    /// <param name="negotiator">Reads the offer.</param>
    /// <exception cref="ControlException">The offer cannot be answered.</exception>
    public static Renegotiation Of(
        TransportPlan? before, OpenTransportRequest opened, IceCredentials local, UpdateTransportRequest request, SessionDescription offer, OfferNegotiator negotiator)
    {
        if (before is null) throw Impossible("This side offers for the transport.");
        if (offer.Media.Count == 0) throw Impossible("The offer has no media sections.");
        var fragment = offer.FindIceUfrag(OfferNegotiator.TransportSection(offer)) ?? throw new ControlException(ControlError.InvalidArgument, "The offer has no ice-ufrag.");
        var credentials = fragment == before.RemoteFragment ? local : IceCredentials.Create();
        if (opened.Named is null || request.Named is null)
        {
            if (!offer.Media.Select(OfferNegotiator.Mid).SequenceEqual(before.Mids))
                throw Impossible("The offer changes the media sections of the transport, which only a new session can.");
            return new Renegotiation(before with { RemoteFragment = fragment }, opened, credentials);
        }

        if (offer.Media.Count < before.Mids.Count) throw Impossible("The offer lacks media sections that the transport has.");
        var named = opened.Clone();
        named.Named = request.Named;
        var plan = negotiator.Negotiate(named, offer, before);
        if (!plan.Fingerprint.HasValueOf(before.Fingerprint)) throw Impossible("The offer is that of another connection.");
        return new Renegotiation(plan, named, credentials);
    }

    private static ControlException Impossible(string message) => new(ControlError.FailedPrecondition, message);
}
