using System.Text.Json;

namespace LiveStream.Rooms.Domain;

/// <summary>The <em>Live Streaming</em> starter: a stage, a real-time audience and a broadcast audience.</summary>
public static class StarterTemplate
{
    /// <summary>Name of the template.</summary>
    public const string Name = "live-streaming-starter";

    /// <summary>On stage, runs the show.</summary>
    public const string Broadcaster = "broadcaster";

    /// <summary>On stage, does not start or stop the stream.</summary>
    public const string CoBroadcaster = "co-broadcaster";

    /// <summary>A viewer who was asked on stage.</summary>
    public const string ViewerOnStage = "viewer-on-stage";

    /// <summary>Watches over WebRTC.</summary>
    public const string ViewerRealtime = "viewer-realtime";

    /// <summary>Watches over HLS.</summary>
    public const string ViewerNearRealtime = "viewer-near-realtime";

    private static readonly string[] s_stage = [Broadcaster, CoBroadcaster, ViewerOnStage];

    /// <summary>The template of a workspace.</summary>
    public static Template Create(string customerId, DateTimeOffset now) => new()
    {
        Id = ObjectId.New(now),
        CustomerId = customerId,
        Name = Name,
        IsDefault = true,
        Document = Document(),
        CreatedAt = now,
        UpdatedAt = now,
    };

    private static TemplateDocument Document()
    {
        Role[] roles =
        [
            new()
            {
                Name = Broadcaster, Priority = 1, PublishParams = StageQuality(), SubscribeParams = Receives(s_stage),
                Permissions = new()
                {
                    EndRoom = true, RemoveOthers = true, Mute = true, Unmute = true, ChangeRole = true, PollRead = true, PollWrite = true,
                },
            },
            new()
            {
                Name = CoBroadcaster, Priority = 1, PublishParams = StageQuality(), SubscribeParams = Receives(s_stage),
                Permissions = NoStreaming() with { RemoveOthers = true, Mute = true, Unmute = true, ChangeRole = true, PollWrite = true },
            },
            new()
            {
                Name = ViewerOnStage, Priority = 2, PublishParams = GuestQuality(), SubscribeParams = Receives(s_stage),
                Permissions = NoStreaming(),
            },
            new()
            {
                Name = ViewerRealtime, Priority = 3, PublishParams = GuestQuality() with { Allowed = null },
                SubscribeParams = Receives(s_stage), Permissions = NoStreaming(),
            },
            new()
            {
                Name = ViewerNearRealtime, Priority = 5, PublishParams = GuestQuality() with { Allowed = null },
                SubscribeParams = Receives([]), Permissions = NoStreaming(),
            },
        ];
        return new TemplateDocument
        {
            Roles = roles.ToDictionary(role => role.Name, StringComparer.Ordinal),
            Settings = JsonElement.Parse(
                """
                {"region":"auto","recording":null,
                 "roomState":{"messageInterval":5,"sendPeerList":false,"stopRoomStateOnJoin":true,"enabled":true},"retry":{}}
                """u8),
            Destinations = new() { HlsDestinations = { ["default"] = Ladder() } },
        };
    }

    /// <summary>720p in three layers: the highest is passed through to HLS as it is, so it carries a broadcast's bitrate.</summary>
    private static PublishParams StageQuality() => new()
    {
        Allowed = ["audio", "video", "screen"],
        Audio = new() { BitRate = 64 },
        Video = new() { BitRate = 1500, FrameRate = 30, Width = 1280, Height = 720 },
        Screen = new() { BitRate = 1500, FrameRate = 10, Width = 1920, Height = 1080 },
        Simulcast = new()
        {
            Video = new()
            {
                Layers =
                [
                    new() { Rid = "f", ScaleResolutionDownBy = 1, MaxBitrate = 1500, MaxFramerate = 30 },
                    new() { Rid = "h", ScaleResolutionDownBy = 2, MaxBitrate = 500, MaxFramerate = 30 },
                    new() { Rid = "q", ScaleResolutionDownBy = 4, MaxBitrate = 150, MaxFramerate = 30 },
                ],
            },
        },
    };

    private static PublishParams GuestQuality() => new()
    {
        Allowed = ["audio", "video"],
        Video = new() { BitRate = 400, FrameRate = 30, Width = 640, Height = 360 },
    };

    private static SubscribeParams Receives(IReadOnlyList<string> roles) => new()
    {
        SubscribeToRoles = roles,
        MaxSubsBitRate = 5200,
        SubscribeDegradation = new() { PacketLossThreshold = 25 },
    };

    private static Permissions NoStreaming() =>
        new() { HlsStreaming = false, RtmpStreaming = false, BrowserRecording = false, PollRead = true };

    private static HlsDestination Ladder() => new()
    {
        Layers =
        [
            new() { Width = 1280, Height = 720, VideoBitrate = 1500 },
            new() { Width = 854, Height = 480, VideoBitrate = 850 },
            new() { Width = 640, Height = 360, VideoBitrate = 500 },
            new() { Width = 426, Height = 240, VideoBitrate = 250, AudioBitrate = 32 },
        ],
        Recording = new() { HlsVod = true, Thumbnails = new() { Enabled = true, Width = 1280, Height = 720, Offsets = [2] } },
    };
}
