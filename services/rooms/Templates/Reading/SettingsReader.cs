using LiveStream.Rooms.Domain;

namespace LiveStream.Rooms.Templates.Reading;

/// <summary>
/// What a request says about settings; null where it says nothing. Recording counts if <c>SaysRecording</c>: null then
/// means that there is none any more.
/// </summary>
internal sealed record SettingsPatch(string? Region, bool SaysRecording, RecordingSettings? Recording, RoomStateSettings? RoomState)
{
    /// <summary>
    /// Those settings with what the request says. A masked secret stands for the <paramref name="stored"/> one of the same key.
    /// </summary>
    public TemplateSettings ApplyTo(TemplateSettings settings, UploadCredentials? stored, FieldErrors errors) => settings with
    {
        Region = Region ?? settings.Region,
        Recording = SaysRecording ? Unmasked(Recording, stored, errors) : settings.Recording,
        RoomState = RoomState ?? settings.RoomState,
    };

    private static RecordingSettings? Unmasked(RecordingSettings? wanted, UploadCredentials? stored, FieldErrors errors)
    {
        if (wanted?.Upload?.Credentials is not { IsMasked: true } masked) return wanted;
        if (stored?.Key == masked.Key) return wanted with { Upload = wanted.Upload with { Credentials = stored } };
        errors.Add("settings.recording.upload.credentials.secretKey", "is only the mask of a secret");
        return wanted;
    }
}

/// <summary>Reads the settings of a template.</summary>
internal static class SettingsReader
{
    private const int MaxLocation = 255;
    private const int MaxPrefix = 512;
    private const int MaxCredential = 4096;

    private static readonly string[] s_regions = ["in", "us", "eu", "auto"];
    private static readonly string[] s_stores = ["s3", "gs", "oss", "azure"];

    public static SettingsPatch Read(Fields settings) => new(
        settings.Text("region", TextLimits.Word) is null ? null : settings.OneOf("region", s_regions, "auto"),
        settings.Has("recording"),
        settings.Object("recording") is { } recording ? Recording(recording) : null,
        settings.Object("roomState") is { } state ? RoomState(state) : null);

    private static RecordingSettings Recording(Fields recording) => new()
    {
        Enabled = recording.Flag("enabled", false),
        Upload = recording.Object("upload") is { } upload ? Upload(upload) : null,
    };

    private static RecordingUpload Upload(Fields upload)
    {
        if (!upload.IsGiven("type")) upload.Error("type", "is required");
        var prefix = upload.Text("prefix", MaxPrefix);
        if (!upload.IsGiven("prefix")) upload.Error("prefix", "is required");
        return new RecordingUpload
        {
            Type = upload.OneOf("type", s_stores, "s3"),
            Location = upload.RequiredText("location", MaxLocation),
            Prefix = prefix ?? "",
            Options = upload.Object("options") is { } options ? Options(options) : null,
            Credentials = upload.Object("credentials") is { } credentials ? Credentials(credentials) : null,
        };
    }

    private static UploadOptions Options(Fields options)
    {
        var endpoint = options.Text("endpoint", TextLimits.Url);
        if (endpoint is not null && !(Uri.TryCreate(endpoint, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"))
            options.Error("endpoint", "must be an http or https address");
        return new UploadOptions { Region = options.Text("region", TextLimits.Word), Endpoint = endpoint };
    }

    /// <summary>The secret has two names in the documents; both are taken.</summary>
    private static UploadCredentials Credentials(Fields credentials) => new()
    {
        Key = credentials.RequiredText("key", MaxCredential),
        SecretKey = credentials.RequiredText(credentials.IsGiven("secret") && !credentials.IsGiven("secretKey") ? "secret" : "secretKey", MaxCredential),
    };

    private static RoomStateSettings RoomState(Fields state)
    {
        var defaults = new RoomStateSettings();
        var interval = state.Int("messageInterval", 5, 3600, defaults.MessageInterval);
        if (interval % 5 != 0) state.Error("messageInterval", "must be a multiple of 5");
        return new RoomStateSettings
        {
            MessageInterval = interval,
            SendPeerList = state.Flag("sendPeerList", defaults.SendPeerList),
            StopRoomStateOnJoin = state.Flag("stopRoomStateOnJoin", defaults.StopRoomStateOnJoin),
            Enabled = state.Flag("enabled", defaults.Enabled),
        };
    }
}
