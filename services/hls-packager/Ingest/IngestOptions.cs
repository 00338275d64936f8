using System.ComponentModel.DataAnnotations;

namespace LiveStream.HlsPackager.Ingest;

/// <summary>Settings of the way from the SFU's export to timed samples.</summary>
public sealed class IngestOptions
{
    /// <summary>Address that SFU exports connect to; loopback where SFU and packager share a machine.</summary>
    [Required]
    public string ListenAddress { get; set; } = "127.0.0.1";

    /// <summary>TCP port for exports; 0 takes a free one.</summary>
    [Range(0, 65535)]
    public int ListenPort { get; set; }

    /// <summary>Host name or address that the SFU is told to connect to; empty is <see cref="ListenAddress"/>.</summary>
    public string AdvertisedHost { get; set; } = "";

    /// <summary>How long a hole in the sequence numbers may wait for its retransmission before it counts as loss.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:02")]
    public TimeSpan JitterWait { get; set; } = TimeSpan.FromMilliseconds(300);

    /// <summary>Media samples that may wait for the packager; beyond it new media is dropped up to the next key frame.</summary>
    [Range(64, 65536)]
    public int MaxWaitingSamples { get; set; } = 2048;

    /// <summary>Shortest time between two key frame requests for one layer.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:00:10")]
    public TimeSpan KeyFrameRequestInterval { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Pictures are shown for so long without sound before silence goes with them, for players that do not learn of a later sound.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan SilenceAfter { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>FFmpeg executable: a path, or a name to look up in PATH.</summary>
    [Required]
    public string FFmpegPath { get; set; } = "ffmpeg";

    /// <summary>AAC bits per second.</summary>
    [Range(16_000, 512_000)]
    public int AudioBitrate { get; set; } = 128_000;

    /// <summary>Channels of the AAC rendition.</summary>
    [Range(1, 2)]
    public int AudioChannels { get; set; } = 2;
}
