using System.Text.Json;

namespace LiveStream.Signalling.Protocol;

/// <summary>Reads client frames. Total: any bytes give a frame or an error, never an exception.</summary>
internal static class FrameReader
{
    private static readonly JsonDocumentOptions s_strict = new() { MaxDepth = ProtocolLimits.MaxDepth, AllowDuplicateProperties = false };
    private static readonly JsonElement s_noParams = JsonElement.Parse("{}"u8);

    /// <summary>Reads one frame of at most the size that the socket admits.</summary>
    /// <param name="utf8">The frame's text.</param>
    /// <param name="frame">The frame; null with an error.</param>
    public static FrameError TryRead(ReadOnlyMemory<byte> utf8, out ClientFrame? frame)
    {
        frame = null;
        try
        {
            using var document = JsonDocument.Parse(utf8, s_strict);
            return Read(document.RootElement, out frame);
        }
        // The second: half of a surrogate pair, which JSON can write and a string of text cannot hold.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            frame = null;
            return FrameError.NotJson;
        }
    }

    private static FrameError Read(JsonElement root, out ClientFrame? frame)
    {
        frame = null;
        if (root.ValueKind != JsonValueKind.Object) return FrameError.NotAnObject;
        if (!root.TryGetProperty("method"u8, out var name) || name.ValueKind != JsonValueKind.String) return FrameError.BadMethod;
        if (name.GetString() is not { Length: > 0 and <= ProtocolLimits.MaxMethodLength } method) return FrameError.BadMethod;

        RequestId? id = null;
        if (root.TryGetProperty("id"u8, out var value) && value.ValueKind != JsonValueKind.Null)
        {
            if (!IsId(value)) return FrameError.BadId;
            id = new RequestId(value.GetRawText());
        }

        var parameters = s_noParams;
        if (root.TryGetProperty("params"u8, out var given) && given.ValueKind != JsonValueKind.Null)
        {
            if (given.ValueKind != JsonValueKind.Object) return FrameError.BadParams;
            parameters = given.Clone();
        }

        frame = new ClientFrame(method, id, parameters);
        return FrameError.None;
    }

    private static bool IsId(JsonElement value) => value.ValueKind switch
    {
        // GetString fails on half a surrogate pair, which could not be echoed.
        JsonValueKind.String => value.GetString() is { Length: > 0 } && value.GetRawText().Length <= ProtocolLimits.MaxIdLength,
        JsonValueKind.Number => value.TryGetInt64(out var number) && number != 0,
        _ => false,
    };
}
