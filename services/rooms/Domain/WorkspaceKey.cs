using System.Security.Cryptography;

using LiveStream.Storage.Sealing;

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

    /// <summary>The HS256 key: its UTF-8 bytes as they are. A key that was read has to be opened first.</summary>
    public string Secret
    {
        get => field.Length > 0 ? field : throw new InvalidOperationException("The key was not opened.");
        private set;
    } = "";

    /// <summary>The secret as the database has it; null before it was sealed.</summary>
    public string? SealedSecret { get; private set; }

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

    /// <summary>Seals the secret, so that the key can be kept. Returns the key.</summary>
    public WorkspaceKey Seal(SecretSeal seal)
    {
        SealedSecret = seal.SealText(Secret, OwnerOf(AccessKey));
        return this;
    }

    /// <summary>Opens the secret of a key that was read. Returns the key.</summary>
    public WorkspaceKey Open(SecretSeal seal)
    {
        Secret = seal.OpenText(SealedSecret ?? "", OwnerOf(AccessKey));
        return this;
    }

    /// <summary>The row that the secret is sealed for.</summary>
    internal static string OwnerOf(string accessKey) => $"workspace_keys/{accessKey}";

    /// <summary>Ends the key. True if that is news.</summary>
    public bool Retire(DateTimeOffset now)
    {
        if (RetiredAt is not null) return false;
        RetiredAt = now;
        return true;
    }
}
