using LiveStream.Rooms.Domain;

namespace LiveStream.Rooms.Templates.Reading;

/// <summary>Reads what a role sends: kinds, qualities and simulcast layers.</summary>
internal static class PublishReader
{
    private const int MaxLayers = 3;

    // The document names no upper end for screens; this one keeps sums within an int.
    private const int MaxScreenKbps = 100_000;

    private static readonly string[] s_kinds = ["audio", "video", "screen", "simulcast"];
    private static readonly string[] s_audioCodecs = ["opus"];
    private static readonly string[] s_videoCodecs = ["vp8", "vp9", "h264"];
    private static readonly string[] s_rids = ["f", "h", "q"];

    public static PublishParams Read(Fields publish)
    {
        var defaults = new PublishParams();
        return new PublishParams
        {
            Allowed = publish.SubsetOf("allowed", s_kinds) is { Count: > 0 } allowed ? allowed : null,
            Audio = publish.Object("audio") is { } audio ? Audio(audio, defaults.Audio) : defaults.Audio,
            Video = publish.Object("video") is { } video ? Camera(video, defaults.Video) : defaults.Video,
            Screen = publish.Object("screen") is { } screen ? Screen(screen, defaults.Screen) : defaults.Screen,
            Simulcast = publish.Object("simulcast") is { } simulcast
                ? new() { Video = Layers(simulcast.ObjectOrEmpty("video")), Screen = Layers(simulcast.ObjectOrEmpty("screen")) }
                : null,
        };
    }

    private static AudioParams Audio(Fields audio, AudioParams defaults) => new()
    {
        BitRate = audio.Int("bitRate", 16, 128, defaults.BitRate),
        Codec = audio.OneOf("codec", s_audioCodecs, defaults.Codec),
    };

    private static VideoParams Camera(Fields video, VideoParams defaults) => new()
    {
        BitRate = video.Int("bitRate", 30, 2000, defaults.BitRate),
        Codec = video.OneOf("codec", s_videoCodecs, defaults.Codec),
        FrameRate = video.Int("frameRate", 1, 30, defaults.FrameRate),
        Width = video.Int("width", 50, 1920, defaults.Width),
        Height = video.Int("height", 50, 1080, defaults.Height),
    };

    private static VideoParams Screen(Fields screen, VideoParams defaults) => new()
    {
        BitRate = screen.Int("bitRate", 500, MaxScreenKbps, defaults.BitRate),
        Codec = screen.OneOf("codec", s_videoCodecs, defaults.Codec),
        FrameRate = screen.Int("frameRate", 1, 30, defaults.FrameRate),
        Width = screen.Int("width", 480, 1920, defaults.Width),
        Height = screen.Int("height", 270, 1080, defaults.Height),
    };

    private static SimulcastSource Layers(Fields source)
    {
        var layers = source.List("layers", MaxLayers, Layer);
        if (layers is not { Count: > 0 }) return new SimulcastSource();
        if (layers[0] is not { Rid: "f", ScaleResolutionDownBy: 1 })
            source.Error("layers", "must begin with rid f and scaleResolutionDownBy 1");
        for (var i = 1; i < layers.Count; i++)
        {
            if (Array.IndexOf(s_rids, layers[i].Rid) <= Array.IndexOf(s_rids, layers[i - 1].Rid))
                source.Error($"layers[{i}].rid", "must follow the order f, h, q");
            if (layers[i].ScaleResolutionDownBy <= layers[i - 1].ScaleResolutionDownBy)
                source.Error($"layers[{i}].scaleResolutionDownBy", "must be greater than that of the layer before");
        }

        return new SimulcastSource { Layers = layers };
    }

    private static SimulcastLayer Layer(Fields layer)
    {
        if (!layer.IsGiven("rid")) layer.Error("rid", "is required");
        return new SimulcastLayer
        {
            Rid = layer.OneOf("rid", s_rids, "f"),
            ScaleResolutionDownBy = layer.Number("scaleResolutionDownBy", 1, 12, 1),
            MaxBitrate = layer.Int("maxBitrate", 0, 2000, 0),
            MaxFramerate = layer.RequiredInt("maxFramerate", 1, 30),
        };
    }
}
