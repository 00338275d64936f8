using LiveStream.Contracts.Recording;
using LiveStream.Objects;

using Microsoft.Extensions.Logging;

namespace LiveStream.Recording.Vod;

/// <summary>Reads the journal of a run.</summary>
internal sealed class JournalReader(IObjectStore store, ILogger<JournalReader> logger)
{
    /// <summary>Its pages in order. A page that cannot be read is passed over: the others still make a recording.</summary>
    public async Task<IReadOnlyList<RecordingJournalPage>> ReadAsync(string path, CancellationToken cancellationToken)
    {
        var keys = new List<string>();
        await foreach (var key in store.ListAsync(RecordingKeys.JournalOf(path), cancellationToken)) keys.Add(key);
        keys.Sort(StringComparer.Ordinal);
        var pages = new List<RecordingJournalPage>(keys.Count);
        foreach (var key in keys)
        {
            await using var found = await store.OpenAsync(key, cancellationToken);
            if (found is not null && await RecordingJournalPage.ReadAsync(found.Content, cancellationToken) is { } page) pages.Add(page);
            else logger.JournalPageBroken(key);
        }

        return pages;
    }
}
