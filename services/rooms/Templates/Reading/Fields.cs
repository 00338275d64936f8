using System.Text.Json;

using LiveStream.Rooms.Domain;

namespace LiveStream.Rooms.Templates.Reading;

/// <summary>
/// The fields of one JSON object, read with their rules. Total: whatever is there, a reader gives a usable value and
/// notes what is wrong. <c>null</c> counts as absent, unknown fields are passed over.
/// </summary>
internal sealed class Fields
{
    private readonly Dictionary<string, JsonElement> _values = new(StringComparer.Ordinal);
    private readonly FieldErrors _errors;
    private readonly string _path;

    public Fields(JsonElement element, string path, FieldErrors errors)
    {
        _path = path;
        _errors = errors;
        if (element.ValueKind != JsonValueKind.Object)
        {
            errors.Add(path, "must be an object");
            return;
        }

        foreach (var property in element.EnumerateObject())
        {
            if (NameOf(property) is { } name) _values[name] = property.Value;
            else errors.Add(path, "has a field whose name is not valid text");
        }
    }

    /// <summary>The objects of a bare array.</summary>
    public static IReadOnlyList<T> OfArray<T>(JsonElement array, string path, int maxCount, FieldErrors errors, Func<Fields, T> read) =>
        Elements(array, path, maxCount, errors)?.Select(item => read(new Fields(item.Element, item.Path, errors))).ToArray() ?? [];

    /// <summary>Whether the field is there with a value, right or wrong.</summary>
    public bool IsGiven(string name) => Find(name) is not null;

    /// <summary>Whether the field is there at all, <c>null</c> included.</summary>
    public bool Has(string name) => _values.ContainsKey(name);

    public void Error(string name, string rule) => _errors.Add(PathOf(name), rule);

    public bool Flag(string name, bool fallback) => OptionalFlag(name) ?? fallback;

