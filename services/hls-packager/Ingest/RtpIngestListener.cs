using Microsoft.Extensions.Logging;

namespace LiveStream.HlsPackager.Ingest;

/// <summary>Accepts the SFU's export connections; one for the whole process.</summary>
public sealed class RtpIngestListener(IngestOptions options, ILogger<RtpIngestListener> logger) : IAsyncDisposable
{
    /// <summary>Starts to listen.</summary>
    public void Start() => logger.Listening(System.Net.IPEndPoint.Parse(options.ListenAddress));

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
