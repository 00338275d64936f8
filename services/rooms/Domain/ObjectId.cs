using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace LiveStream.Rooms.Domain;

/// <summary>
/// Ids of workspaces, templates, rooms and streams: 24 lower-case hex digits, 4 bytes of Unix seconds, 2 bytes of the
/// second's fraction and 6 random ones, so that they sort by age and cannot be guessed.
/// </summary>
public static class ObjectId
{
    /// <summary>Digits of an id.</summary>
    public const int Length = 24;

    /// <summary>The difference in time that two ids can tell: 1/65536 of a second, rounded up.</summary>
    internal static readonly TimeSpan Resolution = TimeSpan.FromTicks(TimeSpan.TicksPerSecond / 65536 + 1);

    /// <summary>A new id of that moment.</summary>
    public static string New(DateTimeOffset now)
    {
        Span<byte> bytes = stackalloc byte[Length / 2];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)now.ToUnixTimeSeconds());
        var fraction = now.UtcTicks % TimeSpan.TicksPerSecond * 65536 / TimeSpan.TicksPerSecond;
        BinaryPrimitives.WriteUInt16BigEndian(bytes[4..], (ushort)fraction);
        RandomNumberGenerator.Fill(bytes[6..]);
        return Convert.ToHexStringLower(bytes);
    }

    /// <summary>The lowest id of that second: ids made earlier are below it. Times outside the ids' range are cut to it.</summary>
    public static string LowestOf(DateTimeOffset time) =>
        ((uint)Math.Clamp(time.ToUnixTimeSeconds(), 0, uint.MaxValue)).ToString("x8", CultureInfo.InvariantCulture) + new string('0', Length - 8);

    /// <summary>Whether the text has the form of an id; checked before it reaches the database.</summary>
    public static bool IsValid(string? text)
    {
        if (text is not { Length: Length }) return false;
        foreach (var c in text)
        {
            if (!char.IsAsciiHexDigitLower(c)) return false;
        }

        return true;
    }
}
