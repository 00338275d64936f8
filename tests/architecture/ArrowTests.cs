using System.Text.RegularExpressions;

namespace LiveStream.Architecture.Tests;

/// <summary>Who may know whom.</summary>
public sealed partial class ArrowTests
{
    private const string AllInOne = "services/all-in-one/";

    private static readonly Dictionary<string, string[]> s_sharedMayReference = new(StringComparer.Ordinal)
    {
        ["shared/LiveStream.Contracts/"] = [],
        ["shared/LiveStream.Wire/"] = [],
        ["shared/LiveStream.Media/"] = ["shared/LiveStream.Wire/"],
        ["shared/LiveStream.Objects/"] = [],
        ["shared/LiveStream.Storage/"] = [],
        ["shared/LiveStream.Bus/"] = ["shared/LiveStream.Contracts/", "shared/LiveStream.Hosting/"],
        ["shared/LiveStream.Hosting/"] = ["shared/LiveStream.Contracts/"],
        ["shared/LiveStream.Rpc/"] = ["shared/LiveStream.Contracts/", "shared/LiveStream.Hosting/"],
    };

    /// <summary>Stages of the packet path that the router does not know, and that do not know the router.</summary>
    private static readonly string[] s_transportStages = ["Udp", "Stun", "Ice", "Dtls", "Srtp"];

    [Fact]
    public void Services_ReferenceSharedProjectsOnly() => AssertReferences(
        project => project.StartsWith("services/", StringComparison.Ordinal) && !project.StartsWith(AllInOne, StringComparison.Ordinal),
        (_, target) => target.StartsWith("shared/", StringComparison.Ordinal));

    [Fact]
    public void Services_AreReferencedByAllInOneTestsAndBenchesOnly() => AssertReferences(
        project => !project.StartsWith(AllInOne, StringComparison.Ordinal) && !project.StartsWith("tests/", StringComparison.Ordinal) && !project.StartsWith("bench/", StringComparison.Ordinal),
        (_, target) => !target.StartsWith("services/", StringComparison.Ordinal));

    [Fact]
    public void SharedProjects_ReferenceEachOtherAsDrawn() => AssertReferences(
        project => project.StartsWith("shared/", StringComparison.Ordinal),
        (project, target) => s_sharedMayReference.Single(rule => project.StartsWith(rule.Key, StringComparison.Ordinal)).Value
            .Any(allowed => target.StartsWith(allowed, StringComparison.Ordinal)));

    [Fact]
    public void Wire_DoesNoInputOutputClockOrLogging()
    {
        string[] banned = ["System.IO", "System.Net.Sockets", "Microsoft.Extensions", "TimeProvider", "DateTime.", "DateTimeOffset.UtcNow", "Stopwatch"];
        var found =
            from file in Repository.Files("shared/LiveStream.Wire", ".cs")
            let text = Repository.Read(file)
            from word in banned
            where text.Contains(word, StringComparison.Ordinal)
            select $"{file} uses {word}";
        Assert.Empty(found);
    }

    [Fact]
    public void SfuStages_DoNotReachSideways()
    {
        var found = new List<string>();
        foreach (var stage in s_transportStages) found.AddRange(Uses($"services/sfu/{stage}", "Router"));
        foreach (var stage in s_transportStages) found.AddRange(Uses("services/sfu/Router", stage));
        Assert.Empty(found);
    }

    private static IEnumerable<string> Uses(string folder, string stage) =>
        from file in Repository.Files(folder, ".cs")
        where SfuNamespace().Matches(Repository.Read(file)).Any(match => match.Groups[1].Value == stage)
        select $"{file} uses LiveStream.Sfu.{stage}";

    private static void AssertReferences(Func<string, bool> of, Func<string, string, bool> allowed)
    {
        var projects = Repository.Files("", ".csproj").Where(of).ToArray();
        Assert.NotEmpty(projects);
        Assert.Empty(
            from project in projects
            from target in Repository.ReferencesOf(project)
            where !allowed(project, target)
            select $"{project} -> {target}");
    }

    [GeneratedRegex(@"\bLiveStream\.Sfu\.(\w+)")]
    private static partial Regex SfuNamespace();
}
