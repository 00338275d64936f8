using LiveStream.Rooms.Domain;

namespace LiveStream.Rooms.Templates.Reading;

/// <summary>What a request says about destinations: a kind that it leaves out is null, one that it empties is empty.</summary>
internal sealed record DestinationsPatch(
    Dictionary<string, HlsDestination>? Hls,
    Dictionary<string, RtmpDestination>? Rtmp,
    Dictionary<string, BrowserRecording>? Recordings,
    Dictionary<string, Transcription>? Transcriptions)
{
    /// <summary>The destinations with the kinds that the request says.</summary>
    public Destinations ApplyTo(Destinations destinations) => new()
    {
        HlsDestinations = Hls ?? destinations.HlsDestinations,
        RtmpDestinations = Rtmp ?? destinations.RtmpDestinations,
        BrowserRecordings = Recordings ?? destinations.BrowserRecordings,
        Transcriptions = Transcriptions ?? destinations.Transcriptions,
    };
}

/// <summary>Reads the destinations of a template. The key in the map is the name, whatever the entry itself says.</summary>
internal static class DestinationsReader
{
    private const int MaxDestinations = 20;
    private const int MaxLayers = 8;
    private const int MaxVideoKbps = 50_000;
    private const int MaxAudioKbps = 512;

    private static readonly string[] s_playlists = ["live", "event"];

    public static DestinationsPatch Read(Fields destinations) => new(
        Kind(destinations, "hlsDestinations", Hls),
        Kind(destinations, "rtmpDestinations", OtherDestinationsReader.Rtmp),
        Kind(destinations, "browserRecordings", OtherDestinationsReader.Recording),
        Kind(destinations, "transcriptions", OtherDestinationsReader.Transcription));

    private static Dictionary<string, T>? Kind<T>(Fields destinations, string kind, Func<string, Fields, T> read) =>
        destinations.Map(kind, MaxDestinations, read) ?? (destinations.Has(kind) ? [] : null);

    private static HlsDestination Hls(string name, Fields hls)
    {
        var defaults = new HlsDestination();
        var layers = hls.List("layers", MaxLayers, Layer) ?? [];
        RequireDescending(hls, layers);
        return new HlsDestination
        {
            Name = name,
            MaxDuration = PictureReader.MaxDuration(hls, defaults.MaxDuration),
            PlaylistType = hls.OneOf("playlistType", s_playlists, defaults.PlaylistType),
            NumPlaylistSegments = hls.Int("numPlaylistSegments", 3, 150, defaults.NumPlaylistSegments),
            VideoFrameRate = hls.Int("videoFrameRate", 1, 60, defaults.VideoFrameRate),
            EnableMetadataInsertion = hls.Flag("enableMetadataInsertion", defaults.EnableMetadataInsertion),
            EnableStaticUrl = hls.Flag("enableStaticUrl", defaults.EnableStaticUrl),
            AutoStopTimeout = PictureReader.AutoStopTimeout(hls, defaults.AutoStopTimeout),
            Layers = layers,
            Recording = hls.Object("recording") is { } recording ? Recording(recording, layers) : null,
        };
    }

    private static HlsLayer Layer(Fields layer)
    {
        var (width, height) = PictureReader.Size(layer);
        return new HlsLayer
        {
            Width = width,
            Height = height,
            VideoBitrate = layer.OptionalInt("videoBitrate", 1, MaxVideoKbps),
            AudioBitrate = layer.OptionalInt("audioBitrate", 1, MaxAudioKbps),
        };
    }

    private static HlsRecording Recording(Fields recording, IReadOnlyList<HlsLayer> ladder)
    {
        var defaults = new HlsRecording();
        var layers = recording.List("layers", MaxLayers, Layer);
        for (var i = 0; i < layers?.Count; i++)
        {
            if (!ladder.Any(layers[i].IsPartOf)) recording.Error($"layers[{i}]", "must be one of the destination's layers");
        }

        return new HlsRecording
        {
            HlsVod = recording.Flag("hlsVod", false),
            SingleFilePerLayer = recording.Flag("singleFilePerLayer", false),
            EnableZipUpload = recording.Flag("enableZipUpload", defaults.EnableZipUpload),
            Layers = layers,
            Thumbnails = recording.Object("thumbnails") is { } thumbnails ? PictureReader.Thumbnails(thumbnails) : null,
            PresignDuration = PictureReader.PresignDuration(recording, defaults.PresignDuration),
        };
    }

    /// <summary>Compares what neighbours both say; a rung without sizes has its place, no order.</summary>
    private static void RequireDescending(Fields hls, IReadOnlyList<HlsLayer> layers)
    {
        HlsLayer? sized = null, rated = null;
        for (var i = 0; i < layers.Count; i++)
        {
            var layer = layers[i];
            if (layer is { Width: { } width, Height: { } height })
            {
                if (sized is { Width: { } w, Height: { } h } && width * height > w * h)
                    hls.Error($"layers[{i}]", "must not be larger than the layer before");
                sized = layer;
            }

            if (layer.VideoBitrate is null) continue;
            if (layer.VideoBitrate > rated?.VideoBitrate) hls.Error($"layers[{i}].videoBitrate", "must not be higher than in the layer before");
            rated = layer;
        }
    }
}
