namespace LiveStream.Objects;

/// <summary>
/// Names of objects in a store: segments of letters, digits, dots, dashes and underscores, separated by slashes, none of them
/// beginning with a dot. So a key is a relative path that stays inside the store's folder, and needs no escaping in a URL.
/// </summary>
public static class ObjectKey
{
    /// <summary>Most characters of a key.</summary>
    public const int MaxLength = 1024;

    /// <summary>Whether the text is a key.</summary>
    public static bool IsValid(string? text)
    {
        if (text is null || text.Length is 0 or > MaxLength) return false;
        var atStart = true;
        foreach (var c in text)
        {
            if (atStart ? !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_') : !char.IsAsciiLetterOrDigit(c) && c is not ('.' or '-' or '_' or '/')) return false;
            atStart = c == '/';
        }

        return !atStart;
    }

    /// <summary>The key itself. Fails with <see cref="ArgumentException"/> for a text that is none.</summary>
    public static string Require(string key) => IsValid(key) ? key : throw new ArgumentException("not an object key", nameof(key));

    /// <summary>Slash-separated segments of a key.</summary>
    public static int DepthOf(string key) => key.AsSpan().Count('/') + 1;

    /// <summary>The first so many segments of a key; null where it has fewer.</summary>
    public static string? ScopeOf(string key, int depth)
    {
        var end = -1;
        for (var i = 0; i < depth; i++)
        {
            if (end == key.Length) return null;
            end = key.IndexOf('/', end + 1);
            if (end < 0) end = key.Length;
        }

        return end <= 0 ? null : key[..end];
    }
}
