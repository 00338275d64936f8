using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;

using LiveStream.Rooms.Domain;

using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace LiveStream.Rooms.Tokens;

/// <summary>Signs auth tokens for clients.</summary>
internal sealed class TokenWriter(TimeProvider time, IOptions<RoomsOptions> options)
{
    private static readonly JsonWebTokenHandler s_handler = new() { SetDefaultTimesOnTokenCreation = false };
    private static readonly JsonTypeInfo<TokenClaims> s_claims = ClaimsJson();

    /// <summary>A token for one role in one room, and when it ends.</summary>
    public (string Token, DateTimeOffset ExpiresAt) CreateAuthToken(WorkspaceKey signer, string roomId, string role, string? userId)
    {
        var now = time.GetUtcNow();
        var expires = DateTimeOffset.FromUnixTimeSeconds((now + options.Value.TokenLifetime).ToUnixTimeSeconds());
        var claims = new TokenClaims
        {
            AccessKey = signer.AccessKey,
            Type = TokenType.App,
            Version = 2,
            RoomId = roomId,
            Role = role,
            UserId = userId,
            Jti = Guid.NewGuid().ToString(),
            IssuedAt = now.ToUnixTimeSeconds(),
            NotBefore = now.ToUnixTimeSeconds(),
            Expires = expires.ToUnixTimeSeconds(),
        };
        var key = new SymmetricSecurityKey(Encoding.UTF8.GetBytes(signer.Secret));
        var token = s_handler.CreateToken(
            JsonSerializer.Serialize(claims, s_claims), new SigningCredentials(key, SecurityAlgorithms.HmacSha256));
        return (token, expires);
    }

    // Clients decode the payload by atob(), which knows Base64 but not Base64url. A text of ASCII without '>', '?' and
    // '~' has no 6-bit group 62 or 63, so its Base64url has neither '-' nor '_'; everything else is \u-escaped.
    private static JsonTypeInfo<TokenClaims> ClaimsJson()
    {
        var allowed = new TextEncoderSettings(UnicodeRanges.BasicLatin);
        allowed.ForbidCharacters('>', '?', '~', '\u007f');
        return new TokenJson(new JsonSerializerOptions { Encoder = JavaScriptEncoder.Create(allowed) }).TokenClaims;
    }
}
