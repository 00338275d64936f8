using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

using FsCheck;
using FsCheck.Fluent;

using LiveStream.Rooms.Domain;
using LiveStream.Rooms.Templates.Reading;

namespace LiveStream.Rooms.Tests.Templates;

/// <summary>What holds for every body, not only for those that somebody thought of.</summary>
public sealed class TemplateReaderPropertyTests
{
    private static readonly string s_whole =
        "{\"name\":\"n\",\"roles\":" + TemplateSamples.Roles + ",\"settings\":" + TemplateSamples.Settings
        + ",\"destinations\":" + TemplateSamples.Destinations + ",\"plugins\":" + TemplateSamples.Plugins + "}";

    // Values that a field may be given instead of its own.
    private static readonly string[] s_oddities =
    [
        "null", "true", "-1", "0", "1e999", "30.5", "99999999999999999999", "\"\"", "\"vp8\"", "\"\\ud800\"", "\"\\u0000\"", "[]", "[null]", "[[]]", "{}", "{\"x\":{}}",
    ];

    [Fact]
    public void Read_AnyBytes_GivesAValueOrErrorsAndNeverThrows() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(500),
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), bytes => AllReaders(bytes).All(IsOneOrTheOther)));

    [Fact]
    public void Read_SampleWithSomeBytesChanged_GivesAValueOrErrorsAndNeverThrows()
    {
        var sample = Encoding.UTF8.GetBytes(s_whole);
        var mutations = Gen.Zip(Gen.Choose(0, sample.Length - 1), Gen.Choose(0, 255)).ListOf().Resize(8);
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(500),
            Prop.ForAll(mutations.ToArbitrary(), changes =>
            {
                var bytes = (byte[])sample.Clone();
                foreach (var (at, value) in changes) bytes[at] = (byte)value;
                return AllReaders(bytes).All(IsOneOrTheOther);
            }));
    }

    [Fact]
    public void Read_SampleWithOneFieldReplaced_GivesAValueThatIsStableOrErrors()
    {
        var fields = PathsOf(JsonNode.Parse(s_whole)!).ToArray();
        var changes = Gen.Zip(Gen.Elements(fields), Gen.Elements(s_oddities));
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(1500),
            Prop.ForAll(changes.ToArbitrary(), change => IsStable(TemplateReader.ReadNew(Replaced(change.Item1, change.Item2)))));
    }

    [Fact]
    public void Read_SampleWithOneFieldLeftOut_GivesAValueThatIsStableOrErrors()
    {
        foreach (var path in PathsOf(JsonNode.Parse(s_whole)!))
        {
            var root = JsonNode.Parse(s_whole)!;
            if (Parent(root, path) is not JsonObject parent) continue;
            parent.Remove((string)path[^1]);
            Assert.True(IsStable(TemplateReader.ReadNew(Encoding.UTF8.GetBytes(root.ToJsonString()))), string.Join('.', path));
        }
    }

    private static IEnumerable<(bool HasValue, int Errors)> AllReaders(byte[] body)
    {
        yield return Facts(TemplateReader.ReadNew(body));
        yield return Facts(TemplateReader.ReadReplacement(body));
        yield return Facts(TemplateReader.ReadRole(body));
        yield return Facts(TemplateReader.ReadSettings(body));
        yield return Facts(TemplateReader.ReadDestinations(body));
        yield return Facts(TemplateReader.ReadRecordings(body));
    }

    private static (bool HasValue, int Errors) Facts<T>(Parsed<T> parsed)
        where T : class => (parsed.Value is not null, parsed.Errors.Count);

    private static bool IsOneOrTheOther((bool HasValue, int Errors) parsed) => parsed.HasValue == (parsed.Errors == 0);

    // Written and read again a document stays as it is, and the server accepts what it wrote itself.
    private static bool IsStable(Parsed<TemplateRequest> parsed)
    {
        if (parsed.Value is null) return parsed.Errors.Count > 0;
        var written = Written(parsed.Value);
        var again = TemplateReader.ReadNew(written);
        return again.Value is not null && Written(again.Value).AsSpan().SequenceEqual(written);
    }

    private static byte[] Written(TemplateRequest request) => JsonSerializer.SerializeToUtf8Bytes(
        new TemplateDocument
        {
            Roles = request.Roles, Settings = request.Settings.ApplyTo(new(), null, new()), Destinations = request.Destinations, Plugins = request.Plugins,
        },
        DomainJson.Default.TemplateDocument);

    private static byte[] Replaced(object[] path, string value)
    {
        // By text: nodes cannot hold what is no valid text.
        const string Mark = "~~here~~";
        var root = JsonNode.Parse(s_whole)!;
        var parent = Parent(root, path);
        if (path[^1] is int index) parent[index] = Mark;
        else parent[(string)path[^1]] = Mark;
        return Encoding.UTF8.GetBytes(root.ToJsonString().Replace($"\"{Mark}\"", value, StringComparison.Ordinal));
    }

    private static JsonNode Parent(JsonNode root, object[] path) =>
        path[..^1].Aggregate(root, (node, step) => step is int index ? node[index]! : node[(string)step]!);

    private static IEnumerable<object[]> PathsOf(JsonNode? node) => node switch
    {
        JsonObject fields => fields.SelectMany(field => Below(field.Key, field.Value)),
        JsonArray elements => elements.SelectMany((element, i) => Below(i, element)),
        _ => [],
    };

    private static IEnumerable<object[]> Below(object step, JsonNode? node) =>
        PathsOf(node).Select(rest => (object[])[step, .. rest]).Prepend([step]);
}
