using LiveStream.Contracts.Sfu.V1;
using LiveStream.Sfu.Router.Layers;

namespace LiveStream.Sfu.Router;

/// <summary>What a subscriber is told of the layer that it gets.</summary>
internal sealed partial class Subscription
{
    // Longer than any switch takes that finds a key frame.
    private const long LessAfterMicroseconds = 2_000_000;

    private (bool BySubscriber, bool ByPublisher) _told;
    private long _lessSince;

    /// <summary>The layer that is sent, when it has been less than the subscriber asked for for some time, or is again that; else null.</summary>
    /// <remarks>
    /// The web SDK takes what it is told for what it asked for last, and does not ask for that again: told of the layer on
    /// the way to a better one, it would never ask for the worse one when the picture is made small.
    /// </remarks>
    public ReceivedLayer? TryTellLayer(string peerId, long nowMicroseconds)
    {
        if (Track is not { IsVideo: true, Layers.Length: > 1 } track || Preferred == PreferredLayer.None) return null;
        var expected = Math.Min(LayerNames.HighestOf(Preferred, track.Layers), track.Layers.Length - 1);
        // A track whose camera is off, or which has yet to begin, is not a bad one.
        if (_current is not { } current || !track.IsActive(nowMicroseconds)) return null;
        var isLess = current.Layer < expected;
        if (!isLess) _lessSince = 0;
        else if (_lessSince == 0) _lessSince = nowMicroseconds;
        if (isLess && nowMicroseconds - _lessSince < LessAfterMicroseconds) return null;
        var byPublisher = isLess && !track.Layers[expected].IsActive(nowMicroseconds);
        var now = (isLess && !byPublisher, byPublisher);
        if (now == _told) return null;
        _told = now;
        return new ReceivedLayer
        {
            PeerId = peerId,
            TrackId = track.Id,
            Current = QualityOf(LayerNames.Of(track.Layers, current.Layer)),
            Expected = QualityOf(LayerNames.Of(track.Layers, expected)),
            SubscriberDegraded = now.Item1,
            PublisherDegraded = byPublisher,
        };
    }

    private static LayerQuality QualityOf(PreferredLayer layer) => layer switch
    {
        PreferredLayer.Low => LayerQuality.Low,
        PreferredLayer.Medium => LayerQuality.Medium,
        PreferredLayer.High => LayerQuality.High,
        _ => LayerQuality.None,
    };
}
