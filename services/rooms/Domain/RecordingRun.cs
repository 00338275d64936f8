namespace LiveStream.Rooms.Domain;

/// <summary>One composite recording of a room, from start to end; its life is that of a live stream. Time enters as an argument.</summary>
public sealed class RecordingRun
{
    /// <summary>Pixels where the caller does not say.</summary>
    public const int DefaultWidth = 1280;

    /// <summary>Pixels where the caller does not say.</summary>
    public const int DefaultHeight = 720;

    /// <summary>24 hex digits; sorts by age.</summary>
    public required string Id { get; init; }

    /// <summary>Owner of the room.</summary>
    public required string CustomerId { get; init; }

    /// <summary>The recorded room.</summary>
    public required string RoomId { get; init; }

    /// <summary>The session that it began in; empty where nobody was in the room.</summary>
    public string SessionId { get; init; } = "";

    /// <summary>Name of the template's recording destination; empty where there is none.</summary>
    public string Destination { get; init; } = "";

    /// <summary>As the caller gave it, else empty.</summary>
    public string MeetingUrl { get; init; } = "";

    /// <summary>Pixels.</summary>
    public int Width { get; init; } = DefaultWidth;

    /// <summary>Pixels.</summary>
    public int Height { get; init; } = DefaultHeight;

    /// <summary>No picture is recorded.</summary>
    public bool AudioOnly { get; init; }

    /// <summary>What is to be written down; null for nothing.</summary>
    public TranscriptionSettings? Transcription { get; init; }

    /// <summary>Kinds of files that are made, such as <c>room-composite</c>; null before that is known.</summary>
    public IReadOnlyList<string>? AssetTypes { get; set; }

    /// <summary>Where the run is in its life.</summary>
    public LiveStreamStatus Status { get; private set; } = LiveStreamStatus.Starting;

    /// <summary>Nothing is recorded for the moment.</summary>
    public bool Paused { get; private set; }

    /// <summary>Why it ended, where that was not by request.</summary>
    public string Reason { get; private set; } = "";

    /// <summary>Peer that started it; empty for a server.</summary>
    public string StartedBy { get; init; } = "";

    /// <summary>Peer that stopped it; empty for a server.</summary>
    public string StoppedBy { get; init; } = "";

    /// <summary>Asked for.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Recording since.</summary>
    public DateTimeOffset? StartedAt { get; private set; }

    /// <summary>Ended at.</summary>
    public DateTimeOffset? StoppedAt { get; private set; }

    /// <summary>Last change.</summary>
    public required DateTimeOffset UpdatedAt { get; set; }

    /// <summary>Being made or about to be: the room cannot start another one.</summary>
    public bool IsLive => Status is LiveStreamStatus.Starting or LiveStreamStatus.Running;

    /// <summary>Nothing changes any more.</summary>
    public bool IsOver => Status is LiveStreamStatus.Completed or LiveStreamStatus.Failed;

    /// <summary>The first picture is recorded. True if that is news.</summary>
    public bool Run(DateTimeOffset at)
    {
        if (Status != LiveStreamStatus.Starting) return false;
        (Status, StartedAt, UpdatedAt) = (LiveStreamStatus.Running, at, at);
        return true;
    }

    /// <summary>Somebody asked to end it. True if that is news.</summary>
    public bool Stop(DateTimeOffset at)
    {
        if (!IsLive) return false;
        (Status, UpdatedAt) = (LiveStreamStatus.Stopping, at);
        return true;
    }

    /// <summary>Records no further until it is resumed. True if that is news.</summary>
    public bool Pause(DateTimeOffset at) => SetPaused(true, at);

    /// <summary>Records again. True if that is news.</summary>
    public bool Resume(DateTimeOffset at) => SetPaused(false, at);

    /// <summary>The files are there. True if that is news.</summary>
    public bool Complete(DateTimeOffset at, string reason) => End(LiveStreamStatus.Completed, at, reason);

    /// <summary>A fault ended it. True if that is news.</summary>
    public bool Fail(DateTimeOffset at, string reason) => End(LiveStreamStatus.Failed, at, reason);

    private bool SetPaused(bool paused, DateTimeOffset at)
    {
        if (Status != LiveStreamStatus.Running || Paused == paused) return false;
        (Paused, UpdatedAt) = (paused, at);
        return true;
    }

    private bool End(LiveStreamStatus status, DateTimeOffset at, string reason)
    {
        if (IsOver) return false;
        (Status, Reason, StoppedAt, UpdatedAt) = (status, reason, at, at);
        return true;
    }
}
