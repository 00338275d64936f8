namespace LiveStream.Contracts.Events.V1;

/// <summary>
/// The media of a live stream that is recorded is at rest: nothing is added to the store any more, because the stream ended or
/// because whoever stored it is gone. Owner: rooms. Ordering key: the room.
/// </summary>
/// <param name="CustomerId">Workspace, 24 hex digits.</param>
/// <param name="RoomId">24 hex digits.</param>
/// <param name="StreamId">24 hex digits.</param>
/// <param name="Path">Folder of the run: <c>customer/room/yyyymmdd/epoch_ms</c>.</param>
/// <param name="Zip">A zip of everything is wanted.</param>
/// <param name="RecordedAt">When.</param>
public sealed record LiveStreamRecorded(string CustomerId, string RoomId, string StreamId, string Path, bool Zip, DateTimeOffset RecordedAt);

/// <summary>The recording of a live stream has begun. Owner: rooms. Ordering key: the room.</summary>
/// <param name="CustomerId">Workspace, 24 hex digits.</param>
/// <param name="RoomId">24 hex digits.</param>
/// <param name="StreamId">24 hex digits.</param>
/// <param name="SessionId">The session that the stream began in; empty for none.</param>
/// <param name="HlsVod">A playlist is made.</param>
/// <param name="SingleFilePerLayer">A file for each layer is made.</param>
/// <param name="StartedAt">When.</param>
public sealed record HlsRecordingStarted(
    string CustomerId, string RoomId, string StreamId, string SessionId, bool HlsVod, bool SingleFilePerLayer, DateTimeOffset StartedAt);

/// <summary>The recording of a live stream can be fetched. Owner: rooms. Ordering key: the room.</summary>
/// <param name="CustomerId">Workspace, 24 hex digits.</param>
/// <param name="RoomId">24 hex digits.</param>
/// <param name="StreamId">24 hex digits.</param>
/// <param name="SessionId">The session that the stream began in; empty for none.</param>
/// <param name="TemplateId">The room's template.</param>
/// <param name="RecordingId">Asset of the playable playlist, 24 hex digits.</param>
/// <param name="MeetingUrl">As the caller gave it; may be empty.</param>
/// <param name="Duration">Seconds.</param>
/// <param name="MaxWidth">Pixels of the best layer.</param>
/// <param name="MaxHeight">Pixels of the best layer.</param>
/// <param name="VodPath">Where the zip is in the store; the playlist where no zip was wanted.</param>
/// <param name="VodPresignedUrl">Opens it for whoever has it, for as long as the template says.</param>
/// <param name="VodSize">Bytes of it; of everything the playlist leads to where there is no zip.</param>
/// <param name="PlaylistPath">Where the playable playlist is in the store.</param>
/// <param name="PlaylistUrl">Plays it for whoever has it, as long.</param>
/// <param name="CreatedAt">When the files were there.</param>
/// <param name="StartedAt">When the stream could be played.</param>
/// <param name="StoppedAt">When it ended.</param>
/// <param name="SessionStartedAt">When the session began; null for none.</param>
public sealed record HlsRecordingSucceeded(
    string CustomerId, string RoomId, string StreamId, string SessionId, string TemplateId, string RecordingId, string MeetingUrl,
    int Duration, int MaxWidth, int MaxHeight, string VodPath, string VodPresignedUrl, long VodSize, string PlaylistPath, string PlaylistUrl,
    DateTimeOffset CreatedAt, DateTimeOffset StartedAt, DateTimeOffset StoppedAt, DateTimeOffset? SessionStartedAt);

/// <summary>A live stream was to be recorded, and nothing of it can be fetched. Owner: rooms. Ordering key: the room.</summary>
/// <param name="CustomerId">Workspace, 24 hex digits.</param>
/// <param name="RoomId">24 hex digits.</param>
/// <param name="StreamId">24 hex digits.</param>
/// <param name="SessionId">The session that the stream began in; empty for none.</param>
/// <param name="TemplateId">The room's template.</param>
/// <param name="MeetingUrl">As the caller gave it; may be empty.</param>
/// <param name="HlsVod">A playlist was wanted.</param>
/// <param name="SingleFilePerLayer">A file for each layer was wanted.</param>
/// <param name="Duration">Seconds of the stream.</param>
/// <param name="ErrorType"><c>UPLOAD_ERROR</c> or <c>INTERNAL_ERROR</c>.</param>
/// <param name="ErrorMessage">For people.</param>
/// <param name="SessionStartedAt">When the session began; null for none.</param>
/// <param name="FailedAt">When.</param>
public sealed record HlsRecordingFailed(
    string CustomerId, string RoomId, string StreamId, string SessionId, string TemplateId, string MeetingUrl, bool HlsVod, bool SingleFilePerLayer,
    int Duration, string ErrorType, string ErrorMessage, DateTimeOffset? SessionStartedAt, DateTimeOffset FailedAt);
