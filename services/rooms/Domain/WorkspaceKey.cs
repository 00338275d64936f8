using System.Security.Cryptography;

namespace LiveStream.Rooms.Domain;

/// <summary>
/// An access key with its secret. A workspace has one, or two while its servers move from the old one to the new one.
/// </summary>
public sealed class WorkspaceKey
{
    /// <summary>Keys of one workspace that are valid at the same time.</summary>
    public const int MaximumValid = 2;

    /// <summary>Alphabet of secrets: Base64 without the two characters that shells and URLs treat specially.</summary>
    private const string SecretAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    private const int SecretLength = 86;

    /// <summary>Names the key in tokens, 24 hex digits.</summary>
    public required string AccessKey { get; init; }

    /// <summary>Whose key it is.</summary>
    public required string CustomerId { get; init; }

    /// <summary>The HS256 key: its UTF-8 bytes as they are.</summary>
    public required string Secret { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Tokens of the key are refused from then on; null while it is in use.</summary>
    public DateTimeOffset? RetiredAt { get; private set; }

    /// <summary>Whether tokens of the key are still accepted.</summary>
    public bool IsValid => RetiredAt is null;

    /// <summary>A key with a new secret of 516 random bits.</summary>
    public static WorkspaceKey Create(string customerId, DateTimeOffset now) => new()
    {
        AccessKey = ObjectId.New(now),
        CustomerId = customerId,
        Secret = RandomNumberGenerator.GetString(SecretAlphabet, SecretLength),
        CreatedAt = now,
    };

    /// <summary>Ends the key. True if that is news.</summary>
    public bool Retire(DateTimeOffset now)
    {
        if (RetiredAt is not null) return false;
        RetiredAt = now;
        return true;
    }
}
