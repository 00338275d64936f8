using System.Text.Json;

using LiveStream.Hosting.Errors;
using LiveStream.Rooms.Domain;

using Microsoft.AspNetCore.Http;

namespace LiveStream.Rooms.Endpoints.Rest;

/// <summary>
/// Reads the fields of a JSON body one by one and collects what is wrong with them, so that one reply names every mistake.
/// A reader with a mistake returns a harmless value; <see cref="Finish"/> refuses the request. JSON null counts as left out,
/// except where the field can be taken away by it.
/// </summary>
internal sealed class BodyFields
{
    private readonly Dictionary<string, JsonElement> _fields = new(StringComparer.Ordinal);
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private readonly List<BodyFields> _nested = [];
    private readonly Problems _problems;
    private readonly string _path;

    private BodyFields(JsonElement? json, string path, Problems problems)
    {
        (_path, _problems) = (path, problems);
        if (json is not { } fields) return;
        foreach (var field in fields.EnumerateObject())
        {
            _fields.Add(field.Name, field.Value);
        }
    }

    /// <summary>The body of a request; no body at all is one without fields. Fails with <see cref="ApiException"/>.</summary>
    public static async Task<BodyFields> ReadAsync(HttpRequest request, int maxBytes, CancellationToken cancellationToken) =>
        new(await JsonBody.ReadObjectAsync(request, maxBytes, cancellationToken), "", new Problems());

    /// <summary>Whether the field is there, be it null.</summary>
    public bool Has(string name) => _fields.ContainsKey(name);

    /// <summary>Fields that may be there and mean nothing, such as those of a reply that is sent back.</summary>
    public void Ignore(params ReadOnlySpan<string> names)
    {
        foreach (var name in names) _known.Add(name);
    }

    /// <summary>Adds what is wrong, as one of the documented details.</summary>
    public void Wrong(string what) => _problems.Add(what);

    /// <summary>Adds what is wrong as a text of its own: it becomes the message of the reply.</summary>
    public void Refuse(string message) => _problems.Refuse(message);

    /// <summary>A text of at most that many characters, without control characters but line ends and tabs.</summary>
    public Given<string> Text(string name, int maxLength)
    {
        if (!TryTake(name, JsonValueKind.String, "a string", out var value)) return default;
        if (TryRead(value.GetString) is not { } text || !IsText(text)) return WrongText(name, "is not Unicode text");
        return text.Length > maxLength ? WrongText(name, $"is longer than {maxLength} characters") : new(true, text);
    }

