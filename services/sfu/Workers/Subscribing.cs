using LiveStream.Contracts;
using LiveStream.Sfu.Dtls;
using LiveStream.Sfu.Ice;
using LiveStream.Sfu.Negotiation;
using LiveStream.Sfu.Router;
using LiveStream.Sfu.Transports;

namespace LiveStream.Sfu.Workers;

/// <summary>The transports for which this side offers: their streams follow what was offered and answered. Worker thread only.</summary>
internal sealed class Subscribing(TransportTable transports, DtlsWorker dtls)
{
    /// <summary>The next offer, also in place of one that waits for its answer; null when there is nothing new to say.</summary>
    public SubscriberOffer? Offer(MediaTransport transport, bool restartIce)
    {
        var (offers, subscriber) = Parts(transport);
        var credentials = restartIce ? IceCredentials.Create() : transport.Ice.Local;
        var offer = offers.Next(transport.Room.WantedBy(subscriber), credentials, isRequired: restartIce);
        if (restartIce)
        {
            transport.Ice.Restart(credentials);
            transports.AddFragment(transport);
        }

        foreach (var trackId in subscriber.Preferences.Keys)
            if (!offers.Sections.Any(section => section.Track?.TrackId == trackId)) subscriber.Preferences.Remove(trackId);

        // A line that carries another track, or none, sends nothing from now on.
        foreach (var subscription in subscriber.Egress.Subscriptions)
        {
            if (offers.Sections.Any(section => section.Ssrc == subscription.Ssrc && section is { Track: not null, IsRefused: false })) continue;
            Remove(subscriber, subscription);
        }

        return offer;
    }

    /// <summary>Takes the answer: streams begin for what the client receives.</summary>
    public void Answer(MediaTransport transport, SubscriberOffer offer, SubscriberAnswer answer, long nowMicroseconds)
    {
        var (offers, subscriber) = Parts(transport);
        if (transport.Fingerprint is { } known && !known.HasValueOf(answer.Fingerprint))
            throw new ControlException(ControlError.InvalidArgument, "The answer is that of another connection.");
        if (!offers.Answered(offer, [.. answer.Formats.Select(format => format is not null)]))
            throw new ControlException(ControlError.FailedPrecondition, "The answer is not to the newest offer.");
        if (transport.Fingerprint is null)
        {
            transport.Fingerprint = answer.Fingerprint;
            transport.IsAnswered = true;
            transport.OpenedAt = nowMicroseconds;
            transport.LastHeardAt = nowMicroseconds;
            dtls.Attach(transport.Key, DtlsRole.Server, answer.Fingerprint);
        }

        for (var i = 0; i < offer.Sections.Count; i++)
        {
            var section = offer.Sections[i];
            var present = subscriber.Egress.Find(section.Ssrc);
            if (answer.Formats[i] is not { } format || section.Track is not { } track)
            {
                if (present is not null) Remove(subscriber, present);
                continue;
            }

            if (present is not null) continue;
            var subscription = new Subscription(subscriber.Egress, format, section.Mid, section.Ssrc, section.RtxSsrc, track.TrackId);
            if (subscriber.Preferences.TryGetValue(track.TrackId, out var preferred)) subscription.Prefer(preferred);
            subscriber.Egress.Add(subscription);
            transport.Room.Feed(subscriber, subscription);
        }
    }

    private static void Remove(Subscriber subscriber, Subscription subscription)
    {
        subscription.Attach(null);
        subscriber.Egress.Remove(subscription);
    }

    private static (SubscriberOffers Offers, Subscriber Subscriber) Parts(MediaTransport transport) =>
        transport is { Offers: { } offers, Subscriber: { } subscriber }
            ? (offers, subscriber)
            : throw new ControlException(ControlError.FailedPrecondition, "The client of this transport offers.");
}
