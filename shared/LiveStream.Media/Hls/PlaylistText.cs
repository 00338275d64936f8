using System.Globalization;
using System.Text;

namespace LiveStream.Media.Hls;

/// <summary>Tags and attribute values of a playlist (draft-pantos-hls-rfc8216bis §4), one line each, ended by LF.</summary>
public sealed class PlaylistText
{
    private readonly StringBuilder text = new(2048);

    /// <summary>Adds a line.</summary>
    public PlaylistText Line(string line)
    {
        text.Append(line).Append('\n');
        return this;
    }

    /// <summary>Decimal seconds with five digits: an error of 5 µs at most.</summary>
    public static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.000##", CultureInfo.InvariantCulture);

    /// <summary>ISO 8601 with milliseconds and Z, as EXT-X-PROGRAM-DATE-TIME has it.</summary>
    public static string Date(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>The playlist; it is ASCII.</summary>
    public byte[] ToBytes() => Encoding.ASCII.GetBytes(text.ToString());
}
