using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace LiveStream.Webhooks.Signing;

/// <summary>Ed25519 (RFC 8032) by the system's OpenSSL 3: the base class library does not have it.</summary>
internal static partial class Ed25519
{
    public const int SeedBytes = 32, PublicKeyBytes = 32, SignatureBytes = 64;

    private const string LibCrypto = "libcrypto.so.3";
    private const int Ed25519Type = 1087; // NID_ED25519 of obj_mac.h, and EVP_PKEY_ED25519.

    /// <summary>The signature over the message. Fails with <see cref="CryptographicException"/>.</summary>
    public static byte[] Sign(ReadOnlySpan<byte> seed, ReadOnlySpan<byte> message)
    {
        var key = PrivateKey(seed);
        var context = EVP_MD_CTX_new();
        try
        {
            var signature = new byte[SignatureBytes];
            nuint length = SignatureBytes;
            if (context == 0 || EVP_DigestSignInit(context, 0, 0, 0, key) != 1
                || EVP_DigestSign(context, signature, ref length, message, (nuint)message.Length) != 1 || length != SignatureBytes)
            {
                throw new CryptographicException("OpenSSL could not sign by Ed25519.");
            }

            return signature;
        }
        finally
        {
            EVP_MD_CTX_free(context);
            EVP_PKEY_free(key);
        }
    }

    /// <summary>Whether it is the signature of that message. Total: keys and signatures of another length are wrong ones.</summary>
    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (publicKey.Length != PublicKeyBytes || signature.Length != SignatureBytes) return false;
        var key = EVP_PKEY_new_raw_public_key(Ed25519Type, 0, publicKey, PublicKeyBytes);
        var context = EVP_MD_CTX_new();
        try
        {
            return key != 0 && context != 0 && EVP_DigestVerifyInit(context, 0, 0, 0, key) == 1
                && EVP_DigestVerify(context, signature, SignatureBytes, message, (nuint)message.Length) == 1;
        }
        finally
        {
            EVP_MD_CTX_free(context);
            EVP_PKEY_free(key);
        }
    }

    /// <summary>The public key of a seed.</summary>
    public static byte[] PublicKeyOf(ReadOnlySpan<byte> seed)
    {
        var key = PrivateKey(seed);
        try
        {
            var publicKey = new byte[PublicKeyBytes];
            nuint length = PublicKeyBytes;
            return EVP_PKEY_get_raw_public_key(key, publicKey, ref length) == 1 && length == PublicKeyBytes
                ? publicKey
                : throw new CryptographicException("OpenSSL gave no public key.");
        }
        finally
        {
            EVP_PKEY_free(key);
        }
    }

    private static nint PrivateKey(ReadOnlySpan<byte> seed)
    {
        if (seed.Length != SeedBytes) throw new CryptographicException("An Ed25519 seed has 32 bytes.");
        var key = EVP_PKEY_new_raw_private_key(Ed25519Type, 0, seed, SeedBytes);
        return key != 0 ? key : throw new CryptographicException("OpenSSL took no Ed25519 key.");
    }

    [LibraryImport(LibCrypto)]
    private static partial nint EVP_PKEY_new_raw_private_key(int type, nint engine, ReadOnlySpan<byte> key, nuint length);

    [LibraryImport(LibCrypto)]
    private static partial nint EVP_PKEY_new_raw_public_key(int type, nint engine, ReadOnlySpan<byte> key, nuint length);

    [LibraryImport(LibCrypto)]
    private static partial int EVP_PKEY_get_raw_public_key(nint key, Span<byte> publicKey, ref nuint length);

    [LibraryImport(LibCrypto)]
    private static partial void EVP_PKEY_free(nint key);

    [LibraryImport(LibCrypto)]
    private static partial nint EVP_MD_CTX_new();

    [LibraryImport(LibCrypto)]
    private static partial void EVP_MD_CTX_free(nint context);

    [LibraryImport(LibCrypto)]
    private static partial int EVP_DigestSignInit(nint context, nint keyContext, nint type, nint engine, nint key);

    [LibraryImport(LibCrypto)]
    private static partial int EVP_DigestSign(nint context, Span<byte> signature, ref nuint signatureLength, ReadOnlySpan<byte> message, nuint length);

    [LibraryImport(LibCrypto)]
    private static partial int EVP_DigestVerifyInit(nint context, nint keyContext, nint type, nint engine, nint key);

    [LibraryImport(LibCrypto)]
    private static partial int EVP_DigestVerify(nint context, ReadOnlySpan<byte> signature, nuint signatureLength, ReadOnlySpan<byte> message, nuint length);
}
