using LiveStream.Contracts.Webhooks;
using LiveStream.Rooms.Domain;

namespace LiveStream.Rooms.Endpoints.Rest;

/// <summary>Reads what a caller says about a room.</summary>
internal static class RoomBody
{
    public const int MaxBytes = 64 * 1024;

    private const int MaxUrlLength = 2048;
    private const int MaxHeaders = 20;
    private const int MaxHeaderLength = 2048;
    private const int MaxUploadText = 1024;

    /// <summary>Body of a creation.</summary>
    public static RoomSettings ReadNew(BodyFields body)
    {
        if (body.Has("template")) body.Wrong("template. Use template_id");
        var templateId = body.Text("template_id", ObjectId.Length);
        if (templateId.IsGiven && !ObjectId.IsValid(templateId.Value)) body.Refuse("Error: template not found");
        return Read(body) with { TemplateId = templateId.IsGiven ? templateId.Value : null };
    }

    /// <summary>Body of an update; a room that was read and is sent back with changes is one.</summary>
    public static RoomSettings ReadChange(BodyFields body)
    {
        body.Ignore("template_id");
        var enabled = body.Flag("enabled");
        return Read(body) with { Enabled = enabled };
    }

    private static RoomSettings Read(BodyFields body)
    {
        // What replies have and callers do not choose.
        body.Ignore(
            "template", "id", "customer_id", "customer", "app_id", "key", "recording_source_template", "enabled_source_template", "created_at", "updated_at");
        var settings = new RoomSettings
        {
            Name = ReadName(body),
            Description = body.Text("description", RoomRules.MaxDescriptionLength),
            Region = ReadRegion(body),
            LargeRoom = body.Flag("large_room"),
            Size = body.Whole("size"),
            MaxDurationSeconds = ReadDuration(body),
            Recording = ReadRecording(body),
            Webhook = ReadWebhook(body),
            Polls = ReadPolls(body),
        };
        return settings;
    }

    private static Given<string> ReadName(BodyFields body)
    {
        var name = body.Text("name", RoomRules.MaxNameLength);
        if (name.IsGiven && !RoomRules.IsName(name.Value)) body.Wrong("name has characters other than a-z, A-Z, 0-9 and . - : _");
        return name;
    }

    private static Given<string> ReadRegion(BodyFields body)
    {
        var region = body.Text("region", 16);
        if (region.IsGiven && !RoomRules.IsRegion(region.Value)) body.Refuse("Error: region not supported");
        return region;
    }

    private static Given<int?> ReadDuration(BodyFields body)
    {
        var seconds = body.Whole("max_duration_seconds");
        if (seconds.Value < RoomRules.MinDurationSeconds) body.Wrong($"max_duration_seconds less than {RoomRules.MinDurationSeconds} seconds");
        if (seconds.Value > RoomRules.MaxDurationSeconds) body.Wrong($"max_duration_seconds greater than {RoomRules.MaxDurationSeconds} seconds");
        return seconds;
    }

    private static Given<RoomRecording?> ReadRecording(BodyFields body)
    {
        if (!body.Has("recording_info")) return default;
        if (body.Object("recording_info") is not { } fields) return new(true, null);
        return new(true, new RoomRecording(fields.Flag("enabled").Or(false), ReadUpload(fields)));
    }

    private static UploadInfo? ReadUpload(BodyFields recording)
    {
        if (recording.Object("upload_info") is not { } fields) return null;
        var type = fields.Text("type", 16).Or("");
        var location = fields.Text("location", MaxUploadText);
        if (!UploadInfo.IsType(type)) fields.Refuse("Invalid upload configuration");
        else if (!fields.Has("location") || location is { IsGiven: true, Value: "" }) fields.Refuse("Bucket location is missing");

        var prefix = fields.Text("prefix", MaxUploadText).Or("");
        var region = fields.Object("options")?.Text("region", 64);
        var credentials = fields.Object("credentials");
        var key = credentials?.Text("key", MaxUploadText);
        // Templates call it secretKey; callers use one name for both.
        var secret = credentials?.Text("secret", MaxUploadText);
        var secretKey = credentials?.Text("secretKey", MaxUploadText);
        return new UploadInfo(type, location.Or(""), prefix, region?.Value, key?.Value, secret?.Value ?? secretKey?.Value);
    }

    private static Given<RoomWebhook?> ReadWebhook(BodyFields body)
    {
        if (!body.Has("webhook")) return default;
        if (body.Object("webhook") is not { } fields) return new(true, null);
        var url = fields.Text("url", MaxUrlLength).Or("");
        var headers = fields.Map("headers", MaxHeaders, MaxHeaderLength) ?? new Dictionary<string, string>();
        if (!WebhookTarget.IsUrl(url)) body.Wrong("webhook.url is not an http or https URL");
        foreach (var (name, value) in headers)
        {
            if (!WebhookTarget.IsHeader(name, value)) body.Wrong($"webhook.headers.{name} is not an HTTP header");
        }

        return new(true, new RoomWebhook(url, headers));
    }

    private static Given<IReadOnlyList<string>> ReadPolls(BodyFields body)
    {
        if (!body.Has("polls")) return default;
        var polls = body.Texts("polls", RoomRules.MaxPolls, ObjectId.Length) ?? [];
        if (!polls.All(ObjectId.IsValid)) body.Wrong("polls has an element that is no id");
        return new(true, polls);
    }
}
