using System.Security.Cryptography;

namespace LiveStream.Webhooks.Signing;

/// <summary>Signature schemes of Standard Webhooks.</summary>
internal enum SignatureKind
{
    /// <summary><c>v1</c>: HMAC-SHA256; both sides have the secret, written <c>whsec_</c>.</summary>
    Hmac = 1,
    /// <summary><c>v1a</c>: Ed25519; receivers have the public key, written <c>whpk_</c>.</summary>
    Ed25519 = 2,
}

/// <summary>A key that signs.</summary>
/// <param name="Id">Row in the database.</param>
/// <param name="Kind">Its scheme.</param>
/// <param name="Secret">HMAC key, or the seed of an Ed25519 key (RFC 8032 §5.1.5).</param>
/// <param name="ExpiresAt">Signs no more from then on; null for the current one.</param>
internal sealed record SigningKey(long Id, SignatureKind Kind, byte[] Secret, DateTimeOffset? ExpiresAt)
{
    /// <summary>Bytes of a new secret; the specification wants 24 to 64.</summary>
    public const int SecretBytes = 32;

    private const string HmacPrefix = "whsec_", PublicPrefix = "whpk_";

    /// <summary>What the receiver needs: the secret, or the public key.</summary>
    public string ToText() => Kind == SignatureKind.Hmac
        ? HmacPrefix + Convert.ToBase64String(Secret)
        : PublicPrefix + Convert.ToBase64String(Ed25519.PublicKeyOf(Secret));

    /// <summary>A new secret.</summary>
    public static byte[] NewSecret() => RandomNumberGenerator.GetBytes(SecretBytes);
}
