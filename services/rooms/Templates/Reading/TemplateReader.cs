using System.Text.Json;

using LiveStream.Rooms.Domain;

namespace LiveStream.Rooms.Templates.Reading;

/// <summary>A template as a request describes it: the whole object.</summary>
/// <param name="Name">Null when the request gives none.</param>
/// <param name="Roles">With every default filled in.</param>
/// <param name="Settings">Applied to the stored settings, so that a masked secret keeps its value.</param>
/// <param name="Destinations">What is left out is not there any more.</param>
/// <param name="Plugins">Null for none.</param>
internal sealed record TemplateRequest(
    string? Name, Dictionary<string, Role> Roles, SettingsPatch Settings, Destinations Destinations, TemplatePlugins? Plugins);

/// <summary>
/// Reads bodies about templates: any bytes give a value or the list of what is wrong with them, never an exception.
/// </summary>
internal static class TemplateReader
{
    /// <summary>Largest body.</summary>
    public const int MaxBytes = 256 * 1024;

    private const int MaxDepth = 32;

    private static readonly JsonDocumentOptions s_options = new() { MaxDepth = MaxDepth, AllowDuplicateProperties = false };

    /// <summary>A template to create; everything may be left out.</summary>
    public static Parsed<TemplateRequest> ReadNew(ReadOnlyMemory<byte> json) => ReadTemplate(json, whole: false);

    /// <summary>A template to replace an existing one; roles and settings are required.</summary>
    public static Parsed<TemplateRequest> ReadReplacement(ReadOnlyMemory<byte> json) => ReadTemplate(json, whole: true);

    /// <summary>A role; an empty body is one that says nothing.</summary>
    public static Parsed<RolePatch> ReadRole(ReadOnlyMemory<byte> json) =>
        Read(json, (root, errors) => RoleReader.Read(new Fields(root, "", errors)), emptyIsObject: true);

    /// <summary>Settings.</summary>
    public static Parsed<SettingsPatch> ReadSettings(ReadOnlyMemory<byte> json) =>
        Read(json, (root, errors) => SettingsReader.Read(new Fields(root, "", errors)));

    /// <summary>Destinations.</summary>
    public static Parsed<DestinationsPatch> ReadDestinations(ReadOnlyMemory<byte> json) =>
        Read(json, (root, errors) => DestinationsReader.Read(new Fields(root, "", errors)));

    /// <summary>The recordings configuration, a bare array.</summary>
    public static Parsed<IReadOnlyList<RecordingConfig>> ReadRecordings(ReadOnlyMemory<byte> json) =>
        Read(json, (root, errors) => Fields.OfArray(root, "", RecordingsReader.MaxConfigs, errors, RecordingsReader.Read));

    private static Parsed<TemplateRequest> ReadTemplate(ReadOnlyMemory<byte> json, bool whole) => Read(
        json,
        (root, errors) =>
        {
            var fields = new Fields(root, "", errors);
            var name = fields.Text("name", TemplateNames.MaxLength);
            if (name is not null && !TemplateNames.IsValid(name)) fields.Error("name", TemplateNames.Rule);
            var roles = fields.Map("roles", RoleReader.MaxRoles, (key, role) => RoleOf(key, role, errors));
            if (whole && !fields.IsGiven("roles")) fields.Error("roles", "is required");
            if (whole && !fields.IsGiven("settings")) fields.Error("settings", "is required");
            var destinations = fields.Object("destinations") is { } given ? DestinationsReader.Read(given) : null;
            return new TemplateRequest(
                name,
                roles ?? new(StringComparer.Ordinal),
                SettingsReader.Read(fields.ObjectOrEmpty("settings")),
                destinations?.ApplyTo(new Destinations()) ?? new Destinations(),
                fields.Object("plugins") is { } plugins ? PluginsReader.Read(plugins) : null);
        },
        emptyIsObject: !whole);

    private static Role RoleOf(string key, Fields role, FieldErrors errors)
    {
        if (key == Role.Recorder) errors.Add("roles", $"{Role.Recorder} is reserved");
        return RoleReader.Read(role).ApplyTo(new Role { Name = key });
    }

    private static Parsed<T> Read<T>(ReadOnlyMemory<byte> json, Func<JsonElement, FieldErrors, T> read, bool emptyIsObject = false)
        where T : class
    {
        var errors = new FieldErrors();
        if (json.Span.Trim(" \t\r\n"u8).IsEmpty)
        {
            if (emptyIsObject) return Parsed<T>.Of(read(JsonElement.Parse("{}"u8), errors), errors);
            errors.Add("", "is required");
            return Parsed<T>.Failed(errors);
        }

        // The parser looks at strings only when they are read; bytes that are no text are refused at once.
        if (!System.Text.Unicode.Utf8.IsValid(json.Span))
        {
            errors.Add("", "must be UTF-8");
            return Parsed<T>.Failed(errors);
        }

        try
        {
            using var document = JsonDocument.Parse(json, s_options);
            return Parsed<T>.Of(read(document.RootElement, errors), errors);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The second where a field's name is half of a surrogate pair, which cannot be compared with the others.
            errors.Add("", $"must be JSON of at most {MaxDepth} levels without repeated fields");
            return Parsed<T>.Failed(errors);
        }
    }
}
