using System.Buffers.Text;
using System.Text;
using System.Text.Json;

using LiveStream.Rooms.Domain;

using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace LiveStream.Rooms.Tokens;

/// <summary>Finds the key that an <c>access_key</c> claim names.</summary>
internal interface IWorkspaceKeys
{
    /// <summary>The workspace of that access key, or null where there is none or it was retired.</summary>
    Task<WorkspaceWithKey?> FindByAccessKeyAsync(string accessKey, CancellationToken cancellationToken);
}

/// <summary>A workspace and one of its keys.</summary>
internal sealed record WorkspaceWithKey(Workspace Workspace, WorkspaceKey Key);

/// <summary>Why a token is refused; <see cref="None"/> when it is not.</summary>
internal enum TokenError { None, Missing, Malformed, UnknownKey, BadSignature, WrongType, NotYetValid, Expired }

/// <summary>A token that was checked.</summary>
internal readonly record struct TokenCheck(TokenError Error, Workspace? Workspace, TokenClaims? Claims);

/// <summary>Checks tokens: HS256 by the secret of a workspace's key, version 2, the wanted type, within its time.</summary>
internal sealed class TokenReader(IWorkspaceKeys keys, CheckedTokens known, TimeProvider time, IOptions<RoomsOptions> options)
{
    private const int MaxTokenLength = 8 * 1024;
    private const int SupportedVersion = 2;

    private static readonly JsonWebTokenHandler s_handler = new() { MaximumTokenSizeInBytes = MaxTokenLength };

    /// <summary>Checks a token that must be of one of the types.</summary>
    public async Task<TokenCheck> CheckAsync(string? token, string[] types, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(token)) return Refuse(TokenError.Missing);
        if (known.Find(token) is { } again) return CheckClaims(again.Found, again.Claims, types);
        if (!TryReadClaims(token, out var claims)) return Refuse(TokenError.Malformed);
        if (!ObjectId.IsValid(claims.AccessKey)) return Refuse(TokenError.UnknownKey);
        var found = await keys.FindByAccessKeyAsync(claims.AccessKey!, cancellationToken);
        if (found is null) return Refuse(TokenError.UnknownKey);

        var result = await s_handler.ValidateTokenAsync(token, ParametersOf(found.Key));
        if (!result.IsValid) return Refuse(TokenError.BadSignature);
        known.Add(token, found, claims);
        return CheckClaims(found, claims, types);
    }

    // Nothing of the payload is believed before this method.
    private TokenCheck CheckClaims(WorkspaceWithKey found, TokenClaims claims, string[] types)
    {
        if (claims.Version != SupportedVersion || !types.Contains(claims.Type, StringComparer.Ordinal)) return Refuse(TokenError.WrongType);
        var now = time.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0;
        var skew = options.Value.TokenClockSkew.TotalSeconds;
        if (claims.Expires is not { } expires || !(now < expires + skew)) return Refuse(TokenError.Expired);
        if (claims.NotBefore is { } from && !(now >= from - skew)) return Refuse(TokenError.NotYetValid);
        return new TokenCheck(TokenError.None, found.Workspace, claims);
    }

    private static TokenCheck Refuse(TokenError error) => new(error, null, null);

    private static bool TryReadClaims(string token, out TokenClaims claims)
    {
        claims = null!;
        if (token.Length > MaxTokenLength || token.Count('.') != 2) return false;
        var first = token.IndexOf('.', StringComparison.Ordinal);
        var payload = token.AsSpan((first + 1)..token.LastIndexOf('.'));
        try
        {
            var json = Base64Url.DecodeFromChars(payload);
            // NUL is no text for the database, and a person's id goes there.
            return (claims = JsonSerializer.Deserialize(json, TokenJson.Default.TokenClaims)!) is not null && claims.UserId?.Contains('\0') != true;
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            return false;
        }
    }

    private static TokenValidationParameters ParametersOf(WorkspaceKey key) => new()
    {
        IssuerSigningKey = new SymmetricSecurityKey(Encoding.UTF8.GetBytes(key.Secret)),
        // Neither "none" nor any other algorithm, whatever the header says.
        ValidAlgorithms = [SecurityAlgorithms.HmacSha256],
        RequireSignedTokens = true,
        ValidateIssuer = false,
        ValidateAudience = false,
        // Checked above with the injected clock.
        ValidateLifetime = false,
        TryAllIssuerSigningKeys = true,
    };
}
