using System.Collections.Concurrent;

namespace LiveStream.Signalling.Room.State;

/// <summary>
/// Previews whose socket was lost, of all rooms: a room that nobody is in is forgotten. They have no place in it, but their clients come back
/// as those of the room do, and say so: that is then no sign of somebody who was in the room and is not known any more. Safe for concurrent use.
/// </summary>
internal sealed class LostPreviews
{
    private const int Most = 20_000;

    // By token and peer id; a token is of one room.
    private readonly ConcurrentDictionary<(string TokenHash, string PeerId), DateTimeOffset> _until = new();

    /// <summary>Notes a preview that was lost; of very many at once, some are not.</summary>
    public void Keep(PeerIdentity peer, DateTimeOffset until, DateTimeOffset now)
    {
        if (_until.Count >= Most)
        {
            foreach (var (key, end) in _until)
                if (end <= now) _until.TryRemove(key, out _);
        }

        if (_until.Count < Most) _until[(peer.TokenHash, peer.PeerId)] = until;
    }

    /// <summary>Whether it was lost a moment ago.</summary>
    public bool Has(PeerIdentity peer, DateTimeOffset now) => _until.TryGetValue((peer.TokenHash, peer.PeerId), out var until) && now < until;
}
