using LiveStream.Sfu.Router.Layers;
using LiveStream.Sfu.Transports;

namespace LiveStream.Sfu.Channels;

/// <summary>What clients ask of the tracks that they receive. Worker thread only; asking twice for the same changes nothing.</summary>
internal interface ITrackPreferences
{
    /// <summary>The most that the client wants of a video track. False for a track that it does not receive.</summary>
    bool PreferVideo(MediaTransport transport, string trackId, PreferredLayer highest);

    /// <summary>Whether the client wants an audio track. False for a track that it does not receive.</summary>
    bool PreferAudio(MediaTransport transport, string trackId, bool subscribed);
}
