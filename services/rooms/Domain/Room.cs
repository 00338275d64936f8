using LiveStream.Storage.Sealing;

namespace LiveStream.Rooms.Domain;

/// <summary>A room: a name, and the template whose roles say what people may do in it.</summary>
public sealed class Room
{
    /// <summary>24 hex digits; sorts by age.</summary>
    public required string Id { get; init; }

    /// <summary>Owner.</summary>
    public required string CustomerId { get; init; }

    /// <summary>The template with the room's roles.</summary>
    public required string TemplateId { get; set; }

    /// <summary>Unique in the workspace, whatever the case.</summary>
    public required string Name
    {
        get;
        set
        {
            field = value;
            NameKey = RoomRules.KeyOf(value);
        }
    }

    /// <summary>What two equal names share: the name in lower case.</summary>
    public string NameKey { get; private set; } = "";

    /// <summary>For people.</summary>
    public string Description { get; set; } = "";

    /// <summary>False: nobody may join any more; who is inside stays.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Where media is served: <c>auto</c>, <c>eu</c>, <c>in</c> or <c>us</c>.</summary>
    public string Region { get; set; } = RoomRules.DefaultRegion;

    /// <summary>Allows up to 20000 people.</summary>
    public bool LargeRoom { get; set; }

    /// <summary>People at once; null or 0 for no limit but that of the kind of room.</summary>
    public int? Size { get; set; }

    /// <summary>Longest session; null for the server's own limit.</summary>
    public int? MaxDurationSeconds { get; set; }

    /// <summary>Recording of this room; null to follow the template.</summary>
    public RoomRecording? Recording { get; set; }

    /// <summary>Receives the room's events instead of the workspace's webhook; null for that one.</summary>
    public SealedWebhook? Webhook { get; set; }

    /// <summary>Ids of polls that are ready in the room.</summary>
    public IReadOnlyList<string> Polls { get; set; } = [];

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Last change; null before the first one.</summary>
    public DateTimeOffset? UpdatedAt { get; set; }

    /// <summary>Takes over what the settings say, as a creation does: what they leave out gets its default.</summary>
    public void Overwrite(RoomSettings settings, string templateId, SecretSeal seal)
    {
        TemplateId = templateId;
        Description = settings.Description.Or("");
        Region = settings.Region.Or(RoomRules.DefaultRegion);
        LargeRoom = settings.LargeRoom.Or(false);
        Size = settings.Size.Or(null);
        MaxDurationSeconds = settings.MaxDurationSeconds.Or(null);
        Recording = Sealed(settings.Recording.Or(null), seal);
        Webhook = Sealed(settings.Webhook.Or(null), seal);
        Polls = settings.Polls.Or([]);
        if (settings.Name.IsGiven) Name = settings.Name.Value;
    }

    /// <summary>Takes over what the settings say, as an update does: what they leave out stays.</summary>
    public void Change(RoomSettings settings, SecretSeal seal)
    {
        if (settings.Name.IsGiven) Name = settings.Name.Value;
        Description = settings.Description.Or(Description);
        Region = settings.Region.Or(Region);
        LargeRoom = settings.LargeRoom.Or(LargeRoom);
        Size = settings.Size.Or(Size);
        MaxDurationSeconds = settings.MaxDurationSeconds.Or(MaxDurationSeconds);
        if (settings.Recording.IsGiven) Recording = Sealed(settings.Recording.Value, seal);
        if (settings.Webhook.IsGiven) Webhook = Sealed(settings.Webhook.Value, seal);
        Polls = settings.Polls.Or(Polls);
        Enabled = settings.Enabled.Or(Enabled);
    }

    private SealedWebhook? Sealed(RoomWebhook? webhook, SecretSeal seal) => webhook is null ? null : SealedWebhook.Of(webhook, Id, seal);

    private RoomRecording? Sealed(RoomRecording? recording, SecretSeal seal) => recording?.UploadInfo is { } upload
        ? recording with { UploadInfo = upload.Kept(Recording?.UploadInfo, Id, seal) }
        : recording;
}
