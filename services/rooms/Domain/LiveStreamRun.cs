using System.Globalization;

namespace LiveStream.Rooms.Domain;

/// <summary>Life of a live stream, in this order; <see cref="Failed"/> from anywhere before the end.</summary>
public enum LiveStreamStatus
{
    /// <summary>Asked for; nothing to play yet.</summary>
    Starting = 1,
    /// <summary>The playlist can be played.</summary>
    Running = 2,
    /// <summary>Asked to end; the playlist still lacks its end.</summary>
    Stopping = 3,
    /// <summary>Ended; recordings are being made.</summary>
    PostProcessing = 4,
    /// <summary>Over.</summary>
    Completed = 5,
    /// <summary>Over by a fault.</summary>
    Failed = 6,
}

/// <summary>The states as REST and events name them.</summary>
public static class LiveStreamStatuses
{
    private static readonly Dictionary<string, LiveStreamStatus> s_byName =
        Enum.GetValues<LiveStreamStatus>().ToDictionary(NameOf, StringComparer.Ordinal);

    /// <summary>All names.</summary>
    public static IReadOnlyCollection<string> All => s_byName.Keys;

    /// <summary>The state's name.</summary>
    public static string NameOf(LiveStreamStatus status) => status switch
    {
        LiveStreamStatus.Starting => "starting",
        LiveStreamStatus.Running => "running",
        LiveStreamStatus.Stopping => "stopping",
        LiveStreamStatus.PostProcessing => "post_processing",
        LiveStreamStatus.Completed => "completed",
        _ => "failed",
    };

    /// <summary>The state of that name; null for another text.</summary>
    public static LiveStreamStatus? Find(string name) => s_byName.TryGetValue(name, out var status) ? status : null;
}

/// <summary>One run of a room's HLS stream, from start to end. Time enters as an argument.</summary>
public sealed class LiveStreamRun
{
    /// <summary>24 hex digits.</summary>
    public required string Id { get; init; }

    /// <summary>The room on air.</summary>
    public required string RoomId { get; init; }

    /// <summary>Owner of the room.</summary>
    public required string CustomerId { get; init; }

    /// <summary>Name of the template's HLS destination.</summary>
    public required string Destination { get; init; }

    /// <summary>Folder of the run: <c>customer/room/yyyymmdd/epoch_ms</c>.</summary>
    public required string Path { get; init; }

    /// <summary>As the caller gave it, else empty.</summary>
    public string MeetingUrl { get; init; } = "";

    /// <summary>A VOD playlist is kept.</summary>
    public bool HlsVod { get; init; }

    /// <summary>One file for each layer is made.</summary>
    public bool SingleFilePerLayer { get; init; }

    /// <summary>A zip of the VOD playlist and its segments is made, too.</summary>
    public bool Zip { get; init; } = true;

    /// <summary>How long links to the recording that are announced stay valid.</summary>
    public int PresignSeconds { get; init; } = 86400;

    /// <summary>Nothing is added to the recording's media since then; null while that may happen.</summary>
    public DateTimeOffset? RecordedAt { get; private set; }

    /// <summary>The room's session when it was asked for, or else when it could be played; empty where nobody was in the room.</summary>
    public string SessionId { get; set; } = "";

    /// <summary>What is to be written down; null for nothing.</summary>
    public TranscriptionSettings? Transcription { get; init; }

    /// <summary>Peer that started it; empty for a server.</summary>
    public string StartedBy { get; init; } = "";

    /// <summary>Peer that stopped it; empty for a server.</summary>
    public string StoppedBy { get; private set; } = "";

    /// <summary>Viewers go on, nothing is recorded for the moment.</summary>
    public bool RecordingPaused { get; private set; }

    /// <summary>Where the run is in its life.</summary>
    public LiveStreamStatus Status { get; private set; } = LiveStreamStatus.Starting;

    /// <summary>Why it ended, where that was not by request.</summary>
    public string Reason { get; private set; } = "";

    /// <summary>Asked for.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Playable since.</summary>
    public DateTimeOffset? StartedAt { get; private set; }

