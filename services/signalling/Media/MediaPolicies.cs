using LiveStream.Contracts.Rooms.V1;
using LiveStream.Contracts.Sfu.V1;
using LiveStream.Signalling.Protocol;

namespace LiveStream.Signalling.Media;

/// <summary>What a role means for media connections. Pure.</summary>
internal static class MediaPolicies
{
    // Asked of publishers who are shown by HLS: H264 goes into CMAF as it is, the others would be transcoded.
    private static readonly string[] s_hlsFirst = ["H264", "VP8", "VP9", "AV1"];

    public static PublishPolicy PublishOf(RolePolicy role)
    {
        var policy = new PublishPolicy
        {
            Audio = role.Publish.Contains("audio"),
            Video = role.Publish.Contains("video"),
            Screen = role.Publish.Contains("screen"),
        };
        if (role.BroadcastByHls) policy.VideoCodecs.Add(s_hlsFirst);
        return policy;
    }

    public static SubscribePolicy SubscribeOf(RolePolicy role) => new() { FromRoles = { role.SubscribeToRoles } };

    public static NamedTracks NamesOf(IReadOnlyDictionary<string, TrackInfo> tracks) => new()
    {
        Tracks = { tracks.Values.Select(track => new NamedTrack { TrackId = track.TrackId, Source = SourceOf(track) }) },
    };

    // Sound of the screen, too, is the screen's. Plugins and playlists count as the camera and microphone they stand for.
    private static TrackSource SourceOf(TrackInfo track) => track.Source == "screen" ? TrackSource.Screen : TrackSource.Regular;
}
