using System.Text.Json.Serialization;

namespace LiveStream.Rooms.Domain;

/// <summary>The camelCase JSON of a template, with every default filled in. What is stored is always valid.</summary>
public sealed record TemplateDocument
{
    /// <summary>Roles by name.</summary>
    public Dictionary<string, Role> Roles { get; set; } = new(StringComparer.Ordinal);

    /// <summary>Region, recording upload, room state.</summary>
    public TemplateSettings Settings { get; set; } = new();

    /// <summary>Where and how the room is streamed.</summary>
    public Destinations Destinations { get; set; } = new();

    /// <summary>How the room is recorded: nothing or one element. A resource of its own, not shown with the template.</summary>
    public IReadOnlyList<RecordingConfig> Recordings { get; set; } = [];

    /// <summary>Whiteboard, transcriptions; null for none.</summary>
    public TemplatePlugins? Plugins { get; set; }

    /// <summary>A composite recording starts with the session; it takes the room's only compositor, so HLS and RTMP cannot start.</summary>
    [JsonIgnore]
    public bool AutoStartsRecording =>
        Recordings.Any(recording => recording.CompositeRecording?.BrowserComposite?.AutoStart == true)
        || Destinations.BrowserRecordings.Values.Any(recording => recording.AutoStart);
}
