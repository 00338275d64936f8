using System.Text.RegularExpressions;

using Xunit.Abstractions;

namespace LiveStream.Architecture.Tests;

/// <summary>Rules that the text of the sources obeys.</summary>
public sealed partial class SourceTests(ITestOutputHelper output)
{
    private const int TalkAt = 400;
    private const int FailAt = 600;

    private static readonly string[] s_codeFolders = ["services", "shared", "tests", "bench", "web"];

    [Fact]
    public void Files_StayBelowTheSizeLimit()
    {
        var sizes = (
            from folder in s_codeFolders
            from file in Repository.Files(folder, ".cs", ".js", ".mjs", ".css", ".py")
            // Published vectors are as long as the document they come from.
            where !file.Contains("Vectors", StringComparison.Ordinal)
            let lines = File.ReadLines(Path.Combine(Repository.Root, file)).Count()
            where lines > TalkAt
            orderby lines descending
            select (file, lines)).ToArray();
        foreach (var (file, lines) in sizes) output.WriteLine($"{lines} lines: {file}");
        Assert.DoesNotContain(sizes, size => size.lines > FailAt);
    }

    [Fact]
    public void LogIds_AreUniqueInTheSolution()
    {
        var ids = (
            from folder in new[] { "services", "shared" }
            from file in Repository.Files(folder, ".cs")
            from Match match in LogId().Matches(Repository.Read(file))
            select (Id: match.Groups[1].Value, File: file)).ToArray();
        Assert.NotEmpty(ids);
        Assert.Empty(ids.GroupBy(id => id.Id).Where(group => group.Count() > 1).Select(group => $"{group.Key}: {string.Join(", ", group.Select(id => id.File))}"));
    }

    [Fact]
    public void LogMessages_NameNoSecret() => Assert.Empty(
        from folder in new[] { "services", "shared" }
        from file in Repository.Files(folder, ".cs")
        from Match match in LogText().Matches(Repository.Read(file))
        where SecretHole().IsMatch(match.Value)
        select $"{file}: {match.Value}");

    [Fact]
    public void RoutePrefixes_BelongToOneServiceEach()
    {
        var prefixes = (
            from file in Repository.Files("services", "Endpoints.cs", "Module.cs")
            let service = file.Split('/')[1]
            from Match match in Route().Matches(Repository.Read(file))
            select (Prefix: match.Groups[1].Value, Service: service)).Distinct().ToArray();
        foreach (var (prefix, service) in prefixes) output.WriteLine($"{prefix}: {service}");
        Assert.Contains(prefixes, p => p is ("/v2/rooms", "rooms"));
        Assert.Empty(prefixes.GroupBy(p => p.Prefix).Where(group => group.Count() > 1).Select(group => $"{group.Key}: {string.Join(", ", group.Select(p => p.Service))}"));
    }

    [Fact]
    public void Sources_LeaveNothingForLater() => Assert.Empty(
        from folder in s_codeFolders
        from file in Repository.Files(folder, ".cs", ".js", ".mjs")
        where !file.EndsWith("SourceTests.cs", StringComparison.Ordinal)
        from line in Repository.Read(file).Split('\n')
        where Later().IsMatch(line)
        select $"{file}: {line.Trim()}");

    [Fact]
    public void Scripts_AreExecutable()
    {
        if (OperatingSystem.IsWindows()) return;
        foreach (var script in new[] { "run.sh", "test.sh", "bench.sh", ".ci/run" })
            Assert.True(File.GetUnixFileMode(Path.Combine(Repository.Root, script)).HasFlag(UnixFileMode.UserExecute), script);
    }

    [GeneratedRegex(@"LoggerMessage\(\s*(?:EventId\s*=\s*)?(\d+)")]
    private static partial Regex LogId();

    [GeneratedRegex(@"\[LoggerMessage\([^\]]*\]")]
    private static partial Regex LogText();

    [GeneratedRegex(@"\{(\w*(Token|Secret|Password|Credential|RoomCode))\}")]
    private static partial Regex SecretHole();

    // The literal of a map call, or a prefix kept as a constant; groups' own routes begin with a parameter or are short.
    [GeneratedRegex(@"(?:(?:routes|app)\.Map\w+\(\s*|const string \w+ = )""(/v2/(?:analytics/)?[\w.-]+|/[\w.-]+)")]
    private static partial Regex Route();

    [GeneratedRegex(@"\b(TODO|FIXME|XXX|HACK)\b|NotImplementedException")]
    private static partial Regex Later();
}
