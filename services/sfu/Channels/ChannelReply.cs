using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace LiveStream.Sfu.Channels;

/// <summary>Writes the replies to <see cref="ChannelRequest"/>s: JSON in UTF-8, one object each.</summary>
internal static class ChannelReply
{
    // Ids come from the client and go back to it alone, by no page: nothing of HTML needs escaping.
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary><c>{"id":…,"jsonrpc":"2.0","result":{}}</c></summary>
    public static byte[] Done(string id) => Write(id, static writer =>
    {
        writer.WriteStartObject("result");
        writer.WriteEndObject();
    });

    /// <summary><c>{"id":…,"jsonrpc":"2.0","error":{"code":…,"message":…}}</c></summary>
    public static byte[] Failed(string id, int code, string message) => Write(id, writer =>
    {
        writer.WriteStartObject("error");
        writer.WriteNumber("code", code);
        writer.WriteString("message", message);
        writer.WriteEndObject();
    });

    private static byte[] Write(string id, Action<Utf8JsonWriter> writeOutcome)
    {
        var buffer = new ArrayBufferWriter<byte>(128);
        using (var writer = new Utf8JsonWriter(buffer, s_options))
        {
            writer.WriteStartObject();
            writer.WriteString("id", id);
            writer.WriteString("jsonrpc", "2.0");
            writeOutcome(writer);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
