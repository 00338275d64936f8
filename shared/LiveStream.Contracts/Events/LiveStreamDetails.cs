namespace LiveStream.Contracts.Events;

/// <summary>What a live stream is, in each event about it.</summary>
/// <param name="MeetingUrl">As whoever started it gave it; may be empty.</param>
/// <param name="Url">Master playlist.</param>
/// <param name="HlsVod">A VOD playlist is kept.</param>
/// <param name="SingleFilePerLayer">One file for each layer is made.</param>
/// <param name="MaxWidth">Pixels of the largest layer; 0 where the template leaves it to the publisher.</param>
/// <param name="MaxHeight">The same.</param>
/// <param name="StartedBy">Peer; empty for a server.</param>
/// <param name="StoppedBy">Peer; empty for a server.</param>
/// <param name="CreatedAt">Asked for.</param>
/// <param name="StartedAt">Playable since; null before.</param>
/// <param name="StoppedAt">Ended at; null before.</param>
/// <param name="SessionStartedAt">When its session began; null where it has none.</param>
public sealed record LiveStreamDetails(
    string MeetingUrl, string Url, bool HlsVod, bool SingleFilePerLayer, int MaxWidth, int MaxHeight, string StartedBy, string StoppedBy,
    DateTimeOffset CreatedAt, DateTimeOffset? StartedAt, DateTimeOffset? StoppedAt, DateTimeOffset? SessionStartedAt);
