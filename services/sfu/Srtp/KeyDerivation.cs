using System.Security.Cryptography;

namespace LiveStream.Sfu.Srtp;

/// <summary>What a derived key is for (RFC 3711 §4.3.1 and §4.3.2).</summary>
internal enum SrtpKeyLabel : byte
{
    RtpEncryption = 0,
    RtpAuthentication = 1,
    RtpSalt = 2,
    RtcpEncryption = 3,
    RtcpAuthentication = 4,
    RtcpSalt = 5,
}

/// <summary>Session keys from a master key and salt: AES-CM as pseudo-random function (RFC 3711 §4.3.3), key derivation rate 0.</summary>
internal static class KeyDerivation
{
    private const int BlockSize = 16, SaltSize = 14, LabelOffset = 7;

    /// <summary>
    /// Fills <paramref name="output"/> with the session key named by <paramref name="label"/>. The salt is 12 or 14 bytes; a
    /// short one is padded on the right with zeros (RFC 7714 §11). Allocates; called a few times for each connection.
    /// </summary>
    public static void Derive(ReadOnlySpan<byte> masterKey, ReadOnlySpan<byte> masterSalt, SrtpKeyLabel label, Span<byte> output)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(masterSalt.Length, SaltSize);
        using var aes = Aes.Create();
        aes.SetKey(masterKey);

        Span<byte> counter = stackalloc byte[BlockSize];
        Span<byte> block = stackalloc byte[BlockSize];
        counter.Clear();
        masterSalt.CopyTo(counter);
        // key_id = label || (index DIV 0 = 0, 48 bits), right-aligned with the 112-bit salt.
        counter[LabelOffset] ^= (byte)label;

        for (var i = 0; output.Length > 0; i++)
        {
            counter[14] = (byte)(i >> 8);
            counter[15] = (byte)i;
            aes.EncryptEcb(counter, block, PaddingMode.None);
            var take = Math.Min(BlockSize, output.Length);
            block[..take].CopyTo(output);
            output = output[take..];
        }

        CryptographicOperations.ZeroMemory(block);
    }
}
