using System.Text.Json;

using LiveStream.Rooms.Domain;
using LiveStream.Rooms.Templates;
using LiveStream.Rooms.Templates.Reading;

namespace LiveStream.Fuzz.Targets;

/// <summary>Body of a template: a value or errors; what is taken is written and read again as the same document.</summary>
public sealed class TemplateTarget : IFuzzTarget
{
    public string Name => "Template";

    public void Run(ReadOnlySpan<byte> input)
    {
        var body = input.ToArray();
        Part(TemplateReader.ReadRole(body));
        Part(TemplateReader.ReadSettings(body));
        Part(TemplateReader.ReadDestinations(body));
        Part(TemplateReader.ReadRecordings(body));

        var read = TemplateReader.ReadNew(body);
        Part(read);
        if (read.Value is not { } request || Written(request) is not { } once) return;
        var again = TemplateReader.ReadNew(once);
        Oracle.Holds(again.Value is not null, $"read again: {string.Join("; ", again.Errors)}");
        Oracle.Holds(Written(again.Value!).AsSpan().SequenceEqual(once), "written again");
    }

    private static void Part<T>(Parsed<T> parsed)
        where T : class
    {
        Oracle.Same(parsed.Value is null, parsed.Errors.Count > 0, "a value or errors");
        Oracle.Holds(parsed.Errors.Count <= FieldErrors.Max + 1, "errors are few");
    }

    // Null where the parts of the document contradict each other.
    private static byte[]? Written(TemplateRequest request)
    {
        var errors = new FieldErrors();
        var document = TemplateEdits.New(request, errors);
        return errors.Any ? null : JsonSerializer.SerializeToUtf8Bytes(document, DomainJson.Default.TemplateDocument);
    }
}
