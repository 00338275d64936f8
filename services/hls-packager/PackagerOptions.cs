using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace LiveStream.HlsPackager;

/// <summary>
/// Settings of the packager, section <c>Packager</c>. The same section holds those of
/// <see cref="Cmaf.SegmenterOptions"/> and <see cref="Ingest.IngestOptions"/>.
/// </summary>
public sealed class PackagerOptions
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Packager";

    /// <summary>Segments in the live window when the stream's start does not say: 5 of 2 s let a viewer go back 10 s.</summary>
    [Range(3, 150)]
    public int WindowSegments { get; set; } = 5;

    /// <summary>
    /// Parts that players stay behind the live edge: each third of a second more delay, and so much more patience with a
    /// network or a computer that holds up. Three is the least that the draft allows.
    /// </summary>
    [Range(3, 30)]
    public int PartsHeldBack { get; set; } = 4;

    /// <summary>Memory for media of all streams, in megabytes; beyond it the oldest segments go. A 2 Mbit/s stream with the default window takes about 8.</summary>
    [Range(16, 65536)]
    public int MemoryBudgetMegabytes { get; set; } = 256;

    /// <summary>Folder for the segments of streams that keep everything (EVENT playlists).</summary>
    [Required]
    public string DataDirectory { get; set; } = "data/hls";

    /// <summary>How long an ended stream is served.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "7.00:00:00")]
    public TimeSpan KeepAfterStop { get; set; } = TimeSpan.FromHours(1);

    /// <summary>A stream without a publisher ends after this time, where its template says <c>autoStopTimeout</c> 0; one that says nothing says 300 s.</summary>
    [Range(typeof(TimeSpan), "00:00:05", "1.00:00:00")]
    public TimeSpan AutoStop { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long the multivariant playlist waits for all simulcast layers and the sound once the first layer can be played.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:30")]
    public TimeSpan LayerWait { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Time between a stream's last part and its EXT-X-ENDLIST, in which viewers fetch the last parts. Longer than a
    /// round trip and the part's transfer; shorter than the distance that viewers keep from the live edge (<see cref="PartsHeldBack"/>).
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:05")]
    public TimeSpan EndListDelay { get; set; } = TimeSpan.FromSeconds(0.8);

    /// <summary>Playlist and part requests that may wait at once in the process; further ones get 503.</summary>
    [Range(1, 10_000_000)]
    public int MaxParkedRequests { get; set; } = 100_000;

    /// <summary>Memory for segments of all recorded streams that wait for the object store, in megabytes; beyond it recordings get holes. It bridges outages: 64 is four minutes of one 2 Mbit/s stream.</summary>
    [Range(1, 65536)]
    public int RecordingQueueMegabytes { get; set; } = 64;

    /// <summary>How long after a stream's end the object store may take for what waits.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan RecordingDrain { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Name of this packager; unique among the packagers.</summary>
    [Required, StringLength(64, MinimumLength = 1)]
    public string NodeId { get; set; } = "packager-1";

    /// <summary>
    /// Where rooms reaches this packager by gRPC, such as <c>http://packager-1:8081</c>; set, with <see cref="HttpAddress"/>, it announces
    /// itself to rooms, which starts streams at the least loaded packager. Empty: it is the only one, and rooms knows its address.
    /// </summary>
    public string ControlAddress { get; set; } = "";

    /// <summary>Where the other packagers get its playlists, for players that came to them, such as <c>http://packager-1:8080</c>.</summary>
    public string HttpAddress { get; set; } = "";

    /// <summary>How long players of a stream that its packager has lost are kept waiting, rather than refused, until it goes on. Many of them give up at a refusal.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:30")]
    public TimeSpan TakeOverWait { get; set; } = TimeSpan.FromSeconds(8);

    /// <summary>Live streams that may run at once in the process.</summary>
    [Range(1, 10_000)]
    public int MaxStreams { get; set; } = 100;
}

/// <summary>Checks <see cref="PackagerOptions"/> at the start.</summary>
[OptionsValidator]
public sealed partial class PackagerOptionsValidator : IValidateOptions<PackagerOptions>;
