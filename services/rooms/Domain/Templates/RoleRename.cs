namespace LiveStream.Rooms.Domain;

/// <summary>A role gets another name, and whatever names it in the same template follows.</summary>
public static class RoleRename
{
    /// <summary>The document with <paramref name="renamed"/> in the place of the role of the old name.</summary>
    public static TemplateDocument Apply(TemplateDocument document, string old, Role renamed)
    {
        string Follow(string name) => name == old ? renamed.Name : name;
        string? FollowMaybe(string? name) => name is null ? null : Follow(name);
        IReadOnlyList<string> FollowAll(IReadOnlyList<string> names) => [.. names.Select(Follow).Distinct(StringComparer.Ordinal)];
        PluginPermissions FollowPlugin(PluginPermissions permissions) => new()
        {
            Admin = permissions.Admin is { } admin ? FollowAll(admin) : null,
            Writer = permissions.Writer is { } writer ? FollowAll(writer) : null,
            Reader = permissions.Reader is { } reader ? FollowAll(reader) : null,
        };

        var roles = document.Roles.Values
            .Select(role => role.Name == old ? renamed : role)
            .Select(role => role with { SubscribeParams = role.SubscribeParams with { SubscribeToRoles = FollowAll(role.SubscribeParams.SubscribeToRoles) } });
        var destinations = document.Destinations;
        return document with
        {
            Roles = roles.ToDictionary(role => role.Name, StringComparer.Ordinal),
            Destinations = destinations with
            {
                BrowserRecordings = destinations.BrowserRecordings.ToDictionary(
                    entry => entry.Key, entry => entry.Value with { Role = FollowMaybe(entry.Value.Role) }, StringComparer.Ordinal),
                Transcriptions = destinations.Transcriptions.ToDictionary(
                    entry => entry.Key, entry => entry.Value with { Role = FollowMaybe(entry.Value.Role), Translation = FollowLanguages(entry.Value.Translation, Follow) }, StringComparer.Ordinal),
            },
            Recordings = [.. document.Recordings.Select(recording => recording with { Role = Follow(recording.Role) })],
            Plugins = document.Plugins is { } plugins
                ? plugins with
                {
                    Whiteboard = plugins.Whiteboard is { } whiteboard ? whiteboard with { Permissions = FollowPlugin(whiteboard.Permissions) } : null,
                    Transcriptions = plugins.Transcriptions is { } captions ? captions with { Permissions = FollowPlugin(captions.Permissions) } : null,
                }
                : null,
        };
    }

    private static TranscriptTranslation? FollowLanguages(TranscriptTranslation? translation, Func<string, string> follow)
    {
        if (translation is null) return null;
        var languages = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (role, language) in translation.RoleLanguages) languages[follow(role)] = language;
        return translation with { RoleLanguages = languages };
    }
}
