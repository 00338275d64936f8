using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace LiveStream.Webhooks.Signing;

/// <summary>
/// Signatures of the Standard Webhooks specification 1.0: over <c>{id}.{timestamp}.{body}</c>, one for each valid key, separated
/// by spaces. A receiver accepts a request when one of them is right, and no older than it allows.
/// </summary>
internal static class StandardWebhooks
{
    public const string IdHeader = "webhook-id", TimestampHeader = "webhook-timestamp", SignatureHeader = "webhook-signature";

    /// <summary>Value of <c>webhook-timestamp</c>: Unix seconds.</summary>
    public static string TimestampOf(DateTimeOffset now) => now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);

    /// <summary>Value of <c>webhook-signature</c>: <c>v1,</c> (HMAC-SHA256) or <c>v1a,</c> (Ed25519) and Base64; empty without a valid key.</summary>
    public static string Sign(IReadOnlyList<SigningKey> keys, string id, string timestamp, ReadOnlySpan<byte> body, DateTimeOffset now)
    {
        var prefix = Encoding.UTF8.GetBytes($"{id}.{timestamp}.");
        var signed = new byte[prefix.Length + body.Length];
        prefix.CopyTo(signed, 0);
        body.CopyTo(signed.AsSpan(prefix.Length));

        var text = "";
        foreach (var key in keys)
        {
            if (key.ExpiresAt <= now) continue;
            var one = key.Kind == SignatureKind.Hmac
                ? "v1," + Convert.ToBase64String(HMACSHA256.HashData(key.Secret, signed))
                : "v1a," + Convert.ToBase64String(Ed25519.Sign(key.Secret, signed));
            text = text.Length == 0 ? one : $"{text} {one}";
        }

        return text;
    }
}
