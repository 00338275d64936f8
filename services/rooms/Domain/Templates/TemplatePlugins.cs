using System.Text.Json.Serialization;

namespace LiveStream.Rooms.Domain;

/// <summary>Additions to a room, and who may use them.</summary>
public sealed record TemplatePlugins
{
    /// <summary>A shared drawing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public WhiteboardPlugin? Whiteboard { get; set; }

    /// <summary>Captions.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TranscriptionsPlugin? Transcriptions { get; set; }

    /// <summary>Noise cancellation in the client.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public NoiseCancellationPlugin? NoiseCancellation { get; set; }
}

/// <summary>A shared drawing.</summary>
public sealed record WhiteboardPlugin
{
    /// <summary>Which roles do what.</summary>
    public PluginPermissions Permissions { get; set; } = new();
}

/// <summary>Captions.</summary>
public sealed record TranscriptionsPlugin
{
    /// <summary>Which roles do what.</summary>
    public PluginPermissions Permissions { get; set; } = new();

    /// <summary>Only <c>caption</c>.</summary>
    public string Mode { get; set; } = "caption";
}

/// <summary>Noise cancellation in the client.</summary>
public sealed record NoiseCancellationPlugin
{
    /// <summary>Whether it is offered.</summary>
    public bool Enabled { get; set; }
}

/// <summary>Names of roles by what they may do; null where nothing is said.</summary>
public sealed record PluginPermissions
{
    /// <summary>May start and stop it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Admin { get; set; }

    /// <summary>May add to it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Writer { get; set; }

    /// <summary>May see it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Reader { get; set; }
}
