namespace LiveStream.Rooms.Domain;

/// <summary>Where the broadcaster's picture comes from.</summary>
public enum BroadcastSource
{
    /// <summary>A browser, usually on a computer.</summary>
    Browser,

    /// <summary>A telephone, held upright.</summary>
    Mobile,

    /// <summary>An encoder that sends RTMP.</summary>
    Rtmp,
}

/// <summary>How the picture stands.</summary>
public enum PictureOrientation
{
    /// <summary>Wider than high, 16:9.</summary>
    Landscape,

    /// <summary>Higher than wide, 9:16.</summary>
    Portrait,
}

/// <summary>What is kept of a stream.</summary>
public enum RecordingFormat
{
    /// <summary>A playlist with its segments.</summary>
    Vod,

    /// <summary>One MP4 file for each layer.</summary>
    Mp4,
}

/// <summary>The five answers that a live streaming template is made from. All of them can be changed in the template later.</summary>
public sealed record WizardChoices
{
    /// <summary>Where the broadcaster's picture comes from.</summary>
    public BroadcastSource Source { get; init; } = BroadcastSource.Browser;

    /// <summary>How the picture stands; null for what is usual for the source.</summary>
    public PictureOrientation? Orientation { get; init; }

    /// <summary>Viewers may be asked on stage.</summary>
    public bool InviteViewersToStage { get; init; } = true;

    /// <summary>Streams are recorded from the moment they go live.</summary>
    public bool Record { get; init; } = true;

    /// <summary>In which form.</summary>
    public RecordingFormat Format { get; init; } = RecordingFormat.Vod;

    /// <summary>Whether the picture is higher than wide.</summary>
    public bool IsPortrait => (Orientation ?? (Source == BroadcastSource.Mobile ? PictureOrientation.Portrait : PictureOrientation.Landscape))
        == PictureOrientation.Portrait;
}
