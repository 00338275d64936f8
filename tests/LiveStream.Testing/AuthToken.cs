using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace LiveStream.Testing;

/// <summary>Mints the HS256 tokens that a customer's own code mints (RFC 7519).</summary>
public static class AuthToken
{
    /// <summary>A client token for one role in one room, valid for a day from <paramref name="now"/>.</summary>
    public static string ForRole(string accessKey, string secret, string roomId, string role, string userId, DateTimeOffset now) =>
        Mint(secret, new Dictionary<string, object>
        {
            ["access_key"] = accessKey,
            ["type"] = "app",
            ["version"] = 2,
            ["room_id"] = roomId,
            ["role"] = role,
            ["user_id"] = userId,
            ["jti"] = Guid.NewGuid().ToString(),
            ["iat"] = now.ToUnixTimeSeconds() - 10,
            ["nbf"] = now.ToUnixTimeSeconds() - 10,
            ["exp"] = now.AddDays(1).ToUnixTimeSeconds(),
        });

    /// <summary>A management token, valid for a day from <paramref name="now"/>.</summary>
    public static string ForManagement(string accessKey, string secret, DateTimeOffset now) =>
        Mint(secret, new Dictionary<string, object>
        {
            ["access_key"] = accessKey,
            ["type"] = "management",
            ["version"] = 2,
            ["jti"] = Guid.NewGuid().ToString(),
            ["iat"] = now.ToUnixTimeSeconds() - 10,
            ["nbf"] = now.ToUnixTimeSeconds() - 10,
            ["exp"] = now.AddDays(1).ToUnixTimeSeconds(),
        });

    /// <summary>Signs any claims; the secret is used as its UTF-8 bytes.</summary>
    public static string Mint(string secret, IReadOnlyDictionary<string, object> claims)
    {
        var head = $"{Encode("""{"alg":"HS256","typ":"JWT"}"""u8)}.{Encode(JsonSerializer.SerializeToUtf8Bytes(claims))}";
        return $"{head}.{Encode(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.ASCII.GetBytes(head)))}";
    }

    private static string Encode(ReadOnlySpan<byte> bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);
}
