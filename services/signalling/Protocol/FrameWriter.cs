using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace LiveStream.Signalling.Protocol;

/// <summary>Writes server frames. The result is shared by all receivers and never written again.</summary>
internal static class FrameWriter
{
    // Frames are read by JSON parsers, never pasted into a page, so text stays as short as it is.
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // The list of a large room's peers takes a megabyte of ever larger buffers; a thread keeps one that is not larger than this.
    private const int MostKept = 512 * 1024;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? t_buffer;

    /// <summary>The frame as UTF-8.</summary>
    public static ReadOnlyMemory<byte> Write(ServerMessage message)
    {
        // Taken, not borrowed: what a message's own converter writes may come here again.
        var buffer = t_buffer ?? new ArrayBufferWriter<byte>(256);
        t_buffer = null;
        Write(message, buffer);
        var frame = buffer.WrittenSpan.ToArray();
        buffer.ResetWrittenCount();
        if (buffer.Capacity <= MostKept) t_buffer = buffer;
        return frame;
    }

    private static void Write(ServerMessage message, ArrayBufferWriter<byte> buffer)
    {
        using var json = new Utf8JsonWriter(buffer, s_options);
        json.WriteStartObject();
        switch (message)
        {
            case ReplyMessage reply:
                WriteId(json, reply.Id);
                json.WritePropertyName("result"u8);
                WriteValue(json, reply.Result);
                break;
            case ErrorMessage error:
                WriteId(json, error.Id);
                json.WriteStartObject("error"u8);
                json.WriteNumber("code"u8, error.Error.Code);
                json.WriteString("message"u8, error.Error.Message);
                json.WriteStartArray("details"u8);
                json.WriteEndArray();
                json.WriteEndObject();
                break;
            case Notification notification:
                json.WriteString("method"u8, notification.Method);
                json.WritePropertyName("params"u8);
                WriteValue(json, notification.Params);
                break;
        }

        json.WriteEndObject();
        json.Flush();
    }

    private static void WriteId(Utf8JsonWriter json, RequestId id)
    {
        json.WriteString("jsonrpc"u8, "2.0"u8);
        json.WritePropertyName("id"u8);
        json.WriteRawValue(id.Json);
    }

    private static void WriteValue(Utf8JsonWriter json, object value) => JsonSerializer.Serialize(
        json, value, MessageJson.Default.GetTypeInfo(value.GetType()) ?? throw new InvalidOperationException($"{value.GetType()} has no JSON contract."));
}
