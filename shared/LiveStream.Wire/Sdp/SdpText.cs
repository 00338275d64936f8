using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace LiveStream.Wire.Sdp;

internal delegate bool SdpValueParser<T>(string value, [NotNullWhen(true)] out T? parsed)
    where T : class;

/// <summary>Pieces of attribute values.</summary>
internal static class SdpText
{
    /// <summary>The words between spaces; none for null.</summary>
    public static string[] Words(string? value) => value?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];

    /// <summary>Splits at the first space; the tail is empty without one.</summary>
    public static (string Head, string Tail) SplitWord(string value)
    {
        var space = value.IndexOf(' ', StringComparison.Ordinal);
        return space < 0 ? (value, "") : (value[..space], value[(space + 1)..].Trim(' '));
    }

    /// <summary>Digits only: no sign, no space.</summary>
    public static bool TryNumber(ReadOnlySpan<char> text, int maximum, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number <= maximum;

    /// <summary>Digits only: no sign, no space.</summary>
    public static bool TryNumber(ReadOnlySpan<char> text, out uint number) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    /// <summary>The values that parse.</summary>
    public static List<T> ParseAll<T>(IEnumerable<string> values, SdpValueParser<T> parser)
        where T : class
    {
        var list = new List<T>();
        foreach (var value in values)
        {
            if (parser(value, out var parsed)) list.Add(parsed);
        }

        return list;
    }

    /// <summary>Parameters <c>a=b;c=d;e</c>; keys without case, the first of equal ones wins, a lone word has an empty value.</summary>
    public static Dictionary<string, string> Parameters(string? text)
    {
        var parameters = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var part in (text ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0) parameters.TryAdd(part, "");
            else if (equals > 0) parameters.TryAdd(part[..equals].TrimEnd(), part[(equals + 1)..].TrimStart());
        }

        return parameters;
    }

    /// <summary>rid-id = 1*(ALPHA / DIGIT / "-" / "_") (RFC 8851 §10).</summary>
    public static bool IsRidId(string text)
    {
        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_')) return false;
        }

        return text.Length is > 0 and <= 255;
    }
}
