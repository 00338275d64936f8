namespace LiveStream.Rooms.Domain;

/// <summary>The <em>Live Streaming</em> starter: a stage, a real-time audience and a broadcast audience.</summary>
public static class StarterTemplate
{
    /// <summary>Name of the template that a new workspace begins with.</summary>
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

    /// <summary>The default template of a new workspace.</summary>
    public static Template Create(string customerId, DateTimeOffset now) => new()
    {
        Id = ObjectId.New(now),
        CustomerId = customerId,
        Name = Name,
        IsDefault = true,
        Document = Create(new WizardChoices()),
        CreatedAt = now,
        UpdatedAt = now,
    };

    /// <summary>The document that the wizard's answers ask for.</summary>
    public static TemplateDocument Create(WizardChoices choices)
    {
        string[] stage = choices.InviteViewersToStage ? [Broadcaster, CoBroadcaster, ViewerOnStage] : [Broadcaster, CoBroadcaster];
        var roles = RolesOf(choices, stage).ToDictionary(role => role.Name, StringComparer.Ordinal);
        return new TemplateDocument
        {
            Roles = roles,
            Settings = new() { RoomState = new() { Enabled = true } },
            Destinations = new() { HlsDestinations = { ["default"] = Ladder(choices) } },
        };
    }

    private static IEnumerable<Role> RolesOf(WizardChoices choices, string[] stage)
    {
        yield return new()
        {
            Name = Broadcaster, Priority = 1, PublishParams = StageQuality(choices.IsPortrait), SubscribeParams = Receives(stage),
            Permissions = new()
            {
                EndRoom = true, RemoveOthers = true, Mute = true, Unmute = true, ChangeRole = true, PollRead = true, PollWrite = true,
            },
        };
        yield return new()
        {
            Name = CoBroadcaster, Priority = 1, PublishParams = StageQuality(choices.IsPortrait), SubscribeParams = Receives(stage),
            Permissions = NoStreaming() with { RemoveOthers = true, Mute = true, Unmute = true, ChangeRole = true, PollWrite = true },
        };
        if (choices.InviteViewersToStage)
        {
            yield return new()
            {
                Name = ViewerOnStage, Priority = 2, PublishParams = GuestQuality(choices.IsPortrait), SubscribeParams = Receives(stage),
                Permissions = NoStreaming(),
            };
        }

        yield return new()
        {
            Name = ViewerRealtime, Priority = 3, PublishParams = GuestQuality(choices.IsPortrait) with { Allowed = null },
            SubscribeParams = Receives(stage), Permissions = NoStreaming(),
        };
        yield return new()
        {
            Name = ViewerNearRealtime, Priority = 5, PublishParams = GuestQuality(choices.IsPortrait) with { Allowed = null },
            SubscribeParams = Receives([]), Permissions = NoStreaming(),
        };
    }

    /// <summary>Three layers: the highest is passed through to HLS as it is, so it carries a broadcast's bitrate.</summary>
    private static PublishParams StageQuality(bool portrait) => new()
    {
        Allowed = ["audio", "video", "screen"],
        Audio = new() { BitRate = 64 },
        // A camera's height ends at 1080: the highest 9:16 picture whose three layers all have whole, even sides.
        Video = portrait
            ? new() { BitRate = 1500, FrameRate = 30, Width = 576, Height = 1024 }
            : new() { BitRate = 1500, FrameRate = 30, Width = 1280, Height = 720 },
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

    private static PublishParams GuestQuality(bool portrait) => new()
    {
        Allowed = ["audio", "video"],
        Video = portrait
            ? new() { BitRate = 400, FrameRate = 30, Width = 360, Height = 640 }
            : new() { BitRate = 400, FrameRate = 30, Width = 640, Height = 360 },
    };

    private static SubscribeParams Receives(IReadOnlyList<string> roles) => new()
    {
        SubscribeToRoles = roles,
        MaxSubsBitRate = 5200,
        SubscribeDegradation = new() { PacketLossThreshold = 25 },
    };

    private static Permissions NoStreaming() =>
        new() { HlsStreaming = false, RtmpStreaming = false, BrowserRecording = false, PollRead = true };

    private static HlsDestination Ladder(WizardChoices choices) => new()
    {
        MaxDuration = 28800,
        Layers = choices.IsPortrait
            ?
            [
                new() { Width = 576, Height = 1024, VideoBitrate = 1500, AudioBitrate = 64 },
                new() { Width = 432, Height = 768, VideoBitrate = 850, AudioBitrate = 64 },
                new() { Width = 288, Height = 512, VideoBitrate = 500, AudioBitrate = 64 },
                new() { Width = 216, Height = 384, VideoBitrate = 250, AudioBitrate = 32 },
            ]
            :
            [
                new() { Width = 1280, Height = 720, VideoBitrate = 1500, AudioBitrate = 64 },
                new() { Width = 854, Height = 480, VideoBitrate = 850, AudioBitrate = 64 },
                new() { Width = 640, Height = 360, VideoBitrate = 500, AudioBitrate = 64 },
                new() { Width = 426, Height = 240, VideoBitrate = 250, AudioBitrate = 32 },
            ],
        Recording = choices.Record ? RecordingOf(choices) : null,
    };

    private static HlsRecording RecordingOf(WizardChoices choices) => new()
    {
        HlsVod = choices.Format == RecordingFormat.Vod,
        SingleFilePerLayer = choices.Format == RecordingFormat.Mp4,
        Thumbnails = choices.IsPortrait
            ? new() { Enabled = true, Width = 576, Height = 1024, Offsets = [2] }
            : new() { Enabled = true, Width = 1280, Height = 720, Offsets = [2] },
    };
}
