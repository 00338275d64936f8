using System.Collections;
using System.Reflection;
using System.Runtime.Loader;
using System.Text.Json;
using System.Text.RegularExpressions;

using Microsoft.Extensions.Configuration;

namespace LiveStream.Architecture.Tests;

/// <summary><c>deploy/config/livestream.jsonc</c> shows every setting with its default, and nothing else.</summary>
public sealed partial class SettingsTests
{
    private const string SettingsFile = "deploy/config/livestream.jsonc";

    private static readonly JsonDocument s_file = JsonDocument.Parse(
        Repository.Read(SettingsFile), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });

    private static readonly IConfiguration s_configuration =
        new ConfigurationBuilder().AddJsonFile(Path.Combine(Repository.Root, SettingsFile)).Build();

    private static readonly ILookup<string, Type> s_options = FindOptions();

    public static TheoryData<string> Sections => [.. s_options.Select(group => group.Key)];

    [Theory]
    [MemberData(nameof(Sections))]
    public void Section_ShowsEveryProperty(string section)
    {
        var shown = s_file.RootElement.GetProperty(section).EnumerateObject().Select(property => property.Name).Order(StringComparer.Ordinal);
        var settable = s_options[section].SelectMany(PropertiesOf).Select(property => property.Name).Order(StringComparer.Ordinal);
        Assert.Equal(settable, shown);
    }

    [Theory]
    [MemberData(nameof(Sections))]
    public void Section_ShowsTheDefaults(string section)
    {
        foreach (var type in s_options[section])
        {
            var defaults = Activator.CreateInstance(type)!;
            var bound = Activator.CreateInstance(type)!;
            s_configuration.GetSection(section).Bind(bound);
            foreach (var property in PropertiesOf(type))
                Assert.Equal($"{property.Name} = {Show(property.GetValue(defaults))}", $"{property.Name} = {Show(property.GetValue(bound))}");
        }
    }

    [Fact]
    public void File_HasNoOtherSection() => Assert.Equal(
        s_options.Select(group => group.Key).Order(StringComparer.Ordinal),
        s_file.RootElement.EnumerateObject().Select(property => property.Name).Order(StringComparer.Ordinal));

    /// <summary>
    /// Options classes that a module binds, by section. A class without a <c>Section</c> constant shares that of its assembly.
    /// </summary>
    private static ILookup<string, Type> FindOptions()
    {
        var bound = Repository.Files("services", ".cs").Concat(Repository.Files("shared", ".cs"))
            .SelectMany(file => BoundOptions().Matches(Repository.Read(file)).Select(match => match.Groups[1].Value))
            .ToHashSet(StringComparer.Ordinal);
        var all = Directory.GetFiles(AppContext.BaseDirectory, "LiveStream.*.dll")
            .Where(path => !path.Contains("Tests", StringComparison.Ordinal))
            .Select(path => AssemblyLoadContext.Default.LoadFromAssemblyPath(path))
            .SelectMany(assembly => assembly.GetTypes())
            .Where(type => bound.Contains(type.Name))
            .ToArray();
        var named = all.Where(type => SectionOf(type) is not null).GroupBy(type => type.Assembly)
            .Where(group => group.Count() == 1).ToDictionary(group => group.Key, group => SectionOf(group.Single()));
        return all.ToLookup(type => SectionOf(type) ?? named[type.Assembly]!);
    }

    private static string? SectionOf(Type type) => type.GetField("Section", BindingFlags.Public | BindingFlags.Static)?.GetValue(null) as string;

    private static IEnumerable<PropertyInfo> PropertiesOf(Type type) => type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(property => property.SetMethod is { IsPublic: true } || IsList(property.PropertyType));

    private static bool IsList(Type type) => type != typeof(string) && typeof(IEnumerable).IsAssignableFrom(type);

    private static string Show(object? value) => value is not null && IsList(value.GetType())
        ? $"[{string.Join(", ", ((IEnumerable)value).Cast<object?>().Select(Show))}]"
        : value?.ToString() ?? "null";

    // HostOptions is the framework's own.
    [GeneratedRegex(@"AddOptions<(?!HostOptions)(\w+)>")]
    private static partial Regex BoundOptions();
}
