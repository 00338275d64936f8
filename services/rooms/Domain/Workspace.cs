using System.Security.Cryptography;

namespace LiveStream.Rooms.Domain;

/// <summary>A customer of the server: owns templates and rooms, and the key that signs their tokens.</summary>
public sealed class Workspace
{
    /// <summary>Alphabet of secrets: Base64 without the two characters that shells and URLs treat specially.</summary>
    private const string SecretAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    private const int SecretLength = 86;

    /// <summary>The customer id (<c>account_id</c> in webhooks), 24 hex digits.</summary>
    public required string CustomerId { get; init; }

    /// <summary>24 hex digits.</summary>
    public required string AppId { get; init; }

    /// <summary>Names the key in tokens, 24 hex digits.</summary>
    public required string AccessKey { get; init; }

    /// <summary>The HS256 key: its UTF-8 bytes as they are.</summary>
    public required string Secret { get; init; }

    /// <summary>For people.</summary>
    public required string Name { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>A workspace with new ids and a new secret of 516 random bits.</summary>
    public static Workspace Create(string name, DateTimeOffset now) => new()
    {
        CustomerId = ObjectId.New(now),
        AppId = ObjectId.New(now),
        AccessKey = ObjectId.New(now),
        Secret = RandomNumberGenerator.GetString(SecretAlphabet, SecretLength),
        Name = name,
        CreatedAt = now,
    };
}
