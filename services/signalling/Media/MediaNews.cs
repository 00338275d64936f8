using LiveStream.Contracts.Sfu.V1;
using LiveStream.Signalling.Protocol.Notifications;

namespace LiveStream.Signalling.Media;

/// <summary>What the SFU measures, in the words of the client protocol. Pure.</summary>
internal static class MediaNews
{
    /// <summary>What clients are told of an event; nothing for events of other kinds.</summary>
    /// <param name="roomEvent">The event.</param>
    /// <param name="isPeer">Others (WHIP publishers) are unknown to clients.</param>
    public static IEnumerable<MediaEvent> Of(RoomEvent roomEvent, Func<string, bool> isPeer)
    {
        switch (roomEvent.EventCase)
        {
            case RoomEvent.EventOneofCase.ActiveSpeakers:
                yield return new SpeakersChanged([.. roomEvent.ActiveSpeakers.Speakers
                    .Where(speaker => isPeer(speaker.PeerId))
                    .Select(speaker => new SpeakerShape(speaker.PeerId, speaker.TrackId, speaker.Level))]);
                break;
            case RoomEvent.EventOneofCase.ConnectionQuality:
                yield return new QualityChanged([.. roomEvent.ConnectionQuality.Peers
                    .Where(peer => isPeer(peer.PeerId))
                    .Select(peer => new QualityShape(peer.PeerId, (int)peer.Score))]);
                break;
            case RoomEvent.EventOneofCase.LayersChanged:
                foreach (var ofPeer in roomEvent.LayersChanged.Layers.GroupBy(layer => layer.PeerId, StringComparer.Ordinal))
                    yield return new LayersChanged(ofPeer.Key, ofPeer.ToDictionary(layer => layer.TrackId, ShapeOf, StringComparer.Ordinal));
                break;
        }
    }

    private static TrackLayerShape ShapeOf(ReceivedLayer layer) =>
        new(layer.TrackId, NameOf(layer.Current), NameOf(layer.Expected), layer.SubscriberDegraded, layer.PublisherDegraded);

    private static string NameOf(LayerQuality layer) => layer switch
    {
        LayerQuality.Low => "low",
        LayerQuality.Medium => "medium",
        LayerQuality.High => "high",
        _ => "none",
    };
}
