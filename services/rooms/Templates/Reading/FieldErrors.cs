namespace LiveStream.Rooms.Templates.Reading;

/// <summary>What is wrong with a document, field by field: <c>roles.host.priority: must be 1 to 5</c>.</summary>
internal sealed class FieldErrors
{
    /// <summary>Most that are told; a reply stays small whatever the document.</summary>
    public const int Max = 20;

    private readonly List<string> _texts = [];
    private int _count;

    public bool Any => _count > 0;

    /// <summary>The texts, with a last one that says how many were left out.</summary>
    public IReadOnlyList<string> Texts => _count <= Max ? _texts : [.. _texts, $"and {_count - Max} more"];

    public void Add(string path, string rule)
    {
        if (_count++ < Max) _texts.Add($"{(path.Length == 0 ? "body" : path)}: {rule}");
    }
}

/// <summary>What reading a document gave: a value, or what is wrong with it.</summary>
/// <param name="Value">Null exactly when there are errors.</param>
/// <param name="Errors">Texts for the caller.</param>
internal sealed record Parsed<T>(T? Value, IReadOnlyList<string> Errors)
    where T : class
{
    public static Parsed<T> Of(T value, FieldErrors errors) => errors.Any ? new(null, errors.Texts) : new(value, []);

    public static Parsed<T> Failed(FieldErrors errors) => new(null, errors.Texts);
}
