using System.Collections.Concurrent;

namespace LiveStream.Rooms.Tokens;

/// <summary>
/// Tokens whose signature was found right a moment ago: a server sends the same one with each of its requests. Times are checked
/// anew at every use. A key that another process retired is forgotten after <see cref="Lifetime"/>, one of this process at once.
/// </summary>
internal sealed class CheckedTokens(TimeProvider time)
{
    /// <summary>How long a signature counts without looking at the key again.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(5);

    private const int Most = 4096;

    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <summary>The key and the claims of a token that was checked, or null.</summary>
    public (WorkspaceWithKey Found, TokenClaims Claims)? Find(string token) =>
        _entries.TryGetValue(token, out var entry) && time.GetElapsedTime(entry.At) < Lifetime ? (entry.Found, entry.Claims) : null;

    /// <summary>Keeps a token whose signature is right.</summary>
    public void Add(string token, WorkspaceWithKey found, TokenClaims claims)
    {
        // Rather check a few again than keep account of their age.
        if (_entries.Count >= Most) _entries.Clear();
        _entries[token] = new Entry(found, claims, time.GetTimestamp());
    }

    /// <summary>A key was retired.</summary>
    public void Clear() => _entries.Clear();

    private sealed record Entry(WorkspaceWithKey Found, TokenClaims Claims, long At);
}
