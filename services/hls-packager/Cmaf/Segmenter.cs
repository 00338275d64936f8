using LiveStream.Media;

namespace LiveStream.HlsPackager.Cmaf;

/// <summary>
/// Turns timed samples of one live stream into parts and segments whose numbers and borders agree in all renditions.
/// Pure: samples in, decisions out through <see cref="ISegmentSink"/>; it has no clock and does no I/O. Used by one thread.
/// </summary>
/// <remarks>
/// The first video layer that delivers a key frame leads: a border is its key frame once the target has passed (or when one
/// was asked for, or brings new parameter sets); without one the segment is cut before EXTINF would round above the target
/// duration. Sound and other layers wait until the lead has decided. When the lead stalls, or <see cref="Break"/> is called,
/// all renditions end their segment together and go on at the next key frame behind a discontinuity.
/// </remarks>
internal sealed class Segmenter
{
    // A layer that has delivered nothing for this many segments gets gaps in its playlist.
    private const int PatienceSegments = 1;

    private readonly SegmentBorders borders;
    private readonly int first;
    private readonly Dictionary<int, VideoTrack> layers = [];
    private readonly SegmenterOptions options;
    private readonly DateTimeOffset epoch;
    private readonly ISegmentSink sink;
    private readonly AudioTrack audio;
    private VideoTrack? lead;
    private bool broken;

    /// <param name="options">Lengths.</param>
    /// <param name="epoch">Capture time of time zero.</param>
    /// <param name="sink">Where decisions go.</param>
    /// <param name="first">Number of the first segment of a stream that goes on, behind a discontinuity; 0 for one that begins.</param>
    public Segmenter(SegmenterOptions options, DateTimeOffset epoch, ISegmentSink sink, int first = 0)
    {
        this.first = first;
        borders = new SegmentBorders(first);
        broken = first > 0;
        this.options = options;
        this.epoch = epoch;
        this.sink = sink;
        audio = new AudioTrack(new RenditionWriter(Rendition.Audio, InitSegment.AudioTimescale, options, epoch, sink, first), borders, options);
    }

    /// <summary>Takes the next picture of a layer.</summary>
    public void OnVideo(int layer, VideoAccessUnit unit)
    {
        if (unit.Time < 0) return;
        var track = Track(layer);
        if (lead is not null && lead != track && lead.IsStalledAt(unit)) Break();
        if (lead == track && track.IsStalledAt(unit)) Break();

        if (lead is null)
        {
            if (!track.Lead(unit, broken))
            {
                sink.OnKeyFrameWanted();
                return;
            }

            lead = track;
            broken = false;
        }
        else if (lead == track)
        {
            var before = borders.NextNumber;
            track.Lead(unit, discontinuity: false);
            if (borders.NextNumber != before) FillGaps();
        }
        else
        {
            track.Enqueue(unit);
        }

        Follow(last: false);
    }

    /// <summary>Takes the next audio frame.</summary>
    public void OnAudio(AacParameters parameters, AacFrame frame)
    {
        if (frame.Time < 0) return;
        if (audio.Changes(parameters)) Break();
        audio.Enqueue(parameters, frame);
        audio.Follow();
    }

    /// <summary>Ends all segments; the stream goes on at the next key frame behind a discontinuity.</summary>
    public void Break()
    {
        if (lead is null) return;
        var end = lead.EstimatedEnd;
        lead.Stop();
        lead = null;
        borders.Break(end);
        Follow(last: true);
        foreach (var layer in layers.Values)
        {
            layer.Stop();
            layer.Forget();
        }

        audio.Stop();
        broken = true;
    }

    /// <summary>Ends all segments for good.</summary>
    public void Finish() => Break();

    private VideoTrack Track(int layer)
    {
        if (layers.TryGetValue(layer, out var track)) return track;
        var writer = new RenditionWriter(Rendition.Video(layer), InitSegment.VideoTimescale, options, epoch, sink, first);
        return layers[layer] = new VideoTrack(writer, borders, options, sink);
    }

    private void Follow(bool last)
    {
        foreach (var layer in layers.Values)
        {
            if (layer == lead) continue;
            layer.Follow(last);
            if (!layer.WantsBorder || lead is null) continue;
            layer.WantsBorder = false;
            lead.WantsBorder = true;
            sink.OnKeyFrameWanted();
        }

        audio.Follow();
    }

    private void FillGaps()
    {
        foreach (var layer in layers.Values)
        {
            if (layer == lead) continue;
            if (layer.HasStarved(PatienceSegments)) layer.Stop();
            layer.FillGaps(borders.NextNumber - 1 - PatienceSegments);
        }
    }
}
