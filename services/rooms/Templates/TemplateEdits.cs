using LiveStream.Rooms.Domain;
using LiveStream.Rooms.Templates.Reading;

namespace LiveStream.Rooms.Templates;

/// <summary>
/// Changes of a template's document: the document and a request in, another document out. What the parts of a document
/// demand of each other is noted in the errors; a document with errors is not stored.
/// </summary>
internal static class TemplateEdits
{
    /// <summary>A new template.</summary>
    public static TemplateDocument New(TemplateRequest request, FieldErrors errors) => Replace(new TemplateDocument(), request, errors);

    /// <summary>The whole object: what the request leaves out has its default. The recordings, a resource of their own, stay.</summary>
    public static TemplateDocument Replace(TemplateDocument document, TemplateRequest request, FieldErrors errors) => Checked(
        document with
        {
            Roles = request.Roles,
            Settings = request.Settings.ApplyTo(new TemplateSettings(), StoredCredentials(document), errors),
            Destinations = request.Destinations,
            Plugins = request.Plugins,
        },
        errors);

    /// <summary>The role made or changed. Whoever asks for another name must know that it is free.</summary>
    public static TemplateDocument SetRole(TemplateDocument document, string name, RolePatch patch, FieldErrors errors)
    {
        var role = patch.ApplyTo(document.Roles.GetValueOrDefault(name) ?? new Role { Name = name });
        var renamed = patch.Name is { } other && other != name ? role with { Name = other } : role;
        var changed = document with { Roles = new(document.Roles, StringComparer.Ordinal) { [name] = role } };
        return Checked(renamed.Name == name ? changed : RoleRename.Apply(changed, name, renamed), errors);
    }

    /// <summary>Without the role. Others may still name it, as they may name a role that is yet to come.</summary>
    public static TemplateDocument RemoveRole(TemplateDocument document, string name)
    {
        var roles = new Dictionary<string, Role>(document.Roles, StringComparer.Ordinal);
        roles.Remove(name);
        return document with { Roles = roles };
    }

    /// <summary>What the request leaves out stays.</summary>
    public static TemplateDocument SetSettings(TemplateDocument document, SettingsPatch patch, FieldErrors errors) =>
        Checked(document with { Settings = patch.ApplyTo(document.Settings, StoredCredentials(document), errors) }, errors);

    /// <summary>Kinds that the request leaves out stay.</summary>
    public static TemplateDocument SetDestinations(TemplateDocument document, DestinationsPatch patch, FieldErrors errors) =>
        Checked(document with { Destinations = patch.ApplyTo(document.Destinations) }, errors);

    private static UploadCredentials? StoredCredentials(TemplateDocument document) => document.Settings.Recording?.Upload?.Credentials;

    private static TemplateDocument Checked(TemplateDocument document, FieldErrors errors)
    {
        if (document.Roles.Count > RoleReader.MaxRoles) errors.Add("roles", $"must have at most {RoleReader.MaxRoles} entries");
        return document;
    }
}
