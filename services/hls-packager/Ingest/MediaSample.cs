using LiveStream.Media;

namespace LiveStream.HlsPackager.Ingest;

/// <summary>What <see cref="StreamIngest"/> hands on: timed media, and the events that change what the media is.</summary>
public abstract record MediaSample;

/// <summary>One picture of one simulcast layer.</summary>
/// <param name="TrackId">The published track.</param>
/// <param name="Rid">The layer's restriction identifier (RFC 8851); empty without simulcast.</param>
/// <param name="Unit">The picture.</param>
public sealed record VideoSample(string TrackId, string Rid, VideoAccessUnit Unit) : MediaSample;

/// <summary>One AAC frame. Frames follow each other without a gap from the first one on.</summary>
public sealed record AudioSample(AacParameters Parameters, AacFrame Frame) : MediaSample;

/// <summary>The layers of the shown video track; the first sample of a publisher, and again when a layer comes or goes.</summary>
/// <param name="TrackId">The published track.</param>
/// <param name="Rids">Lowest first; one empty string without simulcast.</param>
public sealed record LayersChanged(string TrackId, IReadOnlyList<string> Rids) : MediaSample;

/// <summary>Another publisher or track is shown from here on; the timeline stays continuous.</summary>
public sealed record Discontinuity(string Reason) : MediaSample;

/// <summary>Nothing can be shown from here on until the next <see cref="LayersChanged"/>.</summary>
public sealed record PublisherGone(string Reason) : MediaSample;
