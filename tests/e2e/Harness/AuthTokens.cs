using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LiveStream.E2E.Tests.Harness;

/// <summary>Mints tokens as a customer's server does: JWT, HS256, the secret's UTF-8 bytes as the key.</summary>
public sealed class AuthTokens(Workspace workspace)
{
    /// <summary>A token for the REST interface.</summary>
    public string Management() => Sign(Claims("management"), workspace.Secret);

    /// <summary>A token with which a person of the role joins the demo room.</summary>
    public string For(string role, string? roomId = null) => Sign(AppClaims(role, roomId), workspace.Secret);

    /// <summary>Claims of an app token, for scenarios that spoil one of them before <see cref="Sign"/>.</summary>
    public JsonObject AppClaims(string? role, string? roomId = null)
    {
        var claims = Claims("app");
        claims["room_id"] = roomId ?? workspace.RoomId;
        claims["user_id"] = "e2e";
        if (role is not null) claims["role"] = role;
        return claims;
    }

    /// <summary>Signs any claims with any key; <paramref name="algorithm"/> is only written into the header.</summary>
    public static string Sign(JsonObject claims, string secret, string algorithm = "HS256")
    {
        var head = Encode(JsonSerializer.SerializeToUtf8Bytes(new JsonObject { ["alg"] = algorithm, ["typ"] = "JWT" }));
        var content = $"{head}.{Encode(JsonSerializer.SerializeToUtf8Bytes(claims))}";
        return $"{content}.{Encode(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.ASCII.GetBytes(content)))}";
    }

    /// <summary>A token that claims to need no signature.</summary>
    public static string Unsigned(JsonObject claims) => Sign(claims, "", "none").Split('.') is [var head, var body, _] ? $"{head}.{body}." : "";

    private JsonObject Claims(string type)
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        return new JsonObject
        {
            ["access_key"] = workspace.AccessKey,
            ["type"] = type,
            ["version"] = 2,
            ["jti"] = Guid.NewGuid().ToString(),
            ["iat"] = now - 10,
            ["nbf"] = now - 10,
            ["exp"] = now + 3600,
        };
    }

    private static string Encode(ReadOnlySpan<byte> bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);
}
