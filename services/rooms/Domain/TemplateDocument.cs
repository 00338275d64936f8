using System.Text.Json;
using System.Text.Json.Serialization;

namespace LiveStream.Rooms.Domain;

/// <summary>The camelCase JSON of a template. Parts that no code here reads are carried along as they came.</summary>
public sealed record TemplateDocument
{
    /// <summary>Roles by name.</summary>
    public Dictionary<string, Role> Roles { get; set; } = new(StringComparer.Ordinal);

    /// <summary>Region, recording upload, room state.</summary>
    public JsonElement? Settings { get; set; }

    /// <summary>Where and how the room is streamed.</summary>
    public Destinations Destinations { get; set; } = new();

    /// <summary>Whiteboard, transcriptions.</summary>
    public JsonElement? Plugins { get; set; }
}

/// <summary>What the bearer of a role sends, receives and may do.</summary>
public sealed record Role
{
    /// <summary>Repeats the key in the map.</summary>
    public string Name { get; set; } = "";

    /// <summary>What may be sent.</summary>
    public PublishParams PublishParams { get; set; } = new();

    /// <summary>Whose media is received.</summary>
    public SubscribeParams SubscribeParams { get; set; } = new();

    /// <summary>What may be done.</summary>
    public Permissions Permissions { get; set; } = new();

    /// <summary>1 is the highest.</summary>
    public int Priority { get; set; } = 1;

    /// <summary>0 no limit, -1 nobody.</summary>
    public int MaxPeerCount { get; set; }
}

/// <summary>Kinds and quality of what a role sends.</summary>
public sealed record PublishParams
{
    /// <summary>Out of <c>audio</c>, <c>video</c>, <c>screen</c>; null for a role that only watches.</summary>
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

    /// <summary>Whether that kind may be sent.</summary>
    public bool Allows(string kind) => Allowed?.Contains(kind, StringComparer.Ordinal) == true;
}

/// <summary>Quality of audio.</summary>
public sealed record AudioParams
{
    /// <summary>Kilobits per second.</summary>
    public int BitRate { get; set; } = 32;

    /// <summary>Lower-case name.</summary>
    public string Codec { get; set; } = "opus";
}

/// <summary>Quality of video.</summary>
public sealed record VideoParams
{
    /// <summary>Kilobits per second.</summary>
    public int BitRate { get; set; }

    /// <summary>Lower-case name.</summary>
    public string Codec { get; set; } = "vp8";

    /// <summary>Frames per second.</summary>
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
    /// <summary>At most three.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<SimulcastLayer>? Layers { get; set; }
}

/// <summary>One simulcast layer.</summary>
public sealed record SimulcastLayer
{
    /// <summary><c>f</c>, <c>h</c> or <c>q</c>.</summary>
    public string Rid { get; set; } = "f";

    /// <summary>1.0 for the full picture.</summary>
    public double ScaleResolutionDownBy { get; set; } = 1;

    /// <summary>Kilobits per second.</summary>
    public int MaxBitrate { get; set; }

    /// <summary>Frames per second.</summary>
    public int MaxFramerate { get; set; }
}

/// <summary>Whose media a role receives.</summary>
public sealed record SubscribeParams
{
    /// <summary>Names of roles; empty for nobody's.</summary>
    public IReadOnlyList<string> SubscribeToRoles { get; set; } = [];

    /// <summary>Kilobits per second of everything together.</summary>
    public int MaxSubsBitRate { get; set; } = 3200;

    /// <summary>When layers are given up; null turns that off.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SubscribeDegradation? SubscribeDegradation { get; set; }
}

/// <summary>When a subscriber's layers are given up and taken back.</summary>
public sealed record SubscribeDegradation
{
    /// <summary>Per cent.</summary>
    public int PacketLossThreshold { get; set; } = 50;

    /// <summary>Seconds.</summary>
    public int DegradeGracePeriodSeconds { get; set; } = 1;

    /// <summary>Seconds.</summary>
    public int RecoverGracePeriodSeconds { get; set; } = 4;
}

/// <summary>What a role may do. The three streaming rights are granted unless the template says otherwise.</summary>
public sealed record Permissions
{
    /// <summary>End the session for all.</summary>
    public bool EndRoom { get; set; }

    /// <summary>Remove other people.</summary>
    public bool RemoveOthers { get; set; }

    /// <summary>Mute other people.</summary>
    public bool Mute { get; set; }

    /// <summary>Ask other people to unmute.</summary>
    public bool Unmute { get; set; }

    /// <summary>Change other people's roles.</summary>
    public bool ChangeRole { get; set; }

    /// <summary>Start and stop RTMP.</summary>
    public bool RtmpStreaming { get; set; } = true;

    /// <summary>Start and stop HLS.</summary>
    public bool HlsStreaming { get; set; } = true;

    /// <summary>Start and stop recording.</summary>
    public bool BrowserRecording { get; set; } = true;

    /// <summary>Send room state.</summary>
    public bool SendRoomState { get; set; }

    /// <summary>See polls.</summary>
    public bool PollRead { get; set; }

    /// <summary>Make polls.</summary>
    public bool PollWrite { get; set; }
}
