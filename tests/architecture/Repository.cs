using System.Xml.Linq;

namespace LiveStream.Architecture.Tests;

/// <summary>The working copy that this build came from.</summary>
internal static class Repository
{
    private static readonly string[] s_notSource = ["bin", "obj", "node_modules", ".git", ".cache", "TestResults", "lib", "dist", "data"];

    public static string Root { get; } = FindRoot();

    /// <summary>Files below a folder whose name ends so, without build output; paths relative to the root, with slashes.</summary>
    public static IReadOnlyList<string> Files(string folder, params string[] endings)
    {
        var top = Path.Combine(Root, folder);
        return Directory.Exists(top)
            ? [.. Walk(new DirectoryInfo(top)).Where(file => endings.Any(ending => file.EndsWith(ending, StringComparison.Ordinal))).Order(StringComparer.Ordinal)]
            : [];
    }

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    /// <summary>Project files that a project references, relative to the root.</summary>
    public static IReadOnlyList<string> ReferencesOf(string project)
    {
        var folder = Path.GetDirectoryName(Path.Combine(Root, project))!;
        return
        [
            .. XDocument.Load(Path.Combine(Root, project)).Descendants("ProjectReference")
                .Select(reference => Path.GetFullPath(Path.Combine(folder, reference.Attribute("Include")!.Value)))
                .Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/')),
        ];
    }

    private static IEnumerable<string> Walk(DirectoryInfo folder)
    {
        foreach (var file in folder.EnumerateFiles()) yield return Path.GetRelativePath(Root, file.FullName).Replace('\\', '/');
        foreach (var child in folder.EnumerateDirectories())
        {
            if (s_notSource.Contains(child.Name, StringComparer.Ordinal)) continue;
            foreach (var file in Walk(child)) yield return file;
        }
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "LiveStream.sln"))) folder = folder.Parent ?? throw new InvalidOperationException("not in a working copy");
        return folder.FullName;
    }
}
