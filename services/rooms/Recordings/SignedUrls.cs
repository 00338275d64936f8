using System.Globalization;
using System.Security.Cryptography;
using System.Text;

using LiveStream.Objects;

namespace LiveStream.Rooms.Recordings;

/// <summary>What a link's signature says.</summary>
internal enum LinkError
{
    None,
    /// <summary>Not a link of this server, or for another object.</summary>
    Invalid,
    /// <summary>It was one.</summary>
    Expired,
}

/// <summary>
/// Links to objects for whoever has them, until they expire: <c>{expires}.{depth}.{signature}/{key}</c>, where expires is in
/// Unix seconds and the signature is HMAC-SHA256 over it and the key's first <c>depth</c> segments, the link's scope. So a
/// link to a playlist opens the files beside and below it, and a link to a file opens that file. Pure; safe from several threads.
/// </summary>
internal static class SignedUrls
{
    /// <summary>Path of a link, below the endpoint of objects. The key is valid; the scope is its first so many segments.</summary>
    public static string Sign(ReadOnlySpan<byte> secret, string key, int scopeDepth, DateTimeOffset expires)
    {
        var scope = ObjectKey.ScopeOf(key, scopeDepth) ?? throw new ArgumentOutOfRangeException(nameof(scopeDepth));
        var seconds = expires.ToUnixTimeSeconds();
        return string.Create(CultureInfo.InvariantCulture, $"{seconds}.{scopeDepth}.{Convert.ToHexStringLower(Signature(secret, seconds, scope))}/{key}");
    }

    /// <summary>Whether the ticket (what stands before the key) opens that key now.</summary>
    public static LinkError Check(ReadOnlySpan<byte> secret, string ticket, string key, DateTimeOffset now)
    {
        const int SignatureDigits = SHA256.HashSizeInBytes * 2;
        if (ticket.Length > 128 || ticket.Split('.') is not [var expires, var depth, { Length: SignatureDigits } signature]) return LinkError.Invalid;
        if (!long.TryParse(expires, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)) return LinkError.Invalid;
        if (!int.TryParse(depth, NumberStyles.None, CultureInfo.InvariantCulture, out var segments) || segments is < 1 or > 64) return LinkError.Invalid;
        if (!ObjectKey.IsValid(key) || ObjectKey.ScopeOf(key, segments) is not { } scope) return LinkError.Invalid;
        Span<byte> given = stackalloc byte[SHA256.HashSizeInBytes];
        if (Convert.FromHexString(signature, given, out _, out _) != System.Buffers.OperationStatus.Done) return LinkError.Invalid;
        if (!CryptographicOperations.FixedTimeEquals(given, Signature(secret, seconds, scope))) return LinkError.Invalid;
        return now.ToUnixTimeSeconds() < seconds ? LinkError.None : LinkError.Expired;
    }

    private static byte[] Signature(ReadOnlySpan<byte> secret, long expires, string scope) =>
        HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"object\n{expires}\n{scope}")));
}
