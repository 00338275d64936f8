using System.Text.RegularExpressions;

namespace LiveStream.Architecture.Tests;

/// <summary>Documents name files that are there.</summary>
public sealed partial class DocumentTests
{
    private static readonly string[] s_ours = ["services/", "shared/", "tests/", "bench/", "deploy/", "docs/", "web/", ".ci/"];

    private static IEnumerable<string> Documents =>
        Repository.Files("docs", ".md").Concat(new[] { "README.md", "CONTRIBUTING.md" }.Where(file => File.Exists(Path.Combine(Repository.Root, file))));

    [Fact]
    public void PathsInDocuments_Exist() => Assert.Empty(
        from document in Documents
        from Match match in Code().Matches(Repository.Read(document))
        let path = match.Groups[1].Value.TrimEnd('/')
        where s_ours.Any(top => path.StartsWith(top, StringComparison.Ordinal)) && !Pattern().IsMatch(path)
        where !Exists(path)
        select $"{document}: {path}");

    [Fact]
    public void LinksInDocuments_LeadSomewhere() => Assert.Empty(
        from document in Documents
        from Match match in Link().Matches(Repository.Read(document))
        let target = match.Groups[1].Value.Split('#')[0]
        where target.Length > 0 && !target.Contains(':', StringComparison.Ordinal)
        where !Exists(Path.Combine(Path.GetDirectoryName(document)!, target))
        select $"{document}: {target}");

    [Fact]
    public void ContributingGuide_FitsInOneSitting() => Assert.InRange(Repository.Read("CONTRIBUTING.md").Count(c => c == '\n'), 20, 150);

    private static bool Exists(string path)
    {
        var full = Path.Combine(Repository.Root, path);
        return File.Exists(full) || Directory.Exists(full);
    }

    [GeneratedRegex(@"`([\w./-]+)`")]
    private static partial Regex Code();

    // Placeholders and shortened names.
    [GeneratedRegex(@"[*{}<>…]|NNNN")]
    private static partial Regex Pattern();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();
}
