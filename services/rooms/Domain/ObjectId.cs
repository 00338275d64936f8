using System.Buffers.Binary;
using System.Security.Cryptography;

namespace LiveStream.Rooms.Domain;

/// <summary>
/// Ids of workspaces, templates, rooms and streams: 24 lower-case hex digits, 4 bytes of Unix seconds and 8 random
/// ones, so that they sort by age to the second and cannot be guessed.
/// </summary>
public static class ObjectId
{
    /// <summary>Digits of an id.</summary>
    public const int Length = 24;

    /// <summary>A new id of that moment.</summary>
    public static string New(DateTimeOffset now)
    {
        Span<byte> bytes = stackalloc byte[Length / 2];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)now.ToUnixTimeSeconds());
        RandomNumberGenerator.Fill(bytes[4..]);
        return Convert.ToHexStringLower(bytes);
    }

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
