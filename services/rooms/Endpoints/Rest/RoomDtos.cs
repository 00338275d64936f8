using System.Text.Json.Serialization;

using LiveStream.Rooms.Catalog;
using LiveStream.Rooms.Domain;

namespace LiveStream.Rooms.Endpoints.Rest;

/// <summary>A room as REST shows it; what is not set is left out.</summary>
internal sealed record RoomDto
{
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    [JsonPropertyName("name")]
    public required string Name { get; init; }

    [JsonPropertyName("enabled")]
    public required bool Enabled { get; init; }

    [JsonPropertyName("description")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Description { get; init; }

    [JsonPropertyName("customer_id")]
    public required string CustomerId { get; init; }

    /// <summary>Deprecated twin of <see cref="CustomerId"/>.</summary>
    [JsonPropertyName("customer")]
    public string Customer => CustomerId;

    [JsonPropertyName("app_id")]
    public required string AppId { get; init; }

    [JsonPropertyName("recording_source_template")]
    public bool RecordingSourceTemplate => RecordingInfo is null;

    [JsonPropertyName("enabled_source_template")]
    public bool EnabledSourceTemplate => RecordingInfo is null;

    [JsonPropertyName("recording_info")]
    public RecordingInfoDto? RecordingInfo { get; init; }

    [JsonPropertyName("template_id")]
    public required string TemplateId { get; init; }

    /// <summary>Deprecated: the template's name.</summary>
    [JsonPropertyName("template")]
    public required string Template { get; init; }

    [JsonPropertyName("region")]
    public required string Region { get; init; }

    [JsonPropertyName("large_room")]
    public required bool LargeRoom { get; init; }

    [JsonPropertyName("size")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Size { get; init; }

    [JsonPropertyName("max_duration_seconds")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? MaxDurationSeconds { get; init; }

    [JsonPropertyName("polls")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Polls { get; init; }

    [JsonPropertyName("webhook")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RoomWebhook? Webhook { get; init; }

    [JsonPropertyName("created_at")]
    public required string CreatedAt { get; init; }

    [JsonPropertyName("updated_at")]
    public required string UpdatedAt { get; init; }

    /// <summary>Customer and name; in lists only.</summary>
    [JsonPropertyName("key")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Key { get; init; }

    /// <summary>The room; with <paramref name="credentials"/> the upload's key, never its secret.</summary>
    public static RoomDto Of(RoomView view, Workspace workspace, bool credentials = false, bool inList = false)
    {
        var room = view.Room;
        return new RoomDto
        {
            Id = room.Id,
            Name = room.Name,
            Enabled = room.Enabled,
            Description = room.Description.Length > 0 ? room.Description : null,
            CustomerId = room.CustomerId,
            AppId = workspace.AppId,
            RecordingInfo = room.Recording is { } recording ? RecordingInfoDto.Of(recording, credentials) : null,
            TemplateId = room.TemplateId,
            Template = view.TemplateName,
            Region = room.Region,
            LargeRoom = room.LargeRoom,
            Size = room.Size,
            MaxDurationSeconds = room.MaxDurationSeconds,
            Polls = room.Polls.Count > 0 ? room.Polls : null,
            Webhook = view.Webhook,
            CreatedAt = RestTime.Format(room.CreatedAt),
            UpdatedAt = RestTime.Format(room.UpdatedAt ?? room.CreatedAt),
            Key = inList ? $"{room.CustomerId}:{room.Name}" : null,
        };
    }
}

/// <summary>A room's own recording.</summary>
internal sealed record RecordingInfoDto(
    [property: JsonPropertyName("enabled")] bool Enabled,
    [property: JsonPropertyName("upload_info"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] UploadInfoDto? UploadInfo)
{
    public static RecordingInfoDto Of(RoomRecording recording, bool credentials) =>
        new(recording.Enabled, recording.UploadInfo is { } upload ? UploadInfoDto.Of(upload, credentials) : null);
}

/// <summary>Where recordings go.</summary>
internal sealed record UploadInfoDto(
    [property: JsonPropertyName("type")] string Type,
    [property: JsonPropertyName("location")] string Location,
    [property: JsonPropertyName("prefix")] string Prefix,
    [property: JsonPropertyName("options"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] UploadOptionsDto? Options,
    [property: JsonPropertyName("credentials"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] UploadCredentialsDto? Credentials)
{
    public static UploadInfoDto Of(UploadInfo upload, bool credentials) => new(
        upload.Type,
        upload.Location,
        upload.Prefix,
        upload.Region is { } region ? new UploadOptionsDto(region) : null,
        credentials && upload.Key is { } key ? new UploadCredentialsDto(key, UploadInfo.HiddenSecret) : null);
}

/// <summary>Further settings of the storage.</summary>
internal sealed record UploadOptionsDto([property: JsonPropertyName("region")] string Region);

/// <summary>The storage's key, with its secret hidden.</summary>
internal sealed record UploadCredentialsDto(
    [property: JsonPropertyName("key")] string Key,
    [property: JsonPropertyName("secret")] string Secret);

/// <summary>A page of rooms.</summary>
internal sealed record RoomPageDto(
    [property: JsonPropertyName("limit")] int Limit,
    [property: JsonPropertyName("data")] IReadOnlyList<RoomDto> Data,
    [property: JsonPropertyName("last")] string Last);

/// <summary>A room code as REST shows it.</summary>
internal sealed record RoomCodeDto(
    [property: JsonPropertyName("code")] string Code,
    [property: JsonPropertyName("room_id")] string RoomId,
    [property: JsonPropertyName("role")] string Role,
    [property: JsonPropertyName("enabled")] bool Enabled,
    [property: JsonPropertyName("created_at")] string CreatedAt,
    [property: JsonPropertyName("updated_at")] string UpdatedAt)
{
    public static RoomCodeDto Of(RoomCode code) =>
        new(code.Code, code.RoomId, code.Role, code.Enabled, RestTime.Format(code.CreatedAt), RestTime.Format(code.UpdatedAt));
}

/// <summary>All codes of a room.</summary>
internal sealed record RoomCodesDto([property: JsonPropertyName("data")] IReadOnlyList<RoomCodeDto> Data);

/// <summary>A page of room codes; <c>last</c> is empty at the end.</summary>
internal sealed record RoomCodePageDto(
    [property: JsonPropertyName("limit")] int Limit,
    [property: JsonPropertyName("data")] IReadOnlyList<RoomCodeDto> Data,
    [property: JsonPropertyName("last")] string Last);

/// <summary>Generated JSON of rooms and codes.</summary>
[JsonSerializable(typeof(RoomDto))]
[JsonSerializable(typeof(RoomPageDto))]
[JsonSerializable(typeof(RoomCodeDto))]
[JsonSerializable(typeof(RoomCodesDto))]
[JsonSerializable(typeof(RoomCodePageDto))]
internal sealed partial class RoomRestJson : JsonSerializerContext;
