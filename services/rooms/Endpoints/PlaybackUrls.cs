using LiveStream.Rooms.Domain;

namespace LiveStream.Rooms.Endpoints;

/// <summary>Where HLS is played.</summary>
internal static class PlaybackUrls
{
    /// <summary>Of one run.</summary>
    public static string Run(string publicUrl, LiveStreamRun run) => $"{publicUrl}/hls/{run.Path}/master.m3u8";

    /// <summary>Of whatever the room streams now.</summary>
    public static string Static(string publicUrl, Room room) => $"{publicUrl}/hls/{room.CustomerId}/{room.Id}/master.m3u8";
}
