namespace LiveStream.Rooms.Domain;

/// <summary>A plain video conference: everybody sees everybody, hosts keep order, nothing is streamed.</summary>
public static class ConferencingTemplate
{
    /// <summary>Usual name of the template.</summary>
    public const string Name = "video-conferencing-starter";

    /// <summary>Keeps order, may record.</summary>
    public const string Host = "host";

    /// <summary>Takes part.</summary>
    public const string Guest = "guest";

    private static readonly string[] s_everybody = [Host, Guest];

    /// <summary>The document.</summary>
    public static TemplateDocument Create() => new()
    {
        Roles = new(StringComparer.Ordinal)
        {
            [Host] = new()
            {
                Name = Host, Priority = 1, PublishParams = Quality(), SubscribeParams = Everybody(),
                Permissions = new()
                {
                    EndRoom = true, RemoveOthers = true, Mute = true, Unmute = true, ChangeRole = true, PollRead = true, PollWrite = true,
                },
            },
            [Guest] = new()
            {
                Name = Guest, Priority = 2, PublishParams = Quality(), SubscribeParams = Everybody(),
                Permissions = new() { HlsStreaming = false, RtmpStreaming = false, BrowserRecording = false, PollRead = true },
            },
        },
    };

    private static SubscribeParams Everybody() => new()
    {
        SubscribeToRoles = s_everybody,
        SubscribeDegradation = new() { PacketLossThreshold = 25 },
    };

    private static PublishParams Quality() => new()
    {
        Allowed = ["audio", "video", "screen"],
        Video = new() { BitRate = 600, FrameRate = 25, Width = 640, Height = 360 },
        Screen = new() { BitRate = 1024, FrameRate = 10, Width = 1920, Height = 1080 },
        Simulcast = new()
        {
            Video = new()
            {
                Layers =
                [
                    new() { Rid = "f", ScaleResolutionDownBy = 1, MaxBitrate = 600, MaxFramerate = 25 },
                    new() { Rid = "q", ScaleResolutionDownBy = 4, MaxBitrate = 100, MaxFramerate = 25 },
                ],
            },
        },
    };
}
