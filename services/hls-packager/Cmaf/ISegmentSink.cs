using LiveStream.Media;

namespace LiveStream.HlsPackager.Cmaf;

/// <summary>One playable track of a live stream.</summary>
/// <param name="Name">Its folder in URLs: <c>stream_0</c> is the best video layer at the start, <c>audio</c> the sound.</param>
/// <param name="IsAudio">Sound, shared by every video layer.</param>
internal sealed record Rendition(string Name, bool IsAudio)
{
    public static Rendition Audio { get; } = new("audio", true);

    public static Rendition Video(int index) => new($"stream_{index}", false);
}

/// <summary>An init segment. Exactly one of the parameter properties is set.</summary>
internal sealed record InitHeader(int Number, byte[] Data, VideoParameters? Video, AacParameters? Audio);

/// <summary>A segment begins. Its number is the same in all renditions for the same stretch of time.</summary>
/// <param name="Number">Media sequence number.</param>
/// <param name="Start">Since the stream's epoch.</param>
/// <param name="Init">Number of the <see cref="InitHeader"/> that it needs.</param>
/// <param name="Discontinuity">Timeline or encoding breaks here.</param>
/// <param name="Discontinuities">Breaks since the stream began, this one included: the same in all renditions.</param>
internal sealed record SegmentStart(long Number, TimeSpan Start, int Init, bool Discontinuity, long Discontinuities);

/// <summary>A part: one CMAF chunk of the segment that is being written.</summary>
/// <param name="SegmentNumber">Media sequence number of its segment.</param>
/// <param name="Number">Counts from 0 in each segment.</param>
/// <param name="Duration">Presentation time that it covers.</param>
/// <param name="Independent">Holds a picture that needs no other.</param>
/// <param name="Frames">Pictures or audio frames in it.</param>
/// <param name="Data">The bytes; never written to again.</param>
internal sealed record MediaPart(long SegmentNumber, int Number, TimeSpan Duration, bool Independent, int Frames, byte[] Data);

/// <summary>A segment is complete: it is its parts one after the other. A gap has no parts.</summary>
internal sealed record SegmentEnd(long Number, TimeSpan Duration, bool IsGap);

/// <summary>Where the segmenter's decisions go. Called on the segmenter's thread, in order, for each rendition.</summary>
internal interface ISegmentSink
{
    void OnInit(Rendition rendition, InitHeader header);

    void OnSegmentStart(Rendition rendition, SegmentStart start);

    void OnPart(Rendition rendition, MediaPart part);

    void OnSegmentEnd(Rendition rendition, SegmentEnd end);

    /// <summary>A border is near, or pictures cannot be shown without it.</summary>
    void OnKeyFrameWanted();
}
