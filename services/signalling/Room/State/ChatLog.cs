namespace LiveStream.Signalling.Room.State;

/// <summary>One message of a session.</summary>
/// <param name="At">When it was sent.</param>
/// <param name="MessageId">As clients know it.</param>
/// <param name="SenderId">Peer; empty for a server.</param>
/// <param name="SenderName">At that moment.</param>
/// <param name="SenderRole">At that moment.</param>
/// <param name="Type"><c>chat</c>, or the kind of a custom event.</param>
/// <param name="Message">Text.</param>
/// <param name="Roles">Receiving roles; empty for everybody.</param>
/// <param name="PeerId">Receiving peer; null for more than one.</param>
internal sealed record ChatEntry(
    DateTimeOffset At,
    string MessageId,
    string SenderId,
    string SenderName,
    string SenderRole,
    string Type,
    string Message,
    IReadOnlyList<string> Roles,
    string? PeerId);

/// <summary>The chat of a session, kept for its recording. Bounded: the oldest message makes room for the newest.</summary>
internal sealed class ChatLog(int capacity)
{
    private readonly Queue<ChatEntry> _entries = new();

    /// <summary>Oldest first.</summary>
    public IReadOnlyCollection<ChatEntry> Entries => _entries;

    /// <summary>Messages that had to make room.</summary>
    public int Dropped { get; private set; }

    public void Add(ChatEntry entry)
    {
        if (capacity == 0) return;
        if (_entries.Count == capacity)
        {
            _entries.Dequeue();
            Dropped++;
        }

        _entries.Enqueue(entry);
    }

    public void Clear()
    {
        _entries.Clear();
        Dropped = 0;
    }
}
