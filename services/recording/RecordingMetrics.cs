using System.Diagnostics.Metrics;

namespace LiveStream.Recording;

/// <summary>Counters of the recording service, meter <c>LiveStream.Recording</c>.</summary>
public sealed class RecordingMetrics
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "LiveStream.Recording";

    private readonly Counter<long> recordings;
    private readonly Counter<long> zipBytes;
    private readonly Histogram<double> time;

    /// <summary>Makes the instruments.</summary>
    public RecordingMetrics(IMeterFactory factory)
    {
        var meter = factory.Create(MeterName);
        recordings = meter.CreateCounter<long>("recording.recordings", "{recording}", "Recordings of live streams, by outcome.");
        zipBytes = meter.CreateCounter<long>("recording.zip_bytes", "By", "Bytes of zips written.");
        time = meter.CreateHistogram<double>("recording.time", "s", "From the event that the media is at rest to the report.");
    }

    internal void Ended(string outcome, long zip, TimeSpan elapsed)
    {
        recordings.Add(1, new KeyValuePair<string, object?>("outcome", outcome));
        zipBytes.Add(zip);
        time.Record(elapsed.TotalSeconds);
    }
}
