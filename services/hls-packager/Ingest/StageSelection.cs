using LiveStream.Contracts.Sfu.V1;

namespace LiveStream.HlsPackager.Ingest;

/// <summary>What a live stream shows; either track may be null.</summary>
/// <param name="Video">An H.264 track.</param>
/// <param name="Audio">An Opus track.</param>
/// <param name="Reason">Why there is no video; empty when there is.</param>
internal sealed record StageChoice(Track? Video, Track? Audio, string Reason);

/// <summary>
/// Chooses what is shown among a room's tracks: of the allowed roles' H.264 tracks a screen before a camera, the first
/// published before later ones; with it the first Opus track of the same peer, else of anybody. Pure.
/// </summary>
internal sealed class StageSelection(IReadOnlyList<string> fromRoles)
{
    /// <summary>The reason while there is no video at all.</summary>
    public const string NobodyPublishes = "nobody publishes video";

    private const string VideoCodec = "H264", AudioCodec = "OPUS";

    // In the order of publication; a room has tens of tracks, not thousands.
    private readonly List<Track> tracks = [];
    private readonly HashSet<string> stale = new(StringComparer.Ordinal);

    /// <summary>Adds a track, or replaces what was known of it.</summary>
    public void Publish(Track track)
    {
        stale.Remove(track.TrackId);
        var index = tracks.FindIndex(known => known.TrackId == track.TrackId);
        if (index >= 0) tracks[index] = track;
        else if (Allowed(track)) tracks.Add(track);
    }

    /// <summary>Removes a track.</summary>
    public void Unpublish(string trackId) => tracks.RemoveAll(track => track.TrackId == trackId);

    /// <summary>The room is told anew from here: what does not come again before <see cref="DropUntold"/> has gone.</summary>
    public void BeginTelling() => stale.UnionWith(tracks.Select(track => track.TrackId));

    /// <summary>Removes the tracks that were not told again.</summary>
    public void DropUntold()
    {
        tracks.RemoveAll(track => stale.Contains(track.TrackId));
        stale.Clear();
    }

    /// <summary>What to show now.</summary>
    public StageChoice Choose()
    {
        var videos = tracks.Where(track => track.Kind == MediaKind.Video).ToList();
        var video = videos.Where(IsH264).OrderBy(track => track.Source == TrackSource.Screen ? 0 : 1).FirstOrDefault();
        var audios = tracks.Where(track => track.Kind == MediaKind.Audio && Is(track, AudioCodec)).ToList();
        var audio = audios.Find(track => track.PeerId == video?.PeerId) ?? audios.FirstOrDefault();
        return new StageChoice(video, audio, video is null ? WhyNoVideo(videos) : "");
    }

    private static string WhyNoVideo(List<Track> videos) =>
        videos.Count == 0
            ? NobodyPublishes
            : $"peer {videos[0].PeerId} sends {videos[0].Codec?.Name ?? "an unknown codec"}; this stream carries H264 only";

    private static bool IsH264(Track track) => Is(track, VideoCodec) && track.Layers.Count > 0;

    private static bool Is(Track track, string codec) =>
        string.Equals(track.Codec?.Name, codec, StringComparison.OrdinalIgnoreCase);

    private bool Allowed(Track track) => fromRoles.Count == 0 || fromRoles.Contains(track.Role);
}
