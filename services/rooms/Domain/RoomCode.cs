using System.Security.Cryptography;

namespace LiveStream.Rooms.Domain;

/// <summary>A short code that stands for one role in one room, such as <c>abc-defg-hij</c>.</summary>
public sealed class RoomCode
{
    /// <summary>Codes of one room.</summary>
    public const int MaximumPerRoom = 100;

    private const string Letters = "abcdefghijklmnopqrstuvwxyz";

    /// <summary>24 hex digits; sorts by age. The place of the code in lists.</summary>
    public required string Id { get; init; }

    /// <summary>Three, four and three letters with dashes.</summary>
    public required string Code { get; init; }

    /// <summary>The room it opens.</summary>
    public required string RoomId { get; init; }

    /// <summary>The role its bearer gets.</summary>
    public required string Role { get; init; }

    /// <summary>False: the code is refused.</summary>
    public bool Enabled { get; private set; } = true;

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was last turned on or off.</summary>
    public required DateTimeOffset UpdatedAt { get; set; }

    /// <summary>A new random code (47 bits).</summary>
    public static RoomCode Create(string id, string roomId, string role, DateTimeOffset now)
    {
        var letters = RandomNumberGenerator.GetString(Letters, 10).AsSpan();
        return new RoomCode
        {
            Id = id,
            Code = $"{letters[..3]}-{letters[3..7]}-{letters[7..]}",
            RoomId = roomId,
            Role = role,
            CreatedAt = now,
            UpdatedAt = now,
        };
    }

    /// <summary>Turns the code on or off. True if that is news.</summary>
    public bool Switch(bool enabled, DateTimeOffset now)
    {
        if (Enabled == enabled) return false;
        Enabled = enabled;
        UpdatedAt = now;
        return true;
    }

    /// <summary>Whether the text has the form of a code.</summary>
    public static bool IsValid(string? text)
    {
        if (text is not { Length: 12 }) return false;
        for (var i = 0; i < text.Length; i++)
        {
            var fits = i is 3 or 8 ? text[i] == '-' : char.IsAsciiLetterLower(text[i]);
            if (!fits) return false;
        }

        return true;
    }
}
