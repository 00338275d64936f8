using System.Text.Json;

using LiveStream.Rooms.Domain;

namespace LiveStream.Rooms.Templates;

/// <summary>How the roles of two documents differ.</summary>
/// <param name="Changed">New roles and those with other content.</param>
/// <param name="Removed">Roles that are gone.</param>
internal sealed record RoleChanges(IReadOnlyList<string> Changed, IReadOnlyList<string> Removed)
{
    public static RoleChanges Between(TemplateDocument before, TemplateDocument after) => new(
        [.. after.Roles.Values.Where(role => !IsSame(before.Roles.GetValueOrDefault(role.Name), role)).Select(role => role.Name).Order(StringComparer.Ordinal)],
        [.. before.Roles.Keys.Where(name => !after.Roles.ContainsKey(name)).Order(StringComparer.Ordinal)]);

    private static bool IsSame(Role? before, Role after) => before is not null
        && JsonSerializer.Serialize(before, DomainJson.Default.Role) == JsonSerializer.Serialize(after, DomainJson.Default.Role);
}
