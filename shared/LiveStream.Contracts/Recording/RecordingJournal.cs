using System.Text.Json;
using System.Text.Json.Serialization;

namespace LiveStream.Contracts.Recording;

/// <summary>
/// A page of what is stored of a run, beside the media itself. The packager writes it, each page again and again until it is full; whoever makes
/// recordings reads all pages. A line of a page says what is in the store, so it comes after its object.
/// </summary>
/// <param name="StreamId">The run.</param>
/// <param name="Epoch">Capture time (UTC) of time zero.</param>
/// <param name="TargetDuration">EXT-X-TARGETDURATION of the live playlists, in seconds.</param>
/// <param name="Inits">Init segments.</param>
/// <param name="Segments">Segments, each once.</param>
/// <param name="DateRanges">Timed metadata.</param>
/// <param name="Closed">The run is over and nothing follows: only on the last page.</param>
public sealed record RecordingJournalPage(
    string StreamId,
    DateTimeOffset Epoch,
    int TargetDuration,
    IReadOnlyList<JournalInit> Inits,
    IReadOnlyList<JournalSegment> Segments,
    IReadOnlyList<JournalDateRange> DateRanges,
    bool Closed)
{
    /// <summary>The page's JSON, UTF-8.</summary>
    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, RecordingJson.Default.RecordingJournalPage);

    /// <summary>Reads a page; null for anything else.</summary>
    public static async Task<RecordingJournalPage?> ReadAsync(Stream json, CancellationToken cancellationToken)
    {
        try
        {
            return await JsonSerializer.DeserializeAsync(json, RecordingJson.Default.RecordingJournalPage, cancellationToken);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>What became of a segment.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SegmentFate>))]
public enum SegmentFate
{
    /// <summary>Is in the store.</summary>
    [JsonStringEnumMemberName("stored")]
    Stored = 1,
    /// <summary>There was no media of it.</summary>
    [JsonStringEnumMemberName("gap")]
    Gap = 2,
    /// <summary>Could not be stored.</summary>
    [JsonStringEnumMemberName("lost")]
    Lost = 3,
}

/// <summary>An init segment of a rendition.</summary>
/// <param name="Rendition">Folder of the rendition: <c>audio</c>, or <c>stream_0</c> for the best picture.</param>
/// <param name="Number">Counts from 0 in the rendition.</param>
/// <param name="Codec">RFC 6381 name; empty for sound.</param>
/// <param name="Width">Pixels; 0 for sound.</param>
/// <param name="Height">Pixels; 0 for sound.</param>
/// <param name="Channels">Of sound, else 0.</param>
/// <param name="Fate">Stored or lost.</param>
public sealed record JournalInit(string Rendition, int Number, string Codec, int Width, int Height, int Channels, SegmentFate Fate);

/// <summary>A segment of a rendition.</summary>
/// <param name="Rendition">Folder of the rendition.</param>
/// <param name="Number">Media sequence number: the same in all renditions for the same stretch of time.</param>
/// <param name="Start">Since the epoch, in ticks of 100 ns.</param>
/// <param name="Duration">In ticks of 100 ns.</param>
/// <param name="Init">The init segment that it needs.</param>
/// <param name="Discontinuity">Timeline or encoding breaks here.</param>
/// <param name="Frames">Pictures or audio frames.</param>
/// <param name="Bytes">Length of the object.</param>
/// <param name="Fate">What became of it.</param>
public sealed record JournalSegment(
    string Rendition, long Number, long Start, long Duration, int Init, bool Discontinuity, int Frames, long Bytes, SegmentFate Fate);

/// <summary>A line of timed metadata, as it is in every playlist.</summary>
/// <param name="Start">Date of the stretch.</param>
/// <param name="Line">EXT-X-DATERANGE.</param>
public sealed record JournalDateRange(DateTimeOffset Start, string Line);

/// <summary>Generated JSON of the journal.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(RecordingJournalPage))]
internal sealed partial class RecordingJson : JsonSerializerContext;
