namespace LiveStream.Objects;

/// <summary>Content types by the endings of names.</summary>
public static class ObjectTypes
{
    /// <summary>Playlists.</summary>
    public const string Playlist = "application/vnd.apple.mpegurl";

    /// <summary>Archives.</summary>
    public const string Zip = "application/zip";

    /// <summary>The type of a name.</summary>
    public static string Of(string key) => Path.GetExtension(key) switch
    {
        ".mp4" => "video/mp4",
        ".m4s" => "video/iso.segment",
        ".m3u8" => Playlist,
        ".webm" => "video/webm",
        ".csv" => "text/csv",
        ".txt" or ".srt" or ".vtt" => "text/plain; charset=utf-8",
        ".json" => "application/json",
        ".zip" => Zip,
        ".jpg" => "image/jpeg",
        ".png" => "image/png",
        _ => "application/octet-stream",
    };
}
