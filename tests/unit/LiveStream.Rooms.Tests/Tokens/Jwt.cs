using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace LiveStream.Rooms.Tests.Tokens;

/// <summary>Makes tokens, also wrong ones, without the library that checks them.</summary>
internal static class Jwt
{
    public const string Header = """{"alg":"HS256","typ":"JWT"}""";

    public static string Sign(string secret, string payload, string header = Header)
    {
        var signed = $"{Encode(header)}.{Encode(payload)}";
        return $"{signed}.{Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(signed)))}";
    }

    public static string Sign512(string secret, string payload)
    {
        var signed = $"{Encode("""{"alg":"HS512","typ":"JWT"}""")}.{Encode(payload)}";
        return $"{signed}.{Base64Url.EncodeToString(HMACSHA512.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(signed)))}";
    }

    public static string Unsigned(string payload) => $"{Encode("""{"alg":"none","typ":"JWT"}""")}.{Encode(payload)}.";

    public static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    public static string Management(string accessKey, DateTimeOffset now) =>
        $$"""{"access_key":"{{accessKey}}","type":"management","version":2,"jti":"1","iat":{{now.ToUnixTimeSeconds()}},"nbf":{{now.ToUnixTimeSeconds()}},"exp":{{now.ToUnixTimeSeconds() + 86400}}}""";

    public static string Auth(string accessKey, string roomId, string role, DateTimeOffset now) =>
        $$"""{"access_key":"{{accessKey}}","type":"app","version":2,"room_id":"{{roomId}}","role":"{{role}}","jti":"1","iat":{{now.ToUnixTimeSeconds()}},"nbf":{{now.ToUnixTimeSeconds()}},"exp":{{now.ToUnixTimeSeconds() + 86400}}}""";
}
