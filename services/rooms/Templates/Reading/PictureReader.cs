using LiveStream.Rooms.Domain;

namespace LiveStream.Rooms.Templates.Reading;

/// <summary>Sizes, durations and thumbnails, which several kinds of destination share.</summary>
internal static class PictureReader
{
    /// <summary>Longest session, stream or recording, in seconds.</summary>
    public const int MaxSeconds = 43_200;

    // Signed links of S3 end after a week.
    private const int MaxPresignSeconds = 604_800;
    private const int MaxThumbnails = 20;

    public static int MaxDuration(Fields fields, int fallback) => fields.Int("maxDuration", 1, MaxSeconds, fallback);

    public static int AutoStopTimeout(Fields fields, int fallback) => fields.Int("autoStopTimeout", 0, MaxSeconds, fallback);

    public static int PresignDuration(Fields fields, int fallback) => fields.Int("presignDuration", 1, MaxPresignSeconds, fallback);

    /// <summary>Width and height: both or neither, even, the shorter side 144 to 1080, the longer one 192 to 1920.</summary>
    public static (int? Width, int? Height) Size(Fields fields)
    {
        var width = fields.OptionalInt("width", 144, 1920);
        var height = fields.OptionalInt("height", 144, 1920);
        if (width is null != height is null)
        {
            // A side that is there but wrong has its own message.
            if (!fields.IsGiven("width")) fields.Error("width", "is required with height");
            if (!fields.IsGiven("height")) fields.Error("height", "is required with width");
        }

        if (width is not { } w || height is not { } h) return (width, height);
        if (w % 2 != 0) fields.Error("width", "must be even");
        if (h % 2 != 0) fields.Error("height", "must be even");
        if (Math.Min(w, h) > 1080) fields.Error(w < h ? "width" : "height", "the shorter side must be 144 to 1080");
        if (Math.Max(w, h) < 192) fields.Error(w < h ? "height" : "width", "the longer side must be 192 to 1920");
        return (w, h);
    }

    public static Thumbnails Thumbnails(Fields thumbnails)
    {
        var (width, height) = Size(thumbnails);
        return new Thumbnails
        {
            Enabled = thumbnails.OptionalFlag("enabled"),
            Width = width,
            Height = height,
            Offsets = thumbnails.Ints("offsets", MaxThumbnails, 0, MaxSeconds),
            Fps = thumbnails.OptionalInt("fps", 1, 60),
        };
    }
}
