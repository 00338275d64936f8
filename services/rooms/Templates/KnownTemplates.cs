using System.Collections.Concurrent;

using LiveStream.Hosting.Errors;
using LiveStream.Rooms.Storage;

using Microsoft.EntityFrameworkCore;

namespace LiveStream.Rooms.Templates;

/// <summary>A template's id and name.</summary>
internal sealed record KnownTemplate(string Id, string Name);

/// <summary>
/// The names of templates that rooms were made of a moment ago: each creation tells one, and hardly any changes. A change by
/// this process is seen at once, one by another process after <see cref="Lifetime"/>. Ids stay true: templates are not removed.
/// </summary>
internal sealed class KnownTemplates(RoomsDatabase database, TimeProvider time)
{
    /// <summary>How long a name counts without looking again.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(5);

    private const int Most = 4096;

    private ConcurrentDictionary<(string CustomerId, string? TemplateId), Entry> _entries = new();

    /// <summary>The template of that id, or the workspace's default one. Fails with <see cref="ApiException"/> (400) when there is none.</summary>
    public async Task<KnownTemplate> FindAsync(string customerId, string? templateId, CancellationToken cancellationToken)
    {
        // Taken before the read: what is read before a change is not kept after it.
        var entries = Volatile.Read(ref _entries);
        if (entries.TryGetValue((customerId, templateId), out var entry) && time.GetElapsedTime(entry.At) < Lifetime) return entry.Template;
        var found = await database.ReadAsync(
            db =>
            {
                var own = db.Templates.Where(t => t.CustomerId == customerId);
                return (templateId is null ? own.OrderByDescending(t => t.IsDefault).ThenBy(t => t.Id) : own.Where(t => t.Id == templateId))
                    .Select(t => new KnownTemplate(t.Id, t.Name)).FirstOrDefaultAsync(cancellationToken);
            },
            cancellationToken) ?? throw new ApiException(400, "Error: template not found", "Error: template not found");
        if (entries.Count >= Most) entries.Clear();
        entries[(customerId, templateId)] = new Entry(found, time.GetTimestamp());
        return found;
    }

    /// <summary>A name was changed.</summary>
    public void Forget() => Volatile.Write(ref _entries, new());

    private sealed record Entry(KnownTemplate Template, long At);
}