    /// <summary>True or false.</summary>
    public Given<bool> Flag(string name)
    {
        if (!TryTake(name, out var value)) return default;
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False) return new(true, value.GetBoolean());
        Wrong($"{_path}{name} is not a boolean");
        return default;
    }

    /// <summary>A whole number; null takes it away.</summary>
    public Given<int?> Whole(string name)
    {
        _known.Add(name);
        if (!_fields.TryGetValue(name, out var value)) return default;
        if (value.ValueKind == JsonValueKind.Null) return new(true, null);
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number)) return new(true, number);
        Wrong($"{_path}{name} is not an integer");
        return default;
    }

    /// <summary>An object, whose fields go by <c>name.</c>; null where it is left out or null.</summary>
    public BodyFields? Object(string name)
    {
        if (!TryTake(name, JsonValueKind.Object, "an object", out var value)) return null;
        var nested = new BodyFields(value, $"{_path}{name}.", _problems);
        _nested.Add(nested);
        return nested;
    }

    /// <summary>Strings; null where the field is left out or null.</summary>
    public IReadOnlyList<string>? Texts(string name, int maxCount, int maxLength)
    {
        if (!TryTake(name, JsonValueKind.Array, "an array", out var value)) return null;
        if (value.GetArrayLength() > maxCount)
        {
            Wrong($"{_path}{name} has more than {maxCount} elements");
            return null;
        }

        var texts = new List<string>();
        foreach (var element in value.EnumerateArray())
        {
            if (element.ValueKind == JsonValueKind.String && TryRead(element.GetString) is { } text && IsText(text) && text.Length <= maxLength) texts.Add(text);
            else Wrong($"{_path}{name}[{texts.Count}] is not a string of at most {maxLength} characters");
        }

        return texts;
    }

    /// <summary>Names and their texts; null where the field is left out or null.</summary>
    public IReadOnlyDictionary<string, string>? Map(string name, int maxCount, int maxLength)
    {
        if (Object(name) is not { } nested) return null;
        if (nested._fields.Count > maxCount) Wrong($"{_path}{name} has more than {maxCount} elements");
        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var key in nested._fields.Keys)
        {
            if (nested.Text(key, maxLength) is { IsGiven: true } text) map.Add(key, text.Value);
        }

        return map;
    }

    /// <summary>A number, whole or not.</summary>
    public Given<double> Number(string name)
    {
        if (!TryTake(name, JsonValueKind.Number, "a number", out var value)) return default;
        if (value.TryGetDouble(out var number) && double.IsFinite(number)) return new(true, number);
        Wrong($"{_path}{name} is not a number");
        return default;
    }

    /// <summary>Objects, whose fields go by <c>name[0].</c>; none where the field is left out or null.</summary>
    public IReadOnlyList<BodyFields> Objects(string name, int maxCount)
    {
        if (!TryTake(name, JsonValueKind.Array, "an array", out var value)) return [];
        if (value.GetArrayLength() > maxCount)
        {
            Wrong($"{_path}{name} has more than {maxCount} elements");
            return [];
        }

        var objects = new List<BodyFields>();
        foreach (var element in value.EnumerateArray())
        {
            if (element.ValueKind != JsonValueKind.Object) Wrong($"{_path}{name}[{objects.Count}] is not an object");
            else objects.Add(new BodyFields(element, $"{_path}{name}[{objects.Count}].", _problems));
        }

        _nested.AddRange(objects);
        return objects;
    }

    /// <summary>Ends the reading. Fails with <see cref="ApiException"/> (400) when anything was wrong, fields that nobody asked for included.</summary>
    public void Finish()
    {
        AddUnknown();
        _problems.Throw();
    }

    // Text columns take every character but NUL; other control characters serve nobody in a name or a description.
    private static bool IsText(string text)
    {
        foreach (var c in text)
        {
            if (char.IsControl(c) && c is not ('\n' or '\r' or '\t')) return false;
        }

        return true;
    }

    // Half of a surrogate pair, escaped, is valid JSON and no text.
    private static string? TryRead(Func<string?> read)
    {
        try
        {
            return read();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private void AddUnknown()
    {
        foreach (var name in _fields.Keys)
        {
            if (!_known.Contains(name)) Wrong(name.Length <= 64 ? $"{_path}{name}" : $"{_path}{name[..64]}");
        }

        foreach (var nested in _nested) nested.AddUnknown();
    }

    private bool TryTake(string name, out JsonElement value)
    {
        _known.Add(name);
        return _fields.TryGetValue(name, out value) && value.ValueKind != JsonValueKind.Null;
    }

    private bool TryTake(string name, JsonValueKind kind, string called, out JsonElement value)
    {
        if (!TryTake(name, out value)) return false;
        if (value.ValueKind == kind) return true;
        Wrong($"{_path}{name} is not {called}");
        return false;
    }

    private Given<string> WrongText(string name, string what)
    {
        Wrong($"{_path}{name} {what}");
        return default;
    }

    /// <summary>What is wrong with one body, at most so many of them.</summary>
    private sealed class Problems
    {
        private const int Most = 20;

        private readonly List<string> _details = [];
        private string? _message;

        public void Add(string what) => AddDetail("Invalid body param: " + what);

        public void Refuse(string message)
        {
            _message ??= message;
            AddDetail(message);
        }

        public void Throw()
        {
            if (_details.Count > 0) throw new ApiException(StatusCodes.Status400BadRequest, _message ?? "Invalid body param", [.. _details]);
        }

        private void AddDetail(string detail)
        {
            if (_details.Count < Most) _details.Add(detail);
        }
    }
}
