using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

using LiveStream.Media.Hls;

namespace LiveStream.HlsPackager.Playlist;

/// <summary>
/// A payload that players show while they play a stretch of the stream: EXT-X-DATERANGE (draft-pantos-hls-rfc8216bis §4.4.5.1)
/// with the client attribute that the platform's players read.
/// </summary>
/// <param name="Id">Unique in the playlist.</param>
/// <param name="Start">Date of the stretch, in the time of EXT-X-PROGRAM-DATE-TIME.</param>
/// <param name="Duration">Length of it, in whole seconds.</param>
/// <param name="Payload">What is shown, of at most <see cref="MaxPayload"/> characters.</param>
internal sealed record TimedMetadata(string Id, DateTimeOffset Start, TimeSpan Duration, string Payload)
{
    /// <summary>Characters (UTF-16 units) of a payload.</summary>
    public const int MaxPayload = 100;

    /// <summary>Longest stretch.</summary>
    public static readonly TimeSpan MaxDuration = TimeSpan.FromDays(1);

    private const string Version = "v1.1";

    // It goes into base64, not into a page: nothing has to be escaped but what JSON asks for.
    private static readonly JsonWriterOptions s_plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Date of the end.</summary>
    public DateTimeOffset End => Start + Duration;

    /// <summary>The tag's line. The payload is inside base64, so that no character of it can end the line or the attribute.</summary>
    public string ToLine() =>
        $"#EXT-X-DATERANGE:ID=\"{Id}\",START-DATE=\"{PlaylistText.Date(Start)}\",DURATION={PlaylistText.Seconds(Duration)},X-100MSLIVE-PAYLOAD=\"{Convert.ToBase64String(ToJson())}\"";

    // {"payload":"…","start_date":"2026-01-01T10:05:11.259+0000","end_date":"…","hms_version":"v1.1"}
    private byte[] ToJson()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, s_plain))
        {
            json.WriteStartObject();
            json.WriteString("payload", Payload);
            json.WriteString("start_date", Date(Start));
            json.WriteString("end_date", Date(End));
            json.WriteString("hms_version", Version);
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private static string Date(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'+0000'", CultureInfo.InvariantCulture);
}

/// <summary>The payloads of one stream, the same in each rendition's playlist. Used by the stream's one loop; the list may be read by any thread.</summary>
internal sealed class TimedMetadataList
{
    /// <summary>Payloads in the playlist at once, so that its length is bounded.</summary>
    public const int Max = 500;

    /// <summary>In the order of insertion; replaced as a whole.</summary>
    public IReadOnlyList<TimedMetadata> Current { get; private set; } = [];

    /// <summary>Adds one; false where the playlist is full.</summary>
    public bool TryAdd(TimedMetadata metadata)
    {
        if (Current.Count >= Max) return false;
        Current = [.. Current, metadata];
        return true;
    }

    /// <summary>Forgets those that end before that date, which no listed segment has.</summary>
    public void DropBefore(DateTimeOffset date)
    {
        if (Current.Any(m => m.End < date)) Current = [.. Current.Where(m => m.End >= date)];
    }
}
