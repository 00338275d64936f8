using System.Threading.Channels;
using LiveStream.Contracts.Packager.V1;
using LiveStream.HlsPackager.Ingest;

namespace LiveStream.HlsPackager.Streams;

/// <summary>Where a live stream's samples come from.</summary>
internal interface IMediaSource : IAsyncDisposable
{
    /// <summary>Capture time (UTC) of tick 0.</summary>
    DateTimeOffset Epoch { get; }

    /// <summary>When the last packet of what is shown arrived, as the clock's timestamp; silence and other fillers are none. 0 before the first.</summary>
    long LastPacketAt { get; }

    /// <summary>Samples until the source is disposed of.</summary>
    ChannelReader<MediaSample> Samples { get; }

    /// <summary>Waits until there are more samples; false when none will come, and throws where the source failed.</summary>
    ValueTask<bool> WaitForSamplesAsync(CancellationToken cancellationToken);

    Task StartAsync(CancellationToken cancellationToken);

    /// <summary>Asks for a key frame in every layer.</summary>
    Task RequestKeyFrameAsync(CancellationToken cancellationToken);
}

/// <summary>Makes the source of a live stream.</summary>
internal interface IMediaSourceFactory
{
    IMediaSource Create(StartStreamRequest request);
}
