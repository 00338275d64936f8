using System.Text.Json.Serialization;

namespace LiveStream.Contracts.Events.V1;

/// <summary>Generated JSON of the events: snake_case, times as RFC 3339.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(RoomCreated))]
[JsonSerializable(typeof(RoomUpdated))]
[JsonSerializable(typeof(RoomCodeCreated))]
[JsonSerializable(typeof(RoomCodeChanged))]
[JsonSerializable(typeof(TemplateSaved))]
[JsonSerializable(typeof(RoleChanged))]
[JsonSerializable(typeof(RoleDeleted))]
[JsonSerializable(typeof(WorkspaceKeyChanged))]
[JsonSerializable(typeof(SessionOpened))]
[JsonSerializable(typeof(SessionClosed))]
[JsonSerializable(typeof(PeerJoined))]
[JsonSerializable(typeof(PeerLeft))]
[JsonSerializable(typeof(PeerRoleChanged))]
[JsonSerializable(typeof(RoomEnded))]
[JsonSerializable(typeof(PeerJoinFailed))]
[JsonSerializable(typeof(PeerLeaveFailed))]
[JsonSerializable(typeof(RoomEndFailed))]
[JsonSerializable(typeof(RoleChangeFailed))]
[JsonSerializable(typeof(LiveStreamChanged))]
[JsonSerializable(typeof(RecordingChanged))]
[JsonSerializable(typeof(LiveStreamRecorded))]
[JsonSerializable(typeof(HlsRecordingStarted))]
[JsonSerializable(typeof(HlsRecordingSucceeded))]
[JsonSerializable(typeof(HlsRecordingFailed))]
public sealed partial class EventsJson : JsonSerializerContext;
