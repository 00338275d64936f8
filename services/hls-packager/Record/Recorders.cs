using LiveStream.Contracts.Packager.V1;
using LiveStream.Objects;

using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LiveStream.HlsPackager.Record;

/// <summary>Makes the recorders of streams.</summary>
internal sealed class Recorders(IObjectStore store, IOptions<PackagerOptions> options, PackagerMetrics metrics, TimeProvider time, ILogger<StreamRecorder> logger) : IDisposable
{
    private readonly RecordingMemory _memory = new(options.Value.RecordingQueueMegabytes * 1024L * 1024);
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>A recorder of the stream; null where it is not to be recorded.</summary>
    public StreamRecorder? Create(StartStreamRequest request, DateTimeOffset epoch, TimeSpan targetDuration)
    {
        if (!request.Record) return null;
        var settings = new RecordingSettings(options.Value.RecordingDrain, time, metrics, logger, _stopping.Token);
        // A page holds the lines of many segments: pages of a packager that was lost have smaller numbers.
        var journal = new JournalPages(request.StreamId, epoch, (int)targetDuration.TotalSeconds, (int)request.FirstSegment);
        return new StreamRecorder(new RecordingUpload(request.Path, store, _memory, journal, settings)) { Paused = request.RecordingPaused };
    }

    /// <summary>Gives up what still waits.</summary>
    public void Stop() => _stopping.Cancel();

    public void Dispose() => _stopping.Dispose();
}
