using System.Security.Cryptography;

namespace LiveStream.Rooms.Domain;

/// <summary>A short code that stands for one role in one room, such as <c>abc-defg-hij</c>.</summary>
public sealed class RoomCode
{
    private const string Letters = "abcdefghijklmnopqrstuvwxyz";

    /// <summary>Three, four and three letters with dashes.</summary>
    public required string Code { get; init; }

    /// <summary>The room it opens.</summary>
    public required string RoomId { get; init; }

    /// <summary>The role its bearer gets.</summary>
    public required string Role { get; init; }

    /// <summary>False: the code is refused.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was last turned on or off.</summary>
    public required DateTimeOffset UpdatedAt { get; set; }

    /// <summary>A new random code (47 bits).</summary>
    public static RoomCode Create(string roomId, string role, DateTimeOffset now)
    {
        var letters = RandomNumberGenerator.GetString(Letters, 10).AsSpan();
        return new RoomCode
        {
            Code = $"{letters[..3]}-{letters[3..7]}-{letters[7..]}",
            RoomId = roomId,
            Role = role,
            CreatedAt = now,
            UpdatedAt = now,
        };
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
