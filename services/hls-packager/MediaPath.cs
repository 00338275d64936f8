using LiveStream.HlsPackager.Cmaf;
using LiveStream.HlsPackager.Ingest;
using LiveStream.HlsPackager.Publish;
using LiveStream.HlsPackager.Streams;

namespace LiveStream.HlsPackager;

/// <summary>
/// The path of the media, read first. The stages, in order; none calls another sideways:
/// <list type="number">
/// <item>Ingest: the SFU's export (RTP over TCP) becomes timed samples: depacketized pictures, Opus turned into AAC, both on one clock.</item>
/// <item>Layers: each simulcast layer has its rendition.</item>
/// <item>Cmaf: samples become parts and segments with the same borders in all renditions.</item>
/// <item>Playlist: each part and segment changes its rendition's playlist.</item>
/// <item>Publish: a version per change is rendered once for all viewers, and waiting requests wake.</item>
/// </list>
/// Stage 1 runs on the ingest's own tasks; stages 2 to 5 on the stream's one loop (<see cref="LiveStreamWorker"/>).
/// </summary>
internal sealed class MediaPath(Segmenter segmenter, LiveOutput output)
{
    /// <summary>Stage 2's state.</summary>
    public LayerMap Layers { get; } = new();

    /// <summary>Pictures of the shown track seen since the last break; for telling that it has stalled.</summary>
    public bool HasPictures { get; private set; }

    /// <summary>Carries one sample of stage 1 through stages 2 and 3; the segmenter's decisions enter stage 4 and the store at once.</summary>
    public void Take(MediaSample sample)
    {
        switch (sample)
        {
            case VideoSample video:
                // :: Stage 2: the layer's rendition.
                if (!Layers.TryFind(video.TrackId, video.Rid, out var index)) return;
                // :: Stage 3: parts and segments; stage 4 through the output that the segmenter writes to.
                segmenter.OnVideo(index, video.Unit);
                HasPictures = true;
                break;
            case AudioSample audio:
                segmenter.OnAudio(audio.Parameters, audio.Frame);
                break;
            case LayersChanged layers:
                if (Layers.TrackId is { } shown && shown != layers.TrackId) Break();
                Layers.Update(layers.TrackId, layers.Rids);
                break;
            case Discontinuity or PublisherGone:
                Break();
                break;
        }
    }

    /// <summary>Ends the segments as they are; the next key frame begins behind a discontinuity.</summary>
    public void Break()
    {
        HasPictures = false;
        segmenter.Break();
    }

    /// <summary>Stage 5: shows viewers what has changed.</summary>
    /// <param name="offer">The stream may be offered for playing.</param>
    public void Publish(bool offer) => output.Publish(offer);

    /// <summary>Ends the media: the last part and segment are listed, EXT-X-ENDLIST is not yet.</summary>
    public void Close()
    {
        segmenter.Finish();
        output.Publish(offer: output.IsPlayable);
    }

    /// <summary>Ends the playlists: EXT-X-ENDLIST.</summary>
    public void End() => output.End();
}
