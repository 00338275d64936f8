using System.Buffers.Binary;
using System.Security.Cryptography;

namespace LiveStream.Webhooks.Destinations;

/// <summary>Ids in the form of the platform's others: 24 lower-case hex digits, 4 bytes of Unix seconds and 8 random ones.</summary>
internal static class WebhookIds
{
    public const int Length = 24;

    public static string New(DateTimeOffset now)
    {
        Span<byte> bytes = stackalloc byte[Length / 2];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)now.ToUnixTimeSeconds());
        RandomNumberGenerator.Fill(bytes[4..]);
        return Convert.ToHexStringLower(bytes);
    }

    public static bool IsValid(string? text) => text is { Length: Length } && text.All(char.IsAsciiHexDigitLower);
}
