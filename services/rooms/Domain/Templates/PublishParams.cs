using System.Text.Json.Serialization;

namespace LiveStream.Rooms.Domain;

/// <summary>Kinds and quality of what a role sends.</summary>
public sealed record PublishParams
{
    /// <summary>Out of <c>audio</c>, <c>video</c>, <c>screen</c>, <c>simulcast</c>; null for a role that only watches.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Allowed { get; set; }

    /// <summary>Microphone.</summary>
    public AudioParams Audio { get; set; } = new();

    /// <summary>Camera.</summary>
    public VideoParams Video { get; set; } = new() { BitRate = 256, FrameRate = 25, Width = 320, Height = 180 };

    /// <summary>Screen share.</summary>
    public VideoParams Screen { get; set; } = new() { BitRate = 1024, FrameRate = 10, Width = 1280, Height = 720 };

    /// <summary>Layers of camera and screen.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Simulcast? Simulcast { get; set; }

    /// <summary>Whether anything that is seen or heard may be sent.</summary>
    [JsonIgnore]
    public bool AllowsAnything => Allows("audio") || Allows("video") || Allows("screen");

    /// <summary>Whether that kind may be sent.</summary>
    public bool Allows(string kind) => Allowed?.Contains(kind, StringComparer.Ordinal) == true;
}

/// <summary>Quality of audio.</summary>
public sealed record AudioParams
{
    /// <summary>Kilobits per second, 16 to 128.</summary>
    public int BitRate { get; set; } = 32;

    /// <summary>Lower-case name.</summary>
    public string Codec { get; set; } = "opus";
}

/// <summary>Quality of camera or screen; the ranges differ.</summary>
public sealed record VideoParams
{
    /// <summary>Kilobits per second.</summary>
    public int BitRate { get; set; }

    /// <summary>Lower-case name.</summary>
    public string Codec { get; set; } = "vp8";

    /// <summary>Frames per second, 1 to 30.</summary>
    public int FrameRate { get; set; }

    /// <summary>Pixels.</summary>
    public int Width { get; set; }

    /// <summary>Pixels.</summary>
    public int Height { get; set; }
}

/// <summary>Simulcast layers of each source.</summary>
public sealed record Simulcast
{
    /// <summary>Of the camera.</summary>
    public SimulcastSource Video { get; set; } = new();

    /// <summary>Of the screen.</summary>
    public SimulcastSource Screen { get; set; } = new();
}

/// <summary>Simulcast layers, highest first; null for a single stream.</summary>
public sealed record SimulcastSource
{
    /// <summary>At most three, from the full picture down.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<SimulcastLayer>? Layers { get; set; }
}

/// <summary>One simulcast layer.</summary>
public sealed record SimulcastLayer
{
    /// <summary><c>f</c>, <c>h</c> or <c>q</c>.</summary>
    public string Rid { get; set; } = "f";

    /// <summary>1.0 for the full picture, up to 12.0.</summary>
    public double ScaleResolutionDownBy { get; set; } = 1;

    /// <summary>Kilobits per second, 0 to 2000; 0 leaves it to the sender.</summary>
    public int MaxBitrate { get; set; }

    /// <summary>Frames per second, 1 to 30.</summary>
    public int MaxFramerate { get; set; }
}
