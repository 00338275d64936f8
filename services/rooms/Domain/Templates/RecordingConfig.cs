using System.Text.Json.Serialization;

namespace LiveStream.Rooms.Domain;

/// <summary>How a template's rooms are recorded. Replies leave out what is false, zero or not given.</summary>
public sealed record RecordingConfig
{
    /// <summary>Name of the configuration.</summary>
    public string Name { get; set; } = "";

    /// <summary>The role that the compositor takes.</summary>
    public string Role { get; set; } = "";

    /// <summary>Seconds.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int MaxDuration { get; set; }

    /// <summary>Seconds that signed links stay valid.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int PresignDuration { get; set; }

    /// <summary>Pictures of the recording.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Thumbnails? Thumbnails { get; set; }

    /// <summary>One picture of everybody.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public CompositeRecording? CompositeRecording { get; set; }

    /// <summary>A file for each track, from the first join to the last leave.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TrackRecording? TrackRecording { get; set; }

    /// <summary>A file for each peer, from the first join to the last leave.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public StreamRecording? StreamRecording { get; set; }

    /// <summary>As a read shows it: says outright that the browser compositor is there.</summary>
    public RecordingConfig WithCompositorShown() => CompositeRecording?.BrowserComposite is not { } browser
        ? this
        : this with { CompositeRecording = CompositeRecording with { BrowserComposite = browser with { Enabled = browser.Enabled ?? true } } };
}

/// <summary>One picture of everybody.</summary>
public sealed record CompositeRecording
{
    /// <summary>Made by a browser that joins.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public BrowserComposite? BrowserComposite { get; set; }

    /// <summary>Made by the media server.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public CustomComposite? CustomComposite { get; set; }
}

/// <summary>A recording made by a browser that joins the room.</summary>
public sealed record BrowserComposite
{
    /// <summary>Null as long as nobody says.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? Enabled { get; set; }

    /// <summary>Begins with the session.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool AutoStart { get; set; }

    /// <summary>Seconds after the last peer left.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int AutoStopTimeout { get; set; }

    /// <summary>Pixels.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Width { get; set; }

    /// <summary>Pixels.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Height { get; set; }
}

/// <summary>A composite made by the media server.</summary>
public sealed record CustomComposite
{
    /// <summary>Whether it is.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Enabled { get; set; }
}

/// <summary>A file for each track.</summary>
public sealed record TrackRecording
{
    /// <summary>Whether they are made.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Enabled { get; set; }
}

/// <summary>A file for each peer.</summary>
public sealed record StreamRecording
{
    /// <summary>Whether they are made.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Enabled { get; set; }

    /// <summary>Pixels.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Width { get; set; }

    /// <summary>Pixels.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Height { get; set; }
}
