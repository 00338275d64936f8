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

    /// <summary>The message as a frame.</summary>
    public static TextFrame Write(ServerMessage message)
    {
        var buffer = Take();
        // How long the header is shows when the text is there: it is written in front of it, from the end of the room for it.
        buffer.GetSpan(TextFrame.MaxHeaderLength)[..TextFrame.MaxHeaderLength].Clear();
        buffer.Advance(TextFrame.MaxHeaderLength);
        Write(message, buffer);
        var textLength = buffer.WrittenCount - TextFrame.MaxHeaderLength;
        var headerLength = TextFrame.HeaderLengthOf(textLength);
        var bytes = buffer.WrittenSpan[(TextFrame.MaxHeaderLength - headerLength)..].ToArray();
        TextFrame.WriteHeader(bytes, textLength);
        Keep(buffer);
        return new TextFrame(bytes, headerLength);
    }

    /// <summary>Messages one after another, as frames.</summary>
    /// <param name="messages">The messages.</param>
    /// <param name="starts">Where each begins.</param>
    public static ReadOnlyMemory<byte> WriteRun(IReadOnlyList<ServerMessage> messages, out int[] starts)
    {
        starts = new int[messages.Count];
        var frames = new TextFrame[messages.Count];
        var length = 0;
        for (var i = 0; i < frames.Length; i++)
        {
            frames[i] = Write(messages[i]);
            starts[i] = length;
            length += frames[i].Bytes.Length;
        }

        var run = new byte[length];
        for (var i = 0; i < frames.Length; i++) frames[i].Bytes.CopyTo(run.AsMemory(starts[i]));
        return run;
    }

    // Taken, not borrowed: what a message's own converter writes may come here again.
    private static ArrayBufferWriter<byte> Take()
    {
        var buffer = t_buffer ?? new ArrayBufferWriter<byte>(256);
        t_buffer = null;
        return buffer;
    }

    private static void Keep(ArrayBufferWriter<byte> buffer)
    {
        buffer.ResetWrittenCount();
        if (buffer.Capacity <= MostKept) t_buffer = buffer;
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
