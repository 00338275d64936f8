using System.Globalization;
using System.Threading.Channels;
using LiveStream.Contracts.Packager.V1;
using LiveStream.Contracts.Sfu;
using LiveStream.HlsPackager.Ingest;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LiveStream.HlsPackager.Streams;

/// <summary>Samples that the ingest makes of the SFU's export of a room.</summary>
internal sealed class SfuMediaSource(StreamIngest ingest) : IMediaSource
{
    public DateTimeOffset Epoch => ingest.Epoch;

    public long LastPacketAt => ingest.LastPacketAt;

    public ChannelReader<MediaSample> Samples => ingest.Samples;

    public ValueTask<bool> WaitForSamplesAsync(CancellationToken cancellationToken) => ingest.WaitForSamplesAsync(cancellationToken);

    public Task StartAsync(CancellationToken cancellationToken) => ingest.StartAsync(cancellationToken);

    public Task RequestKeyFrameAsync(CancellationToken cancellationToken) => ingest.RequestKeyFrameAsync(cancellationToken);

    public ValueTask DisposeAsync() => ingest.DisposeAsync();
}

/// <summary>Makes an ingest for each live stream; all share one listener.</summary>
internal sealed class SfuMediaSourceFactory(
    ISfuControl sfu, RtpIngestListener listener, IOptions<IngestOptions> options, TimeProvider time, ILogger<StreamIngest> logger) : IMediaSourceFactory
{
    public IMediaSource Create(StartStreamRequest request) =>
        new SfuMediaSource(new StreamIngest(sfu, listener, options.Value, request.RoomId, ExportOf(request), [.. request.FromRoles], time, logger));

    // A packager that was lost may still hold its export: that one is not this one's to end.
    private static string ExportOf(StartStreamRequest request) =>
        request.FirstSegment == 0 ? request.StreamId : string.Create(CultureInfo.InvariantCulture, $"{request.StreamId}-{request.FirstSegment}");
}
