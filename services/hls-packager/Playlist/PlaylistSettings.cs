namespace LiveStream.HlsPackager.Playlist;

/// <summary>What stays the same over a media playlist's life.</summary>
/// <param name="TargetDuration">EXT-X-TARGETDURATION: no segment rounds above it.</param>
/// <param name="PartTarget">EXT-X-PART-INF: no part is longer, but one that holds a single picture.</param>
/// <param name="WindowSegments">Complete segments listed; everything is listed in an EVENT playlist.</param>
/// <param name="IsEvent">EXT-X-PLAYLIST-TYPE:EVENT, nothing is ever removed.</param>
/// <param name="Epoch">Capture time (UTC) of time zero.</param>
internal sealed record PlaylistSettings(TimeSpan TargetDuration, TimeSpan PartTarget, int WindowSegments, bool IsEvent, DateTimeOffset Epoch)
{
    /// <summary>EXT-X-SERVER-CONTROL:HOLD-BACK, at least three target durations (draft-pantos-hls-rfc8216bis §4.4.3.8).</summary>
    public TimeSpan HoldBack => TargetDuration * 3;

    /// <summary>Parts between the live edge and what players show, at least three (§4.4.3.8).</summary>
    public int PartsHeldBack { get; init; } = 3;

    /// <summary>PART-HOLD-BACK: so many part targets, rounded up to the millisecond that it is written with.</summary>
    public TimeSpan PartHoldBack => TimeSpan.FromMilliseconds(Math.Ceiling((PartTarget * PartsHeldBack).TotalMilliseconds));

    /// <summary>CAN-SKIP-UNTIL: at least six target durations.</summary>
    public TimeSpan SkipBoundary => TargetDuration * 6;

    /// <summary>Parts are listed for segments that begin this close to the live edge (§6.2.2 lets them go after three target durations).</summary>
    public TimeSpan PartsListed => TargetDuration * 3;
}
