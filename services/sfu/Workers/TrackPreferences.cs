using LiveStream.Sfu.Channels;
using LiveStream.Sfu.Router.Layers;
using LiveStream.Sfu.Transports;

namespace LiveStream.Sfu.Workers;

/// <summary>What subscribers say of the tracks that they receive. Worker thread only.</summary>
internal sealed class TrackPreferences : ITrackPreferences
{
    /// <inheritdoc/>
    public bool PreferVideo(MediaTransport transport, string trackId, PreferredLayer highest) => Prefer(transport, trackId, highest, isVideo: true);

    /// <inheritdoc/>
    public bool PreferAudio(MediaTransport transport, string trackId, bool subscribed) =>
        Prefer(transport, trackId, subscribed ? PreferredLayer.High : PreferredLayer.None, isVideo: false);

    private static bool Prefer(MediaTransport transport, string trackId, PreferredLayer highest, bool isVideo)
    {
        if (transport.Subscriber is not { IsOffered: true } subscriber) return false;
        if (transport.Room.FindTrack(trackId) is not { } track || track.IsVideo != isVideo || !subscriber.Wants(track)) return false;
        // Kept by the track, as the answer that begins its stream may come after this.
        subscriber.Preferences[trackId] = highest;
        foreach (var subscription in subscriber.Egress.Subscriptions)
            if (subscription.TrackId == trackId) subscription.Prefer(highest);
        return true;
    }
}
