using System.Diagnostics.Metrics;

namespace LiveStream.HlsPackager;

/// <summary>Counters of the packager, meter <c>LiveStream.HlsPackager</c>.</summary>
public sealed class PackagerMetrics
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "LiveStream.HlsPackager";

    private readonly UpDownCounter<long> streams;
    private readonly Counter<long> parts;
    private readonly Counter<long> bytes;
    private readonly Counter<long> gaps;
    private readonly Counter<long> keyFrames;
    private readonly Counter<long> reloads;
    private readonly Histogram<double> partDelay;
    private readonly Counter<long> recordedBytes;
    private readonly Counter<long> recordingLosses;

    /// <summary>Makes the instruments.</summary>
    public PackagerMetrics(IMeterFactory factory)
    {
        var meter = factory.Create(MeterName);
        streams = meter.CreateUpDownCounter<long>("hls.streams", "{stream}", "Live streams that run.");
        parts = meter.CreateCounter<long>("hls.parts", "{part}", "Parts written.");
        bytes = meter.CreateCounter<long>("hls.bytes", "By", "Bytes of parts written.");
        gaps = meter.CreateCounter<long>("hls.gaps", "{segment}", "Segments for which a layer had no media.");
        keyFrames = meter.CreateCounter<long>("hls.key_frame_requests", "{request}", "Key frames asked for.");
        reloads = meter.CreateCounter<long>("hls.blocking_reloads", "{request}", "Playlist and part requests that waited, by outcome.");
        recordedBytes = meter.CreateCounter<long>("hls.recorded_bytes", "By", "Bytes stored for recordings.");
        recordingLosses = meter.CreateCounter<long>("hls.recording_losses", "{object}", "Segments that the object store did not take in time.");
        partDelay = meter.CreateHistogram<double>("hls.sample_delay", "s", "From the capture of a picture to its arrival at the segmenter.");
    }

    internal void StreamStarted() => streams.Add(1);

    internal void StreamEnded() => streams.Add(-1);

    internal void PartWritten(int length, bool audio)
    {
        var kind = new KeyValuePair<string, object?>("kind", audio ? "audio" : "video");
        parts.Add(1, kind);
        bytes.Add(length, kind);
    }

    internal void GapWritten() => gaps.Add(1);

    internal void KeyFrameRequested() => keyFrames.Add(1);

    internal void Reloaded(string outcome) => reloads.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    internal void RecordingStored(long length) => recordedBytes.Add(length);

    internal void RecordingLost() => recordingLosses.Add(1);

    internal void SampleArrived(TimeSpan delay) => partDelay.Record(delay.TotalSeconds);
}
