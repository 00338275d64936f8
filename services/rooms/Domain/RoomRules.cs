namespace LiveStream.Rooms.Domain;

/// <summary>Ranges of a room's fields, and its names.</summary>
public static class RoomRules
{
    /// <summary>The region that follows the template.</summary>
    public const string DefaultRegion = "auto";

    /// <summary>Characters of a name.</summary>
    public const int MaxNameLength = 256;

    /// <summary>Characters of a description.</summary>
    public const int MaxDescriptionLength = 1024;

    /// <summary>People in a room.</summary>
    public const int MaxSize = 2500;

    /// <summary>People in a large room.</summary>
    public const int MaxLargeSize = 20000;

    /// <summary>Seconds of the shortest limit of a session.</summary>
    public const int MinDurationSeconds = 120;

    /// <summary>Seconds of the longest session: 12 hours.</summary>
    public const int MaxDurationSeconds = 43200;

    /// <summary>Polls linked to one room.</summary>
    public const int MaxPolls = 50;

    private static readonly string[] s_regions = [DefaultRegion, "eu", "in", "us"];

    /// <summary>Whether there is such a region.</summary>
    public static bool IsRegion(string text) => s_regions.Contains(text, StringComparer.Ordinal);

    /// <summary>Whether the text is a name: 1 to 256 of <c>a-z A-Z 0-9 . - : _</c>.</summary>
    public static bool IsName(string text)
    {
        if (text.Length is 0 or > MaxNameLength) return false;
        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or '-' or ':' or '_')) return false;
        }

        return true;
    }

    /// <summary>What two names share that are the same but for their case.</summary>
    public static string KeyOf(string name) => name.ToLowerInvariant();

    /// <summary>Why the size does not fit the kind of room, or null.</summary>
    public static string? CheckSize(int? size, bool largeRoom)
    {
        var most = largeRoom ? MaxLargeSize : MaxSize;
        return size < 0 ? "room size less than 0" : size > most ? $"room size greater than {most}" : null;
    }
}
