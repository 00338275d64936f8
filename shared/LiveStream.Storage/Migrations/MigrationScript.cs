using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace LiveStream.Storage.Migrations;

/// <summary>One numbered script; its id is the file name without extension.</summary>
public sealed record MigrationScript(string Id, string Sql)
{
    /// <summary>SHA-256 of the text, hex.</summary>
    public string Sha { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sql)));

    /// <summary>The scripts embedded in an assembly whose resource names begin with the prefix, by number.</summary>
    public static IReadOnlyList<MigrationScript> Of(Assembly assembly, string prefix)
    {
        return
        [
            .. assembly.GetManifestResourceNames()
                .Where(name => name.StartsWith(prefix, StringComparison.Ordinal) && name.EndsWith(".sql", StringComparison.Ordinal))
                .Select(name => new MigrationScript(name[prefix.Length..^".sql".Length], Read(assembly, name)))
                .OrderBy(script => script.Id, StringComparer.Ordinal),
        ];
    }

    private static string Read(Assembly assembly, string name)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
