using System.Text.Json.Serialization;

namespace LiveStream.Rooms.Domain;

/// <summary>Where a template's rooms are streamed to, each kind a map by destination name.</summary>
public sealed record Destinations
{
    /// <summary>HLS outputs.</summary>
    public Dictionary<string, HlsDestination> HlsDestinations { get; set; } = new(StringComparer.Ordinal);

    /// <summary>RTMP outputs.</summary>
    public Dictionary<string, RtmpDestination> RtmpDestinations { get; set; } = new(StringComparer.Ordinal);

    /// <summary>Composite recordings; deprecated in favour of <see cref="TemplateDocument.Recordings"/>.</summary>
    public Dictionary<string, BrowserRecording> BrowserRecordings { get; set; } = new(StringComparer.Ordinal);

    /// <summary>Transcripts and summaries.</summary>
    public Dictionary<string, Transcription> Transcriptions { get; set; } = new(StringComparer.Ordinal);
}

/// <summary>One HLS output of a template.</summary>
public sealed record HlsDestination
{
    /// <summary>Repeats the key in the map.</summary>
    public string Name { get; set; } = "default";

    /// <summary>Seconds.</summary>
    public int MaxDuration { get; set; } = 14400;

    /// <summary><c>live</c> (sliding window) or <c>event</c> (everything kept).</summary>
    public string PlaylistType { get; set; } = "live";

    /// <summary>Live window in 2 s segments, 3 to 150.</summary>
    public int NumPlaylistSegments { get; set; } = 5;

    /// <summary>Frames per second.</summary>
    public int VideoFrameRate { get; set; } = 30;

    /// <summary>Timed metadata is allowed.</summary>
    public bool EnableMetadataInsertion { get; set; } = true;

    /// <summary>Also served at a URL that stays the same.</summary>
    public bool EnableStaticUrl { get; set; } = true;

    /// <summary>Seconds without a publisher.</summary>
    public int AutoStopTimeout { get; set; } = 300;

    /// <summary>The ladder, highest first.</summary>
    public IReadOnlyList<HlsLayer> Layers { get; set; } = [];

    /// <summary>What is kept.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public HlsRecording? Recording { get; set; }
}

/// <summary>One rung of the ladder; what is null is left to the server, and an empty rung is valid.</summary>
public sealed record HlsLayer
{
    /// <summary>Pixels, even.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Width { get; set; }

    /// <summary>Pixels, even.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Height { get; set; }

    /// <summary>Kilobits per second.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? VideoBitrate { get; set; }

    /// <summary>Kilobits per second.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? AudioBitrate { get; set; }

    /// <summary>Whether everything that this one says is so in the other one.</summary>
    public bool IsPartOf(HlsLayer other) =>
        (Width ?? other.Width) == other.Width && (Height ?? other.Height) == other.Height
        && (VideoBitrate ?? other.VideoBitrate) == other.VideoBitrate && (AudioBitrate ?? other.AudioBitrate) == other.AudioBitrate;
}

/// <summary>What is kept of an HLS stream.</summary>
public sealed record HlsRecording
{
    /// <summary>A day.</summary>
    public const int DefaultPresignDuration = 86400;

    /// <summary>A VOD playlist.</summary>
    public bool HlsVod { get; set; }

    /// <summary>One file for each layer.</summary>
    public bool SingleFilePerLayer { get; set; }

    /// <summary>A zip of the VOD playlist and everything that it leads to.</summary>
    public bool EnableZipUpload { get; set; } = true;

    /// <summary>Which of the destination's layers; null for all.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<HlsLayer>? Layers { get; set; }

    /// <summary>Pictures of the stream.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Thumbnails? Thumbnails { get; set; }

    /// <summary>Seconds that signed links stay valid.</summary>
    public int PresignDuration { get; set; } = DefaultPresignDuration;
}

/// <summary>Pictures taken of a stream; what is null is left to the server.</summary>
public sealed record Thumbnails
{
    /// <summary>Whether any are taken.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? Enabled { get; set; }

    /// <summary>Pixels.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Width { get; set; }

    /// <summary>Pixels.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Height { get; set; }

    /// <summary>Seconds into the stream.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<int>? Offsets { get; set; }

    /// <summary>Frames per second of a moving preview.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Fps { get; set; }
}
