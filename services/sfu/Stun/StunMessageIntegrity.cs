using System.Buffers.Binary;
using System.Security.Cryptography;
using LiveStream.Sfu.Interop;

namespace LiveStream.Sfu.Stun;

/// <summary>
/// The MESSAGE-INTEGRITY value of RFC 8489 §14.5: HMAC-SHA1 over the message up to the attribute, computed as if the
/// message ended with it.
/// </summary>
internal static class StunMessageIntegrity
{
    public const int Size = HMACSHA1.HashSizeInBytes;

    private const int BlockSize = 64;

    /// <summary>Writes the 20-byte value for the attribute that starts at the end of <paramref name="messageBefore"/>.</summary>
    public static void Compute(ReadOnlySpan<byte> messageBefore, ReadOnlySpan<byte> key, Span<byte> destination)
    {
        Span<byte> adjusted = stackalloc byte[StunMessageView.MaxSize];
        adjusted = adjusted[..messageBefore.Length];
        messageBefore.CopyTo(adjusted);
        var length = messageBefore.Length - StunMessageView.HeaderSize + StunMessageView.AttributeHeaderSize + Size;
        BinaryPrimitives.WriteUInt16BigEndian(adjusted[2..], (ushort)length);
        if (key.Length <= BlockSize && OpenSslSha1.IsAvailable)
        {
            Hash(key, adjusted, destination[..Size]);
            return;
        }

#pragma warning disable CA5350 // The RFC names SHA-1; ICE (RFC 8445) has no other integrity attribute in use.
        HMACSHA1.HashData(key, adjusted, destination);
#pragma warning restore CA5350
    }

    // HMAC (RFC 2104) by the plain functions: the platform's class looks its algorithm up for each call, and hundreds of viewers
    // repeat their checks all the time.
    private static unsafe void Hash(ReadOnlySpan<byte> key, ReadOnlySpan<byte> message, Span<byte> destination)
    {
        var state = stackalloc byte[OpenSslSha1.StateSize];
        var block = stackalloc byte[BlockSize];
        fixed (byte* data = message, digest = destination)
        {
            Pad(key, block, 0x36);
            OpenSslSha1.Init(state);
            OpenSslSha1.Update(state, block, BlockSize);
            OpenSslSha1.Update(state, data, (nuint)message.Length);
            OpenSslSha1.Final(digest, state);
            Pad(key, block, 0x5C);
            OpenSslSha1.Init(state);
            OpenSslSha1.Update(state, block, BlockSize);
            OpenSslSha1.Update(state, digest, Size);
            OpenSslSha1.Final(digest, state);
        }

        CryptographicOperations.ZeroMemory(new Span<byte>(block, BlockSize));
    }

    private static unsafe void Pad(ReadOnlySpan<byte> key, byte* block, byte value)
    {
        for (var i = 0; i < BlockSize; i++) block[i] = (byte)((i < key.Length ? key[i] : 0) ^ value);
    }

    /// <summary>Compares in constant time.</summary>
    public static bool Verify(ReadOnlySpan<byte> messageBefore, ReadOnlySpan<byte> key, ReadOnlySpan<byte> received)
    {
        Span<byte> expected = stackalloc byte[Size];
        Compute(messageBefore, key, expected);
        return CryptographicOperations.FixedTimeEquals(expected, received);
    }
}
