using System.Text.Json.Serialization;

namespace LiveStream.Rooms.Domain;

/// <summary>One RTMP output of a template.</summary>
public sealed record RtmpDestination
{
    /// <summary>Repeats the key in the map.</summary>
    public string Name { get; set; } = "default";

    /// <summary>Pixels.</summary>
    public int Width { get; set; } = 1280;

    /// <summary>Pixels.</summary>
    public int Height { get; set; } = 720;

    /// <summary>Seconds.</summary>
    public int MaxDuration { get; set; } = 14400;

    /// <summary>At most five <c>rtmp</c> or <c>rtmps</c> addresses with their keys.</summary>
    public IReadOnlyList<string> RtmpUrls { get; set; } = [];

    /// <summary>Recorded as well.</summary>
    public bool RecordingEnabled { get; set; }

    /// <summary>Seconds after the last peer left.</summary>
    public int AutoStopTimeout { get; set; } = 300;
}

/// <summary>One composite recording in the deprecated form.</summary>
public sealed record BrowserRecording
{
    /// <summary>Repeats the key in the map.</summary>
    public string Name { get; set; } = "default";

    /// <summary>The role that the compositor takes.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Role { get; set; }

    /// <summary>Pixels.</summary>
    public int Width { get; set; } = 1280;

    /// <summary>Pixels.</summary>
    public int Height { get; set; } = 720;

    /// <summary>Seconds.</summary>
    public int MaxDuration { get; set; } = 14400;

    /// <summary>Pictures of the recording.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Thumbnails? Thumbnails { get; set; }

    /// <summary>Seconds that signed links stay valid.</summary>
    public int PresignDuration { get; set; } = 86400;

    /// <summary>Begins with the session.</summary>
    public bool AutoStart { get; set; }

    /// <summary>Seconds after the last peer left.</summary>
    public int AutoStopTimeout { get; set; } = 300;
}

/// <summary>Transcripts of a session.</summary>
public sealed record Transcription
{
    /// <summary>Repeats the key in the map.</summary>
    public string Name { get; set; } = "default";

    /// <summary>The role that is transcribed.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Role { get; set; }

    /// <summary>Out of <c>recorded</c>, <c>live</c>, <c>caption</c>.</summary>
    public IReadOnlyList<string> Modes { get; set; } = [];

    /// <summary>Out of <c>txt</c>, <c>srt</c>, <c>json</c>.</summary>
    public IReadOnlyList<string> OutputModes { get; set; } = [];

    /// <summary>Words that are not in a dictionary.</summary>
    public IReadOnlyList<string> CustomVocabulary { get; set; } = [];

    /// <summary>A written summary.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TranscriptSummary? Summary { get; set; }

    /// <summary>Translated captions.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TranscriptTranslation? Translation { get; set; }
}

/// <summary>How a session is summarised.</summary>
public sealed record TranscriptSummary
{
    /// <summary>Whether it is.</summary>
    public bool Enabled { get; set; }

    /// <summary>What the session is about.</summary>
    public string Context { get; set; } = "";

    /// <summary>0 (literal) to 1.</summary>
    public double Temperature { get; set; } = 0.5;

    /// <summary>Parts of the summary.</summary>
    public IReadOnlyList<SummarySection> Sections { get; set; } = [];
}

/// <summary>A part of a summary.</summary>
/// <param name="Title">Its heading.</param>
/// <param name="Format"><c>bullets</c> or <c>paragraph</c>.</param>
public sealed record SummarySection(string Title, string Format);

/// <summary>Which role reads captions in which language.</summary>
public sealed record TranscriptTranslation
{
    /// <summary>Whether captions are translated.</summary>
    public bool Enabled { get; set; }

    /// <summary>Language tags by role.</summary>
    public Dictionary<string, string> RoleLanguages { get; set; } = new(StringComparer.Ordinal);
}
