using LiveStream.Contracts.Events.V1;
using LiveStream.Hosting.Errors;
using LiveStream.Rooms.Domain;
using LiveStream.Rooms.Storage;
using LiveStream.Rooms.Templates.Reading;
using LiveStream.Storage.Sealing;

using Microsoft.EntityFrameworkCore;

namespace LiveStream.Rooms.Templates;

/// <summary>
/// Templates of a workspace. Every change reads the row for itself, so that of two writers none loses what the other one
/// did, and tells of it in the event log. Refusals are <see cref="ApiException"/>.
/// </summary>
internal sealed class TemplateStore(RoomsDatabase database, KnownTemplates known, IdSequence ids, SecretSeal<RoomsOptions> seal)
{
    public Task<Template?> FindAsync(string customerId, string? templateId, CancellationToken cancellationToken) => ObjectId.IsValid(templateId)
        ? database.ReadAsync(db => db.Templates.SingleOrDefaultAsync(t => t.Id == templateId && t.CustomerId == customerId, cancellationToken), cancellationToken)
        : Task.FromResult<Template?>(null);

    /// <summary>Newest first, after the one of id <paramref name="start"/>.</summary>
    public Task<List<Template>> ListAsync(string customerId, TemplateFilter filter, string? start, int limit, CancellationToken cancellationToken) => database.ReadAsync(
        db =>
        {
            var templates = db.Templates.Where(t => t.CustomerId == customerId);
            if (filter.Id is { } id) templates = templates.Where(t => t.Id == id);
            if (filter.Name is { } name) templates = templates.Where(t => t.Name == name);
            if (filter.IsDefault is { } isDefault) templates = templates.Where(t => t.IsDefault == isDefault);
            if (start is not null) templates = templates.Where(t => string.Compare(t.Id, start) < 0);
            return templates.OrderByDescending(t => t.Id).Take(limit).ToListAsync(cancellationToken);
        },
        cancellationToken);

    /// <summary>Makes a template, or overwrites the one of that name.</summary>
    public Task<Template> SaveByNameAsync(string customerId, TemplateRequest request, CancellationToken cancellationToken) => database.WriteAsync(
        async session =>
        {
            var existing = request.Name is { } name
                ? await session.LockAsync<Template>("templates", "customer_id = {0} AND name = {1}", [customerId, name], cancellationToken)
                : null;
            if (existing is not null) return Change(session, existing, document => Valid(errors => TemplateEdits.Replace(document, request, errors)));

            var (id, now) = ids.Next();
            var made = new Template
            {
                Id = id,
                CustomerId = customerId,
                Name = request.Name ?? TemplateNames.Generated(id),
                Document = new TemplateDocument(),
                CreatedAt = now,
                UpdatedAt = now,
            };
            session.Db.Add(made);
            return Change(session, made, _ => Valid(errors => TemplateEdits.New(request, errors)));
        },
        cancellationToken);

    /// <summary>Replaces a template; null when there is none.</summary>
    public async Task<Template?> ReplaceAsync(string customerId, string templateId, TemplateRequest request, CancellationToken cancellationToken)
    {
        var replaced = await WithLockedAsync(
            customerId,
            templateId,
            async (session, template) =>
            {
                if (request.Name is { } name && name != template.Name)
                {
                    if (await session.Db.Templates.AnyAsync(t => t.CustomerId == customerId && t.Name == name, cancellationToken))
                        throw Overwrites("name: another template has it");
                    template.Name = name;
                }

                return Change(session, template, document => Valid(errors => TemplateEdits.Replace(document, request, errors)));
            },
            cancellationToken);
        known.Forget();
        return replaced;
    }

    /// <summary>Makes, changes or renames a role; null when there is no such template.</summary>
    public Task<Template?> SetRoleAsync(string customerId, string templateId, string role, RolePatch patch, CancellationToken cancellationToken) => WithLockedAsync(
        customerId,
        templateId,
        (session, template) =>
        {
            var name = patch.Name ?? role;
            if (name != role && template.Document.Roles.ContainsKey(name)) throw Overwrites("name: another role has it");
            var previous = name != role && template.Document.Roles.ContainsKey(role) ? role : null;
            return Task.FromResult(Change(session, template, document => Valid(errors => TemplateEdits.SetRole(document, role, patch, errors)), previous, name));
        },
        cancellationToken);

    /// <summary>Removes a role; null when there is no such template. Fails with 404 when there is no such role.</summary>
    public Task<Template?> RemoveRoleAsync(string customerId, string templateId, string role, CancellationToken cancellationToken) => WithLockedAsync(
        customerId,
        templateId,
        (session, template) => template.Document.Roles.ContainsKey(role)
            ? Task.FromResult(Change(session, template, document => TemplateEdits.RemoveRole(document, role)))
            : throw new ApiException(404, "role not found"),
        cancellationToken);

    /// <summary>Changes another part of the document; null when there is no such template.</summary>
    public Task<Template?> EditAsync(
        string customerId, string templateId, Func<TemplateDocument, FieldErrors, TemplateDocument> edit, CancellationToken cancellationToken) => WithLockedAsync(
        customerId,
        templateId,
        (session, template) => Task.FromResult(Change(session, template, document => Valid(errors => edit(document, errors)))),
        cancellationToken);

    private async Task<Template?> WithLockedAsync(
        string customerId, string templateId, Func<WriteSession, Template, Task<Template>> change, CancellationToken cancellationToken)
    {
        if (!ObjectId.IsValid(templateId)) return null;
        return await database.WriteAsync(
            async session => await session.LockAsync<Template>("templates", "id = {0} AND customer_id = {1}", [templateId, customerId], cancellationToken) is { } template
                ? await change(session, template)
                : null,
            cancellationToken);
    }

    /// <summary>Sets the document and publishes what that changes; a renamed role is told as such.</summary>
    private Template Change(
        WriteSession session, Template template, Func<TemplateDocument, TemplateDocument> edit, string? renamedFrom = null, string? renamedTo = null)
    {
        var before = template.Document;
        template.Replace(edit(before), seal);
        template.UpdatedAt = session.Now > template.UpdatedAt ? session.Now : template.UpdatedAt;
        var changes = RoleChanges.Between(before, template.Document);
        foreach (var role in changes.Removed.Where(role => role != renamedFrom))
            session.Publish(new RoleDeleted(template.CustomerId, template.Id, role, template.UpdatedAt));
        foreach (var role in changes.Changed)
            session.Publish(new RoleChanged(template.CustomerId, template.Id, role, role == renamedTo ? renamedFrom : null, template.UpdatedAt));
        session.Publish(new TemplateSaved(template.CustomerId, template.Id, template.Name, template.UpdatedAt));
        return template;
    }

    private static TemplateDocument Valid(Func<FieldErrors, TemplateDocument> edit)
    {
        var errors = new FieldErrors();
        var document = edit(errors);
        return errors.Any ? throw TemplateRefusal.Of(errors.Texts) : document;
    }

    private static ApiException Overwrites(string detail) => new(409, "overwrite error", detail);
}

/// <summary>Which templates are listed; null for all.</summary>
internal sealed record TemplateFilter(string? Id, string? Name, bool? IsDefault);

/// <summary>How a body with wrong fields is refused.</summary>
internal static class TemplateRefusal
{
    public static ApiException Of(IReadOnlyList<string> errors) => new(400, "Invalid body param", [.. errors]);

    /// <summary>The value that was read, or the refusal.</summary>
    public static T OrRefuse<T>(this Parsed<T> parsed)
        where T : class => parsed.Value ?? throw Of(parsed.Errors);
}
