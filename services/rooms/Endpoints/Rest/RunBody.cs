using LiveStream.Rooms.Domain;
using LiveStream.Rooms.Recordings;
using LiveStream.Rooms.Streams;

namespace LiveStream.Rooms.Endpoints.Rest;

/// <summary>Reads what a caller says about a live stream or recording.</summary>
internal static class RunBody
{
    public const int MaxBytes = 16 * 1024;

    /// <summary>Characters of a payload that is shown with a stream.</summary>
    public const int MaxPayload = 100;

    /// <summary>Seconds that a payload may be shown.</summary>
    public const int MaxDuration = 24 * 60 * 60;

    private const int MaxUrlLength = 2048;
    private const int MaxNameLength = 128;
    private const int MaxWords = 100;
    private const int MaxContext = 300;
    private const int MaxSections = 6;
    private const int MaxTitle = 100;
    private const double MinTemperature = 0.1, MaxTemperature = 1, DefaultTemperature = 0.5;

    private static readonly string[] s_modes = ["recorded", "live"];
    private static readonly string[] s_outputModes = ["txt", "srt", "json"];
    private static readonly string[] s_formats = ["bullets", "paragraph"];

    /// <summary>Body of the start of a live stream.</summary>
    public static StartWish ReadStream(BodyFields body)
    {
        var recording = body.Object("recording");
        var (hlsVod, perLayer) = (recording?.Flag("hls_vod"), recording?.Flag("single_file_per_layer"));
        return new StartWish(
            ReadText(body, "destination", MaxNameLength),
            ReadText(body, "meeting_url", MaxUrlLength),
            hlsVod is { IsGiven: true } vod ? vod.Value : null,
            perLayer is { IsGiven: true } files ? files.Value : null,
            ReadTranscription(body, withModes: true));
    }

    /// <summary>Body of the start of a recording.</summary>
    public static RecordingWish ReadRecording(BodyFields body)
    {
        var (width, height) = ReadResolution(body);
        return new RecordingWish(
            ReadText(body, "meeting_url", MaxUrlLength),
            ReadText(body, "destination", MaxNameLength),
            width,
            height,
            body.Flag("audio_only").Or(false),
            ReadTranscription(body, withModes: false));
    }

    /// <summary>Body of timed metadata: the payload and its seconds.</summary>
    public static (string Payload, int Seconds) ReadTimedMetadata(BodyFields body)
    {
        var (payload, duration) = (body.Text("payload", MaxPayload), body.Whole("duration"));
        if (!body.Has("payload")) body.Wrong("payload is required");
        else if (payload is { IsGiven: true, Value.Length: 0 }) body.Wrong("payload is empty");
        if (!body.Has("duration")) body.Wrong("duration is required");
        else if (duration.IsGiven && duration.Value is null or < 1 or > MaxDuration) body.Wrong($"duration is not a number of seconds from 1 to {MaxDuration}");
        return (payload.Or(""), duration.Value ?? 0);
    }

    private static (int Width, int Height) ReadResolution(BodyFields body)
    {
        if (body.Object("resolution") is not { } fields) return (RecordingRun.DefaultWidth, RecordingRun.DefaultHeight);
        var (width, height) = (fields.Whole("width"), fields.Whole("height"));
        if (width.Value is not { } w || height.Value is not { } h)
        {
            fields.Wrong("resolution needs width and height");
            return default;
        }

        // Landscape from 500x480 to 1920x1080, portrait from 500x500 to 1080x1920; encoders want even numbers.
        var fits = w >= h ? w is >= 500 and <= 1920 && h is >= 480 and <= 1080 : w is >= 500 and <= 1080 && h is >= 500 and <= 1920;
        if (!fits || w % 2 != 0 || h % 2 != 0) body.Refuse("Resolution not supported");
        return (w, h);
    }

    private static TranscriptionSettings? ReadTranscription(BodyFields body, bool withModes)
    {
        if (body.Object("transcription") is not { } fields) return null;
        return new TranscriptionSettings
        {
            Enabled = fields.Flag("enabled").Or(false),
            Modes = withModes ? ReadSet(fields, "modes", "transcription.modes", s_modes) : ["recorded"],
            OutputModes = ReadSet(fields, "output_modes", "transcription.output_modes", s_outputModes),
            CustomVocabulary = fields.Texts("custom_vocabulary", MaxWords, MaxNameLength) ?? [],
            Summary = ReadSummary(fields),
        };
    }

    private static SummarySettings? ReadSummary(BodyFields transcription)
    {
        if (transcription.Object("summary") is not { } fields) return null;
        var temperature = fields.Number("temperature").Or(DefaultTemperature);
        if (temperature is < MinTemperature or > MaxTemperature) fields.Wrong("transcription.summary.temperature is not from 0.1 to 1.0");
        var sections = new List<SummaryPart>();
        foreach (var section in fields.Objects("sections", MaxSections))
        {
            var (title, format) = (section.Text("title", MaxTitle).Or(""), section.Text("format", MaxNameLength).Or("bullets"));
            if (!s_formats.Contains(format)) section.Wrong($"transcription.summary.sections[{sections.Count}].format is none of {string.Join(", ", s_formats)}");
            sections.Add(new SummaryPart(title, format));
        }

        return new SummarySettings
        {
            Enabled = fields.Flag("enabled").Or(false),
            Context = fields.Text("context", MaxContext).Or(""),
            Temperature = temperature,
            Sections = sections,
        };
    }

    private static IReadOnlyList<string> ReadSet(BodyFields fields, string name, string path, string[] allowed)
    {
        var values = fields.Texts(name, allowed.Length, MaxNameLength) ?? [];
        if (values.Any(value => !allowed.Contains(value))) fields.Wrong($"{path} has an element that is none of {string.Join(", ", allowed)}");
        return values;
    }

    private static string? ReadText(BodyFields body, string name, int maxLength) => body.Text(name, maxLength) is { IsGiven: true } text ? text.Value : null;
}
