using System.Text.Json.Serialization;

namespace LiveStream.Rooms.Domain;

/// <summary>What is to be written down of what is said, as a caller asked at the start of a stream or recording.</summary>
public sealed record TranscriptionSettings
{
    /// <summary>False: nothing is.</summary>
    [JsonPropertyName("enabled")]
    public bool Enabled { get; init; }

    /// <summary><c>recorded</c> (a file afterwards), <c>live</c> (captions in the stream).</summary>
    [JsonPropertyName("modes")]
    public IReadOnlyList<string> Modes { get; init; } = [];

    /// <summary><c>txt</c>, <c>srt</c>, <c>json</c>.</summary>
    [JsonPropertyName("output_modes")]
    public IReadOnlyList<string> OutputModes { get; init; } = [];

    /// <summary>Words that a dictionary lacks.</summary>
    [JsonPropertyName("custom_vocabulary")]
    public IReadOnlyList<string> CustomVocabulary { get; init; } = [];

    /// <summary>A summary of it; null for none.</summary>
    [JsonPropertyName("summary")]
    public SummarySettings? Summary { get; init; }
}

/// <summary>How a summary is made.</summary>
public sealed record SummarySettings
{
    /// <summary>False: none is.</summary>
    [JsonPropertyName("enabled")]
    public bool Enabled { get; init; }

    /// <summary>What the meeting is about.</summary>
    [JsonPropertyName("context")]
    public string Context { get; init; } = "";

    /// <summary>0.1 (sober) to 1.0 (free).</summary>
    [JsonPropertyName("temperature")]
    public double Temperature { get; init; } = 0.5;

    /// <summary>Its parts.</summary>
    [JsonPropertyName("sections")]
    public IReadOnlyList<SummaryPart> Sections { get; init; } = [];
}

/// <summary>A part of a summary.</summary>
/// <param name="Title">Its heading.</param>
/// <param name="Format"><c>bullets</c> or <c>paragraph</c>.</param>
public sealed record SummaryPart(
    [property: JsonPropertyName("title")] string Title,
    [property: JsonPropertyName("format")] string Format);

/// <summary>Generated JSON of what the rows of streams and recordings keep as text.</summary>
[JsonSerializable(typeof(TranscriptionSettings))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
internal sealed partial class HistoryJson : JsonSerializerContext;
