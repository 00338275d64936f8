using LiveStream.Rooms.Domain;

namespace LiveStream.Rooms.Templates.Reading;

/// <summary>Reads the recordings configuration of a template.</summary>
internal static class RecordingsReader
{
    /// <summary>Most elements of the array.</summary>
    public const int MaxConfigs = 1;

    public static RecordingConfig Read(Fields config) => new()
    {
        Name = Named(config, "name"),
        Role = Named(config, "role"),
        MaxDuration = PictureReader.MaxDuration(config, 0),
        PresignDuration = PictureReader.PresignDuration(config, 0),
        Thumbnails = config.Object("thumbnails") is { } thumbnails ? PictureReader.Thumbnails(thumbnails) : null,
        CompositeRecording = config.Object("compositeRecording") is { } composite ? Composite(composite) : null,
        TrackRecording = config.Object("trackRecording") is { } track ? new() { Enabled = track.Flag("enabled", false) } : null,
        StreamRecording = config.Object("streamRecording") is { } stream ? Stream(stream) : null,
    };

    private static string Named(Fields config, string field)
    {
        var name = config.RequiredText(field, TemplateNames.MaxLength);
        if (!string.IsNullOrWhiteSpace(name) && !TemplateNames.IsValid(name)) config.Error(field, TemplateNames.Rule);
        return name;
    }

    private static CompositeRecording Composite(Fields composite) => new()
    {
        BrowserComposite = composite.Object("browserComposite") is { } browser ? Browser(browser) : null,
        CustomComposite = composite.Object("customComposite") is { } custom ? new() { Enabled = custom.Flag("enabled", false) } : null,
    };

    private static BrowserComposite Browser(Fields browser)
    {
        var (width, height) = PictureReader.Size(browser);
        return new BrowserComposite
        {
            Enabled = browser.OptionalFlag("enabled"),
            AutoStart = browser.Flag("autoStart", false),
            AutoStopTimeout = PictureReader.AutoStopTimeout(browser, 0),
            Width = width ?? 0,
            Height = height ?? 0,
        };
    }

    private static StreamRecording Stream(Fields stream)
    {
        var (width, height) = PictureReader.Size(stream);
        return new StreamRecording { Enabled = stream.Flag("enabled", false), Width = width ?? 0, Height = height ?? 0 };
    }
}
