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

    /// <summary>Somebody asked to end it. True if that is news.</summary>
    public bool Stop(DateTimeOffset at)
    {
        if (!IsLive) return false;
        Status = LiveStreamStatus.Stopping;
        UpdatedAt = at;
        return true;
    }

    /// <summary>The playlist has its end. True if that is news.</summary>
    public bool Complete(DateTimeOffset at, string reason) => End(LiveStreamStatus.Completed, at, reason);

    /// <summary>A fault ended it. True if that is news.</summary>
    public bool Fail(DateTimeOffset at, string reason) => End(LiveStreamStatus.Failed, at, reason);

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
