using System.Text.Json;

namespace LiveStream.Rooms.Domain;

/// <summary>A file, or a folder of an HLS recording, that was made of a live stream or a recording.</summary>
public sealed class RecordingAsset
{
    /// <summary>24 hex digits; sorts by age.</summary>
    public required string Id { get; init; }

    /// <summary>Owner of the room.</summary>
    public required string CustomerId { get; init; }

    /// <summary>The live stream or recording that it was made of.</summary>
    public required string JobId { get; init; }

    /// <summary>The room.</summary>
    public required string RoomId { get; init; }

    /// <summary>The session; empty where there was none.</summary>
    public string SessionId { get; init; } = "";

    /// <summary>One of <see cref="AssetTypes"/>.</summary>
    public required string Type { get; init; }

    /// <summary>One of <see cref="AssetStatuses"/>.</summary>
    public required string Status { get; set; }

    /// <summary>Where its bytes are in the store, see <see cref="Objects.ObjectKey"/>; an HLS recording's is that of its playlist.</summary>
    public required string ObjectKey { get; init; }

    /// <summary>Bytes.</summary>
    public long Size { get; set; }

    /// <summary>Seconds.</summary>
    public int Duration { get; set; }

    /// <summary>Keys of pictures; null for none.</summary>
    public IReadOnlyList<string>? Thumbnails { get; set; }

    /// <summary>What is particular to the type, such as <c>num_layers</c>.</summary>
    public JsonObjectText Metadata { get; set; } = JsonObjectText.Empty;

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>The text of a JSON object. Fails with <see cref="JsonException"/> for any other text.</summary>
public sealed record JsonObjectText
{
    /// <summary>An object without fields.</summary>
    public static readonly JsonObjectText Empty = new("{}");

    /// <summary>Checks the text.</summary>
    public JsonObjectText(string text)
    {
        using var document = JsonDocument.Parse(text);
        if (document.RootElement.ValueKind != JsonValueKind.Object) throw new JsonException("not an object");
        Text = text;
    }

    /// <summary>The JSON.</summary>
    public string Text { get; }

    /// <summary>The object.</summary>
    public JsonElement ToElement()
    {
        using var document = JsonDocument.Parse(Text);
        return document.RootElement.Clone();
    }
}

/// <summary>Kinds of assets.</summary>
public static class AssetTypes
{
    /// <summary>MP4 of the whole room.</summary>
    public const string RoomComposite = "room-composite";

    /// <summary>HLS recording; its key is that of the playlist, its segments lie beside and below.</summary>
    public const string RoomVod = "room-vod";

    /// <summary>All kinds.</summary>
    public static IReadOnlyList<string> All { get; } =
        [RoomComposite, RoomVod, "room-composite-legacy", "chat", "transcript", "summary", "track", "stream"];
}

/// <summary>States of assets.</summary>
public static class AssetStatuses
{
    /// <summary>Can be fetched.</summary>
    public const string Completed = "completed";

    /// <summary>Will never be there.</summary>
    public const string Failed = "failed";

    /// <summary>Is being made.</summary>
    public const string Processing = "processing";

    /// <summary>All states.</summary>
    public static IReadOnlyList<string> All { get; } = [Completed, Failed, Processing];
}
