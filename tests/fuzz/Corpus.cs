namespace LiveStream.Fuzz;

/// <summary>The targets and their committed inputs, as copied beside the test assembly.</summary>
public static class Corpus
{
    /// <summary>Folder of all corpora.</summary>
    public static string Root { get; } = Path.Combine(AppContext.BaseDirectory, "corpus");

    /// <summary>All targets by name.</summary>
    public static IReadOnlyDictionary<string, IFuzzTarget> Targets { get; } = typeof(Corpus).Assembly.GetTypes()
        .Where(type => type is { IsClass: true, IsAbstract: false } && typeof(IFuzzTarget).IsAssignableFrom(type))
        .Select(type => (IFuzzTarget)Activator.CreateInstance(type)!)
        .ToDictionary(target => target.Name, StringComparer.Ordinal);

    /// <summary>The files of a target in the order of their names, so that seeds mean the same everywhere.</summary>
    public static IReadOnlyList<string> Files(string target)
    {
        var folder = Path.Combine(Root, target);
        if (!Directory.Exists(folder)) return [];
        return [.. Directory.GetFiles(folder, "*.bin").Order(StringComparer.Ordinal)];
    }
}
