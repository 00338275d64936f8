using System.Buffers.Binary;
using System.Security.Cryptography;

namespace LiveStream.Sfu.Stun;

/// <summary>
/// The MESSAGE-INTEGRITY value of RFC 8489 §14.5: HMAC-SHA1 over the message up to the attribute, computed as if the
/// message ended with it.
/// </summary>
internal static class StunMessageIntegrity
{
    public const int Size = HMACSHA1.HashSizeInBytes;

    /// <summary>Writes the 20-byte value for the attribute that starts at the end of <paramref name="messageBefore"/>.</summary>
    public static void Compute(ReadOnlySpan<byte> messageBefore, ReadOnlySpan<byte> key, Span<byte> destination)
    {
        Span<byte> adjusted = stackalloc byte[StunMessageView.MaxSize];
        adjusted = adjusted[..messageBefore.Length];
        messageBefore.CopyTo(adjusted);
        var length = messageBefore.Length - StunMessageView.HeaderSize + StunMessageView.AttributeHeaderSize + Size;
        BinaryPrimitives.WriteUInt16BigEndian(adjusted[2..], (ushort)length);
#pragma warning disable CA5350 // The RFC names SHA-1; ICE (RFC 8445) has no other integrity attribute in use.
        HMACSHA1.HashData(key, adjusted, destination);
#pragma warning restore CA5350
    }

    /// <summary>Compares in constant time.</summary>
    public static bool Verify(ReadOnlySpan<byte> messageBefore, ReadOnlySpan<byte> key, ReadOnlySpan<byte> received)
    {
        Span<byte> expected = stackalloc byte[Size];
        Compute(messageBefore, key, expected);
        return CryptographicOperations.FixedTimeEquals(expected, received);
    }
}
