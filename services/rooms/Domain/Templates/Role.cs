using System.Text.Json.Serialization;

namespace LiveStream.Rooms.Domain;

/// <summary>What the bearer of a role sends, receives and may do.</summary>
public sealed record Role
{
    /// <summary>The compositor's own role, which no template may define.</summary>
    public const string Recorder = "__internal_recorder";

    /// <summary>Repeats the key in the map.</summary>
    public string Name { get; set; } = "";

    /// <summary>What may be sent.</summary>
    public PublishParams PublishParams { get; set; } = new();

    /// <summary>Whose media is received.</summary>
    public SubscribeParams SubscribeParams { get; set; } = new();

    /// <summary>What may be done.</summary>
    public Permissions Permissions { get; set; } = new();

    /// <summary>1 (highest) to 5.</summary>
    public int Priority { get; set; } = 1;

    /// <summary>0 no limit, -1 nobody.</summary>
    public int MaxPeerCount { get; set; }
}

/// <summary>Whose media a role receives.</summary>
public sealed record SubscribeParams
{
    /// <summary>Names of roles, which need not exist (yet); empty for nobody's.</summary>
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
    /// <summary>Per cent, 1 to 100.</summary>
    public int PacketLossThreshold { get; set; } = 50;

    /// <summary>Seconds, 1 to 10.</summary>
    public int DegradeGracePeriodSeconds { get; set; } = 1;

    /// <summary>Seconds, 1 to 10.</summary>
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

    /// <summary>Start and stop RTMP; together with <see cref="BrowserRecording"/> also RTMP that is recorded.</summary>
    public bool RtmpStreaming { get; set; } = true;

    /// <summary>Start and stop HLS, pause its recording, insert timed metadata.</summary>
    public bool HlsStreaming { get; set; } = true;

    /// <summary>Start and stop recording.</summary>
    public bool BrowserRecording { get; set; } = true;

    /// <summary>Send room state.</summary>
    public bool SendRoomState { get; set; }

    /// <summary>See polls.</summary>
    public bool PollRead { get; set; }

    /// <summary>Make polls; whoever may is also a reader.</summary>
    public bool PollWrite { get; set; }
}
