using System.Globalization;

namespace LiveStream.Benchmarks.Hls;

/// <summary>The processes that another one has started.</summary>
internal static class ProcessChildren
{
    /// <summary>Ids of the children that run now.</summary>
    public static IReadOnlyList<int> Of(int processId)
    {
        var children = new List<int>();
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(directory), CultureInfo.InvariantCulture, out var id)) continue;
            try
            {
                // pid (name) state parent …: the name may hold anything, so fields are counted from its last parenthesis.
                var stat = File.ReadAllText(Path.Combine(directory, "stat"));
                var parent = stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1];
                if (int.Parse(parent, CultureInfo.InvariantCulture) == processId) children.Add(id);
            }
            catch (IOException)
            {
                // It ended between listing and reading.
            }
        }
        return children;
    }
}
