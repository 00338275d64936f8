using System.Text.Json.Serialization;

namespace LiveStream.Rooms.Domain;

/// <summary>What holds for all rooms of a template.</summary>
public sealed record TemplateSettings
{
    /// <summary><c>in</c>, <c>us</c>, <c>eu</c> or <c>auto</c>.</summary>
    public string Region { get; set; } = "auto";

    /// <summary>Where recordings are stored; null for this installation's own storage.</summary>
    public RecordingSettings? Recording { get; set; }

    /// <summary>What people see of the room before they join.</summary>
    public RoomStateSettings RoomState { get; set; } = new();

    /// <summary>Always <c>{}</c>: clients expect the key.</summary>
    public RetrySettings Retry { get; set; } = new();

    /// <summary>As it may be shown.</summary>
    public TemplateSettings Masked() => Recording?.Upload?.Credentials is not { } credentials
        ? this
        : this with { Recording = Recording with { Upload = Recording.Upload with { Credentials = credentials.Masked() } } };
}

/// <summary>Where recordings are stored.</summary>
public sealed record RecordingSettings
{
    /// <summary>Deprecated: the media server records every session.</summary>
    public bool Enabled { get; set; }

    /// <summary>The customer's own bucket; null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RecordingUpload? Upload { get; set; }
}

/// <summary>A customer's own bucket.</summary>
public sealed record RecordingUpload
{
    /// <summary><c>s3</c>, <c>gs</c>, <c>oss</c> or <c>azure</c>.</summary>
    public string Type { get; set; } = "s3";

    /// <summary>Bucket; for Azure the container.</summary>
    public string Location { get; set; } = "";

    /// <summary>Folder in the bucket.</summary>
    public string Prefix { get; set; } = "";

    /// <summary>Region and, for stores that speak S3, the address.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public UploadOptions? Options { get; set; }

    /// <summary>Null where the server's own identity has access.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public UploadCredentials? Credentials { get; set; }
}

/// <summary>Region and address of a bucket.</summary>
public sealed record UploadOptions
{
    /// <summary>Region as the provider calls it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Region { get; set; }

    /// <summary>Address of an S3-compatible store that is not Amazon's; an addition to the 100ms document.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Endpoint { get; set; }
}

/// <summary>Access to a bucket. The secret is kept, never shown.</summary>
public sealed record UploadCredentials
{
    /// <summary>What replies say in place of the secret. Sent back with the same key, it stands for the secret that is stored.</summary>
    public const string Mask = "********";

    /// <summary>Access key; for Azure the name of the storage account.</summary>
    public string Key { get; set; } = "";

    /// <summary>Secret; for Azure the account key. Sealed once it is part of a template.</summary>
    public string SecretKey { get; set; } = "";

    /// <summary>Whether the secret is only its mask.</summary>
    [JsonIgnore]
    public bool IsMasked => SecretKey == Mask;

    /// <summary>As it may be shown.</summary>
    public UploadCredentials Masked() => this with { SecretKey = Mask };

    /// <inheritdoc/>
    public override string ToString() => $"{nameof(UploadCredentials)} {{ {nameof(Key)} = {Key} }}";
}

/// <summary>State of a room that is sent to people before they join.</summary>
public sealed record RoomStateSettings
{
    /// <summary>Seconds, a multiple of 5, up to 3600.</summary>
    public int MessageInterval { get; set; } = 5;

    /// <summary>Names who is inside.</summary>
    public bool SendPeerList { get; set; }

    /// <summary>Ends with the join.</summary>
    public bool StopRoomStateOnJoin { get; set; } = true;

    /// <summary>Sent at all.</summary>
    public bool Enabled { get; set; }
}

/// <summary>Nothing: the key is part of the document, its content is not defined.</summary>
public sealed record RetrySettings;
