using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace LiveStream.Webhooks.Payloads;

/// <summary>The body of every webhook, version 2.0: <c>{"version","id","account_id","app_id","timestamp","type","data"}</c>.</summary>
internal static class Envelope
{
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The bytes that are signed and sent.</summary>
    public static byte[] Write(Guid id, string accountId, string appId, DateTimeOffset at, string type, Action<Utf8JsonWriter> data)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer, s_options))
        {
            json.WriteStartObject();
            json.WriteString("version", "2.0");
            json.WriteString("id", id.ToString("D"));
            json.WriteString("account_id", accountId);
            json.WriteString("app_id", appId);
            json.WriteString("timestamp", at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
            json.WriteString("type", type);
            json.WriteStartObject("data");
            data(json);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The same body with <c>"is_replay":true</c>.</summary>
    public static byte[] MarkReplay(ReadOnlySpan<byte> body) => [.. body[..^1], .. ",\"is_replay\":true}"u8];
}

/// <summary>Values as webhooks write them.</summary>
internal static class PayloadValues
{
    private const string ZeroTime = "0001-01-01T00:00:00Z";

    /// <summary>RFC 3339 in UTC, to the millisecond.</summary>
    public static string Format(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    public static void WriteTime(this Utf8JsonWriter json, string name, DateTimeOffset time) => json.WriteString(name, Format(time));

    /// <summary>The time that nothing happened at, where it is not known.</summary>
    public static void WriteTime(this Utf8JsonWriter json, string name, DateTimeOffset? time) => json.WriteString(name, time is { } known ? Format(known) : ZeroTime);

    /// <summary>Whole seconds between two times, never below 0.</summary>
    public static void WriteDuration(this Utf8JsonWriter json, string name, DateTimeOffset? from, DateTimeOffset? to) =>
        json.WriteNumber(name, from is { } start && to is { } end && end > start ? (long)(end - start).TotalSeconds : 0);
}