    /// <summary>Ended at.</summary>
    public DateTimeOffset? StoppedAt { get; private set; }

    /// <summary>Last change.</summary>
    public required DateTimeOffset UpdatedAt { get; set; }

    /// <summary>On air or about to be: the room cannot start another one.</summary>
    public bool IsLive => Status is LiveStreamStatus.Starting or LiveStreamStatus.Running;

    /// <summary>Nothing changes any more.</summary>
    public bool IsOver => Status is LiveStreamStatus.Completed or LiveStreamStatus.Failed;

    /// <summary>Something of it is kept.</summary>
    public bool IsRecorded => HlsVod || SingleFilePerLayer;

    /// <summary>The folder of a run that begins at that moment.</summary>
    public static string PathOf(string customerId, string roomId, DateTimeOffset now) => string.Create(
        CultureInfo.InvariantCulture, $"{customerId}/{roomId}/{now.UtcDateTime:yyyyMMdd}/{now.ToUnixTimeMilliseconds()}");

    /// <summary>The playlist can be played. True if that is news.</summary>
    public bool Run(DateTimeOffset at)
    {
        if (Status is not (LiveStreamStatus.Starting or LiveStreamStatus.Stopping) || StartedAt is not null) return false;
        StartedAt = at;
        if (Status == LiveStreamStatus.Starting) Status = LiveStreamStatus.Running;
        UpdatedAt = at;
        return true;
    }

    /// <summary>Somebody asked to end it: a peer, or a server (empty). True if that is news.</summary>
    public bool Stop(DateTimeOffset at, string by = "", string reason = "")
    {
        if (!IsLive) return false;
        (Status, StoppedBy, Reason) = (LiveStreamStatus.Stopping, by, reason);
        UpdatedAt = at;
        return true;
    }

    /// <summary>Records no further until it is resumed. True if that is news.</summary>
    public bool PauseRecording(DateTimeOffset at) => SetRecordingPaused(true, at);

    /// <summary>Records again. True if that is news.</summary>
    public bool ResumeRecording(DateTimeOffset at) => SetRecordingPaused(false, at);

    /// <summary>The playlist has its end. True if that is news.</summary>
    /// <param name="at">When.</param>
    /// <param name="reason">Why.</param>
    /// <param name="recorded">Media of it is stored, or on its way: the recording is made from it now.</param>
    public bool Complete(DateTimeOffset at, string reason, bool recorded = false)
    {
        if (Status == LiveStreamStatus.PostProcessing) return false;
        return End(recorded && HlsVod ? LiveStreamStatus.PostProcessing : LiveStreamStatus.Completed, at, reason);
    }

    /// <summary>Nothing is added to its media in the store any more. True if that is news, and something is to be made of it.</summary>
    public bool Rest(DateTimeOffset at)
    {
        if (!HlsVod || RecordedAt is not null || Status is not (LiveStreamStatus.PostProcessing or LiveStreamStatus.Failed)) return false;
        RecordedAt = at;
        return true;
    }

    /// <summary>Its recording is made, or never will be. True if that is news.</summary>
    public bool FinishRecording(DateTimeOffset at)
    {
        if (Status != LiveStreamStatus.PostProcessing) return false;
        (Status, UpdatedAt) = (LiveStreamStatus.Completed, at);
        return true;
    }

    /// <summary>A fault ended it. True if that is news.</summary>
    public bool Fail(DateTimeOffset at, string reason) => End(LiveStreamStatus.Failed, at, reason);

    private bool SetRecordingPaused(bool paused, DateTimeOffset at)
    {
        if (Status != LiveStreamStatus.Running || !IsRecorded || RecordingPaused == paused) return false;
        RecordingPaused = paused;
        UpdatedAt = at;
        return true;
    }

    private bool End(LiveStreamStatus status, DateTimeOffset at, string reason)
    {
        if (IsOver) return false;
        Status = status;
        Reason = reason;
        StoppedAt = at;
        UpdatedAt = at;
        return true;
    }
}
