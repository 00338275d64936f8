using LiveStream.Rooms.Domain;

namespace LiveStream.Rooms.Templates.Reading;

/// <summary>Reads RTMP outputs, recordings in the deprecated form, and transcriptions.</summary>
internal static class OtherDestinationsReader
{
    private const int MaxRtmpUrls = 5;
    private const int MaxWords = 100;
    private const int MaxSections = 20;

    private static readonly string[] s_modes = ["recorded", "live", "caption"];
    private static readonly string[] s_outputs = ["txt", "srt", "json"];
    private static readonly string[] s_formats = ["bullets", "paragraph"];

    public static RtmpDestination Rtmp(string name, Fields rtmp)
    {
        var defaults = new RtmpDestination();
        var (width, height) = PictureReader.Size(rtmp);
        return new RtmpDestination
        {
            Name = name,
            Width = width ?? defaults.Width,
            Height = height ?? defaults.Height,
            MaxDuration = PictureReader.MaxDuration(rtmp, defaults.MaxDuration),
            RtmpUrls = rtmp.Texts("rtmpUrls", MaxRtmpUrls, TextLimits.Url, RuleBrokenByRtmpUrl) ?? [],
            RecordingEnabled = rtmp.Flag("recordingEnabled", false),
            AutoStopTimeout = PictureReader.AutoStopTimeout(rtmp, defaults.AutoStopTimeout),
        };
    }

    public static BrowserRecording Recording(string name, Fields recording)
    {
        var defaults = new BrowserRecording();
        var (width, height) = PictureReader.Size(recording);
        return new BrowserRecording
        {
            Name = name,
            Role = RoleOf(recording),
            Width = width ?? defaults.Width,
            Height = height ?? defaults.Height,
            MaxDuration = PictureReader.MaxDuration(recording, defaults.MaxDuration),
            Thumbnails = recording.Object("thumbnails") is { } thumbnails ? PictureReader.Thumbnails(thumbnails) : null,
            PresignDuration = PictureReader.PresignDuration(recording, defaults.PresignDuration),
            AutoStart = recording.Flag("autoStart", false),
            AutoStopTimeout = PictureReader.AutoStopTimeout(recording, defaults.AutoStopTimeout),
        };
    }

    public static Transcription Transcription(string name, Fields transcription) => new()
    {
        Name = name,
        Role = RoleOf(transcription),
        Modes = transcription.SubsetOf("modes", s_modes) ?? [],
        OutputModes = transcription.SubsetOf("outputModes", s_outputs) ?? [],
        CustomVocabulary = transcription.Texts("customVocabulary", MaxWords, TextLimits.Word, _ => null) ?? [],
        Summary = transcription.Object("summary") is { } summary ? Summary(summary) : null,
        Translation = transcription.Object("translation") is { } translation
            ? new()
            {
                Enabled = translation.Flag("enabled", false),
                RoleLanguages = translation.TextMap("roleLanguages", RoleReader.MaxRoles, TextLimits.Word) ?? [],
            }
            : null,
    };

    private static TranscriptSummary Summary(Fields summary)
    {
        var defaults = new TranscriptSummary();
        return new TranscriptSummary
        {
            Enabled = summary.Flag("enabled", false),
            Context = summary.Text("context", TextLimits.Prose) ?? "",
            Temperature = summary.Number("temperature", 0, 1, defaults.Temperature),
            Sections = summary.List(
                "sections", MaxSections, section => new SummarySection(section.RequiredText("title", TextLimits.Word), section.OneOf("format", s_formats, "bullets"))) ?? [],
        };
    }

    private static string? RoleOf(Fields fields)
    {
        if (fields.Text("role", TemplateNames.MaxLength) is not { Length: > 0 } role) return null;
        if (!TemplateNames.IsValid(role)) fields.Error("role", TemplateNames.Rule);
        return role;
    }

    private static string? RuleBrokenByRtmpUrl(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri is { Scheme: "rtmp" or "rtmps", Host.Length: > 0 } ? null : "must be an rtmp or rtmps address";
}
