using System.Globalization;
using System.Text;

namespace LiveStream.Benchmarks.Hls;

/// <summary>
/// A picture's capture time inside the picture: an SEI message of user data (ITU-T H.264 §D.1.7). It passes the server
/// untouched, so that what a playlist says of a time can be held against it.
/// </summary>
internal static class CaptureMark
{
    private const int DigitCount = 16;
    private const byte SeiNalType = 6, UserDataUnregistered = 5, TrailingBits = 0x80;

    // Without zero bytes, as the digits are: emulation prevention never applies.
    private static ReadOnlySpan<byte> Uuid =>
        [0x8D, 0x4B, 0x6E, 0x1F, 0x52, 0xA7, 0x4C, 0x39, 0xB1, 0x77, 0xE5, 0x2A, 0x9C, 0x63, 0xD8, 0x41];

    /// <summary>The NAL unit that says <paramref name="captured"/>, time since 1970.</summary>
    public static byte[] Write(TimeSpan captured) =>
    [
        SeiNalType, UserDataUnregistered, (byte)(Uuid.Length + DigitCount),
        .. Uuid,
        .. Encoding.ASCII.GetBytes(captured.Ticks.ToString("X16", CultureInfo.InvariantCulture)),
        TrailingBits,
    ];

    /// <summary>The first mark in a piece of media.</summary>
    public static bool TryFind(ReadOnlySpan<byte> media, out TimeSpan captured)
    {
        captured = default;
        var at = media.IndexOf(Uuid);
        if (at < 0 || media.Length < at + Uuid.Length + DigitCount) return false;
        if (!long.TryParse(media.Slice(at + Uuid.Length, DigitCount), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var ticks)) return false;
        captured = new TimeSpan(ticks);
        return true;
    }
}
