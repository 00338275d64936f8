using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace LiveStream.HlsPackager.Cmaf;

/// <summary>Lengths of segments and parts.</summary>
public sealed class SegmenterOptions
{
    /// <summary>How far a segment may run over the target before it is cut without a key frame: together
    /// with a layer's <see cref="BorderWindow"/> it stays below half a second, so that EXTINF still rounds down to the target.</summary>
    internal static readonly TimeSpan Overrun = TimeSpan.FromMilliseconds(280);

    /// <summary>How far a simulcast layer's cut may lie from the border.</summary>
    internal static readonly TimeSpan BorderWindow = TimeSpan.FromMilliseconds(200);

    /// <summary>Length of a segment; rounded up to seconds it is EXT-X-TARGETDURATION. Longer is cheaper, shorter starts faster.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:00:10")]
    public TimeSpan SegmentTarget { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Longest part; latency is about three of them. Below two frame durations it makes no sense.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:00:01")]
    public TimeSpan PartTarget { get; set; } = TimeSpan.FromMilliseconds(333);

    /// <summary>A picture that stands longer than this (or than a segment) ends the timeline; it goes on at the next key frame with EXT-X-DISCONTINUITY.</summary>
    [Range(typeof(TimeSpan), "00:00:00.4", "00:00:01.9")]
    public TimeSpan LongestFrame { get; set; } = TimeSpan.FromMilliseconds(1500);

    /// <summary>Audio that is this late is replaced by silence.</summary>
    [Range(typeof(TimeSpan), "00:00:00.2", "00:00:05")]
    public TimeSpan AudioLateness { get; set; } = TimeSpan.FromSeconds(1);
}

/// <summary>Checks <see cref="SegmenterOptions"/> at the start.</summary>
[OptionsValidator]
public sealed partial class SegmenterOptionsValidator : IValidateOptions<SegmenterOptions>;