    public bool? OptionalFlag(string name)
    {
        if (Find(name) is not { } value) return null;
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False) return value.GetBoolean();
        Error(name, "must be true or false");
        return null;
    }

    public int Int(string name, int min, int max, int fallback) => OptionalInt(name, min, max) ?? fallback;

    public int RequiredInt(string name, int min, int max)
    {
        if (Find(name) is null) Error(name, "is required");
        return OptionalInt(name, min, max) ?? min;
    }

    public int? OptionalInt(string name, int min, int max) => Find(name) is { } value ? IntOf(value, PathOf(name), min, max) : null;

    public double Number(string name, double min, double max, double fallback)
    {
        if (Find(name) is not { } value) return fallback;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && number >= min && number <= max) return number;
        Error(name, value.ValueKind == JsonValueKind.Number ? $"must be {min:0.0} to {max:0.0}" : "must be a number");
        return fallback;
    }

    /// <summary>Text without control characters, tabs and line breaks excepted; null when absent or wrong.</summary>
    public string? Text(string name, int maxLength) => Find(name) is { } value ? TextOf(value, PathOf(name), maxLength) : null;

    public string RequiredText(string name, int maxLength)
    {
        var text = Text(name, maxLength);
        if (string.IsNullOrWhiteSpace(text) && (text is not null || Find(name) is null)) Error(name, "is required");
        return text ?? "";
    }

    public string OneOf(string name, string[] allowed, string fallback)
    {
        if (Text(name, TextLimits.Word) is not { } text) return fallback;
        if (allowed.Contains(text, StringComparer.Ordinal)) return text;
        Error(name, "must be one of " + string.Join(", ", allowed));
        return fallback;
    }

    public Fields? Object(string name) => Find(name) is { } value ? new Fields(value, PathOf(name), _errors) : null;

    /// <summary>The object, or one without fields.</summary>
    public Fields ObjectOrEmpty(string name) => Object(name) ?? new Fields(JsonElement.Parse("{}"u8), PathOf(name), _errors);

    public IReadOnlyList<string>? Texts(string name, int maxCount, int maxLength, Func<string, string?> ruleBrokenBy)
    {
        if (Elements(name, maxCount) is not { } elements) return null;
        var texts = new List<string>(elements.Count);
        foreach (var (element, path) in elements)
        {
            if (TextOf(element, path, maxLength) is not { } text) continue;
            if (ruleBrokenBy(text) is { } rule) _errors.Add(path, rule);
            else if (!texts.Contains(text, StringComparer.Ordinal)) texts.Add(text);
        }

        return texts;
    }

    public IReadOnlyList<string>? SubsetOf(string name, string[] allowed) => Texts(
        name, TextLimits.Choices, TextLimits.Word,
        text => allowed.Contains(text, StringComparer.Ordinal) ? null : "must be one of " + string.Join(", ", allowed));

    public IReadOnlyList<int>? Ints(string name, int maxCount, int min, int max) =>
        Elements(name, maxCount)?.Select(item => IntOf(item.Element, item.Path, min, max) ?? min).ToArray();

    public IReadOnlyList<T>? List<T>(string name, int maxCount, Func<Fields, T> read) =>
        Elements(name, maxCount)?.Select(item => read(new Fields(item.Element, item.Path, _errors))).ToArray();

    /// <summary>A map by name; null when absent.</summary>
    public Dictionary<string, T>? Map<T>(string name, int maxCount, Func<string, Fields, T> read)
    {
        if (Object(name) is not { } map) return null;
        if (map._values.Count > maxCount)
        {
            Error(name, $"must have at most {maxCount} entries");
            return null;
        }

        var entries = new Dictionary<string, T>(StringComparer.Ordinal);
        foreach (var (key, value) in map._values)
        {
            if (!TemplateNames.IsValid(key)) Error(name, $"a name {TemplateNames.Rule}");
            else entries[key] = read(key, new Fields(value, map.PathOf(key), _errors));
        }

        return entries;
    }

    /// <summary>A map of texts by name; null when absent.</summary>
    public Dictionary<string, string>? TextMap(string name, int maxCount, int maxLength)
    {
        if (Object(name) is not { } map) return null;
        if (map._values.Count > maxCount)
        {
            Error(name, $"must have at most {maxCount} entries");
            return null;
        }

        var entries = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var key in map._values.Keys)
        {
            if (!TemplateNames.IsValid(key)) Error(name, $"a name {TemplateNames.Rule}");
            else entries[key] = map.RequiredText(key, maxLength);
        }

        return entries;
    }

    private static string? NameOf(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            // An escape that is half of a surrogate pair: JSON by its grammar, but no text.
            return null;
        }
    }

    private JsonElement? Find(string name) =>
        _values.TryGetValue(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private string PathOf(string name) => _path.Length == 0 ? name : $"{_path}.{name}";

    private List<(JsonElement Element, string Path)>? Elements(string name, int maxCount) =>
        Find(name) is { } value ? Elements(value, PathOf(name), maxCount, _errors) : null;

    private static List<(JsonElement Element, string Path)>? Elements(JsonElement value, string path, int maxCount, FieldErrors errors)
    {
        if (value.ValueKind != JsonValueKind.Array) errors.Add(path, "must be an array");
        else if (value.GetArrayLength() > maxCount) errors.Add(path, $"must have at most {maxCount} elements");
        else return [.. value.EnumerateArray().Select((element, i) => (element, $"{path}[{i}]"))];
        return null;
    }

    private int? IntOf(JsonElement value, string path, int min, int max)
    {
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= min && number <= max) return number;
        _errors.Add(path, value.ValueKind == JsonValueKind.Number ? $"must be {min} to {max}" : "must be a number");
        return null;
    }

    private string? TextOf(JsonElement value, string path, int maxLength)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            _errors.Add(path, "must be a string");
            return null;
        }

        string text;
        try
        {
            text = value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            _errors.Add(path, "must be valid text");
            return null;
        }

        if (text.Length > maxLength) _errors.Add(path, $"must have at most {maxLength} characters");
        else if (text.AsSpan().ContainsAnyInRange('\0', '\b') || text.AsSpan().ContainsAnyInRange('\u000E', '\u001F')) _errors.Add(path, "must not have control characters");
        else return text;
        return null;
    }
}

/// <summary>Longest texts and lists, where the document itself says nothing.</summary>
internal static class TextLimits
{
    /// <summary>Of a word out of a list.</summary>
    public const int Word = 64;

    /// <summary>Of words out of a list in one field.</summary>
    public const int Choices = 16;

    /// <summary>Of a URL, and of keys and secrets.</summary>
    public const int Url = 2048;

    /// <summary>Of a text for people.</summary>
    public const int Prose = 4000;
}
