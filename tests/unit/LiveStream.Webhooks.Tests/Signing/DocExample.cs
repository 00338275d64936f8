using System.Security.Cryptography;
using System.Text;

namespace LiveStream.Webhooks.Tests.Signing;

/// <summary>The C# example of docs/webhooks.md; a test compares both.</summary>
internal static class DocExample
{
    public static bool Check(string secret, string id, string timestamp, string signatures, byte[] body, DateTimeOffset now) =>
        IsGenuine(secret, id, timestamp, signatures, body, now);

    // begin
    private static bool IsGenuine(string secret, string id, string timestamp, string signatures, byte[] body, DateTimeOffset now)
    {
        if (!long.TryParse(timestamp, out var seconds) || Math.Abs(now.ToUnixTimeSeconds() - seconds) > 300) return false;
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{id}.{timestamp}."), .. body];
        var right = Encoding.ASCII.GetBytes("v1," + Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(secret["whsec_".Length..]), signed)));
        return signatures.Split(' ').Any(one => CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(one), right));
    }
    // end
}
