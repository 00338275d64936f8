using LiveStream.Sfu.Router;
using LiveStream.Sfu.Transports;

namespace LiveStream.Sfu.Channels;

/// <summary>Preferences for the tracks that feed a transport's subscriptions now. Audio is always sent. Worker thread only.</summary>
internal sealed class ReceivedTracks : ITrackPreferences
{
    /// <inheritdoc/>
    public bool PreferVideo(MediaTransport transport, string trackId, PreferredLayer highest)
    {
        if (Find(transport, trackId, video: true) is not { } subscription) return false;
        // Layers are counted from 0, the lowest.
        subscription.MaximumLayer = highest == PreferredLayer.High ? int.MaxValue : (int)highest - 1;
        return true;
    }

    /// <inheritdoc/>
    public bool PreferAudio(MediaTransport transport, string trackId, bool subscribed) => Find(transport, trackId, video: false) is not null;

    private static Subscription? Find(MediaTransport transport, string trackId, bool video)
    {
        foreach (var subscription in transport.Subscriber?.Egress.Subscriptions ?? [])
            if (subscription.Track is { } track && track.IsVideo == video && track.Id == trackId) return subscription;
        return null;
    }
}
